import type { Value } from '../../kernel/value.ts'
import { str } from '../../template/index.ts'

const TRUE: ReadonlySet<string> = new Set(['y', 'yes', 'on', '1', '1.0', 'true', 't'])

/** Whether an option of a lookup is on, as Ansible's `boolean` has it when it is not strict: all else is off. */
export function isTrue(value: Value | undefined): boolean {
  return value !== undefined && TRUE.has(str(value).toLowerCase())
}
