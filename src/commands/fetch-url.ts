import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { UrlAnswer, UrlRequest } from '../variables/lookups/url.ts'

/** Fetches a URL at once, in a process of its own; what is secret in the request goes through its standard input. */
export function fetchUrl(request: UrlRequest): UrlAnswer {
  try {
    const options = { input: JSON.stringify(request), encoding: 'utf8', maxBuffer: 1 << 30 } as const
    return JSON.parse(execFileSync(process.execPath, program(), options)) as UrlAnswer
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) }
  }
}

/** Run from source, the program needs the loader of TypeScript; built, it is an entry point of its own. */
function program(): string[] {
  const beside = (path: string) => fileURLToPath(new URL(path, import.meta.url))
  if (!import.meta.url.endsWith('.ts')) return [beside('./commands/fetch-program.cjs')]
  return ['--import', import.meta.resolve('tsx'), beside('./fetch-program.ts')]
}
