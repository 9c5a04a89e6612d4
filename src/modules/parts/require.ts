import { type Sh, sh } from '../../kernel/sh.ts'

/**
 * Shell text that ends the apply with a message unless the test succeeds. What an earlier task may bring (a parent directory, a link's target) is asked for here and not in the
 * plan: a check of a bare host must not fail for what the run itself would have made.
 */
export function required(test: Sh, message: string): Sh {
  return sh`${test} || { emit ${message} >&2; exit 1; }`
}
