import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { build } from 'esbuild'

// One bundle for the start-up path; modules, lookups and rarely used commands stay in chunks of their own, loaded when first used.
const modules = readdirSync('src/modules')
  .filter((file) => file.endsWith('.ts'))
  .map((file) => [file.slice(0, -3), readFileSync(`src/modules/${file}`, 'utf8')])
  .map(([name, text]) => [name, /^ {2}collection: '(.+)'/m.exec(text)?.[1] ?? 'ansible.builtin'])
rmSync('dist', { recursive: true, force: true })
await build({
  // The lab's package cache runs as a process of its own, which outlives the program; so does what fetches URLs while it waits.
  entryPoints: ['src/main.ts', 'src/lab/apt-proxy.ts', 'src/commands/fetch-program.ts'],
  outdir: 'dist',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  // The libraries too: hundreds of small files take longer to find than to run. Those for SSH look for files beside their own.
  external: ['node-ssh', 'ssh2'],
  banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url)" },
  sourcemap: true,
  define: { PROVISION_MODULES: JSON.stringify(Object.fromEntries(modules)) },
  logLevel: 'warning',
})
