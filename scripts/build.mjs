import { rmSync } from 'node:fs'
import { build } from 'esbuild'

// One bundle for the start-up path; modules, lookups and rarely used commands stay in chunks of their own, loaded when first used.
rmSync('dist', { recursive: true, force: true })
await build({
  entryPoints: ['src/main.ts'],
  outdir: 'dist',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  packages: 'external',
  sourcemap: true,
  logLevel: 'warning',
})
