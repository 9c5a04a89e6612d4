import type { Position } from '../kernel/problem.ts'
import { printable, wrapWords } from './text.ts'

/** `[WARNING]: text` in Ansible's form: wrapped, and followed by an empty line. */
export function warningText(text: string, width: number): string {
  return `${wrapWords(`[WARNING]: ${printable(text)}`, width)}\n`
}

/** A failed host never ran the handlers that its changes had notified: which, and how to make up for it. */
export function handlersLostText(host: string, handlers: readonly string[]): string {
  const names = handlers.map((name) => `"${name}"`).join(', ')
  const [handler, them] = handlers.length === 1 ? ['a notified handler', 'it'] : ['notified handlers', 'them']
  return (
    `${host}: ${handler} did not run because the host failed before: ${names}. ` +
    `The next run will not notify ${them} again, since the changes are made: repair what failed, then run ${them} by hand, ` +
    'or start with --force-handlers next time.'
  )
}

/** A text with the place it is about. */
export function withPlace(text: string, at: Position | null): string {
  return at === null ? text : `${text} (${at.file}:${at.line}:${at.column})`
}
