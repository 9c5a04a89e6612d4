import { readdirSync, readFileSync } from 'node:fs'
import { build } from 'esbuild'

/**
 * Bundles each program into one file, libraries included: hundreds of small files take longer to find than to run. What is imported
 * dynamically is part of it, and runs when first used.
 */
export async function bundle(entryPoints, outdir) {
  const modules = readdirSync('src/modules')
    .filter((file) => file.endsWith('.ts'))
    .map((file) => [file.slice(0, -3), readFileSync(`src/modules/${file}`, 'utf8')])
    .map(([name, text]) => [name, /^ {2}collection: '(.+)'/m.exec(text)?.[1] ?? 'ansible.builtin'])
  await build({
    entryPoints,
    outdir,
    outExtension: { '.js': '.cjs' },
    bundle: true,
    // A compiled form can be kept of scripts only, not of ES modules.
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    // Parts of ssh2 that are there only where they could be compiled; it does without.
    external: ['cpu-features', '*.node'],
    banner: {
      js: "const importMeta = { filename: __filename, url: require('node:url').pathToFileURL(__filename).href }",
    },
    sourcemap: true,
    plugins: [
      { name: 'import-file', setup: keepImportFileApart },
      { name: 'unused', setup: leaveOutUnused },
    ],
    define: { 'import.meta': 'importMeta', PROVISION_MODULES: JSON.stringify(Object.fromEntries(modules)) },
    logLevel: 'warning',
  })
}

/** What ssh2 has for others, and what would load much of Node at each start. */
function leaveOutUnused({ onLoad }) {
  onLoad({ filter: /\/ssh2\/lib\/(http-agents|server|keygen)\.js$/ }, () => ({ contents: 'module.exports = {}' }))
}

function keepImportFileApart({ onResolve }) {
  onResolve({ filter: /\/import-file\.ts$/, namespace: 'file' }, ({ kind }) =>
    kind === 'entry-point' ? null : { path: './commands/import-file.cjs', external: true },
  )
}
