import { readFileSync } from 'node:fs'
import { dispatch } from './commands/dispatch.ts'

dispatch(process.argv.slice(2), process.argv[1] ?? 'provision', version).then((code) => {
  process.exitCode = code
})

function version(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}
