import { Blob } from '../kernel/blob.ts'
import type { Step } from '../kernel/shell.ts'

/** Two steps with the same key are the same script in the same environment, with the same time to run in. */
export function keyOf(step: Step): string {
  const parts = step.script.parts.map((part) =>
    typeof part === 'string' ? part : `\0${part instanceof Blob ? part.sha1 : part.key}\0`,
  )
  for (const [name, value] of step.environment ?? []) parts.push(`\0${name}=${value}`)
  if (step.timeout !== undefined) parts.push(`\0${step.timeout}`)
  return parts.join('')
}
