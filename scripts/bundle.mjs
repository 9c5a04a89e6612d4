import { readdirSync, readFileSync } from 'node:fs'
import { build } from 'esbuild'

/**
 * Bundles programs into a folder. What is on the start-up path comes into one file; modules, lookups and rarely used commands stay in chunks
 * of their own, loaded when first used.
 */
export async function bundle(entryPoints, outdir) {
  const modules = readdirSync('src/modules')
    .filter((file) => file.endsWith('.ts'))
    .map((file) => [file.slice(0, -3), readFileSync(`src/modules/${file}`, 'utf8')])
    .map(([name, text]) => [name, /^ {2}collection: '(.+)'/m.exec(text)?.[1] ?? 'ansible.builtin'])
  await build({
    entryPoints,
    outdir,
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
}
