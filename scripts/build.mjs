import { execFileSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { bundle } from './bundle.mjs'

rmSync('dist', { recursive: true, force: true })
// The lab's package cache runs as a process of its own, which outlives the program; so does what fetches URLs while it waits.
await bundle(
  ['src/main.ts', 'src/commands/import-file.ts', 'src/lab/apt-proxy.ts', 'src/commands/fetch-program.ts'],
  'dist',
)
// What the builder's own settings say is not for all who run the program.
const env = { PATH: process.env.PATH, HOME: '/nonexistent' }
try {
  execFileSync(process.execPath, ['scripts/warm-up.cjs'], {
    env,
    stdio: ['ignore', 'ignore', 'inherit'],
    timeout: 60_000,
  })
} catch ({ message }) {
  console.error(`The program is not compiled, and starts slower: ${message}`)
}
