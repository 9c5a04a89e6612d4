import type { Step } from '../kernel/shell.ts'

/** Two steps with the same key are the same script in the same environment, with the same time to run in. */
export function keyOf({ script, environment, timeout }: Step): string {
  if (environment === undefined && timeout === undefined) return script.key
  let key = script.key
  for (const [name, value] of environment ?? []) key += `\0${name}=${value}`
  return timeout === undefined ? key : `${key}\0${timeout}`
}
