import { readdirSync, rmSync } from 'node:fs'
import { build } from 'esbuild'

// One bundle for the start-up path; modules, lookups and rarely used commands stay in chunks of their own, loaded when first used.
const modules = readdirSync('src/modules')
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.slice(0, -3))
rmSync('dist', { recursive: true, force: true })
await build({
  // The lab's package cache runs as a process of its own, which outlives the program.
  entryPoints: ['src/main.ts', 'src/lab/apt-proxy.ts'],
  outdir: 'dist',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  packages: 'external',
  sourcemap: true,
  define: { PROVISION_MODULES: JSON.stringify(modules) },
  logLevel: 'warning',
})
