import type { Value } from '../../kernel/value.ts'

export type TokenKind =
  | 'data'
  | 'variable-start'
  | 'variable-end'
  | 'block-start'
  | 'block-end'
  | 'name'
  | 'string'
  | 'number'
  | 'operator'
  | 'end'

/** `text` is the token as written; `value` what a string, a number or data means. */
export type Token = {
  readonly kind: TokenKind
  readonly text: string
  readonly value: Value
  readonly line: number
  readonly column: number
}
