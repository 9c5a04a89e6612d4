import type { Value } from '../../kernel/value.ts'

/** The file a piece of template stands in; `path` is null for text the caller positions itself. */
export type Unit = { readonly path: string | null }

/** Where a node starts; line and column count from 1. */
export type Place = { readonly unit: Unit; readonly line: number; readonly column: number }

type At = { readonly place: Place }

export type Argument = { readonly name: string | null; readonly spread: '' | '*' | '**'; readonly value: Expression }

export type Expression = At &
  (
    | { readonly kind: 'constant'; readonly value: Value }
    | { readonly kind: 'name'; readonly name: string }
    | { readonly kind: 'list' | 'tuple'; readonly items: readonly Expression[] }
    | { readonly kind: 'dict'; readonly entries: readonly (readonly [Expression, Expression])[] }
    | { readonly kind: 'attribute'; readonly of: Expression; readonly name: string }
    | { readonly kind: 'item'; readonly of: Expression; readonly key: Expression }
    | { readonly kind: 'slice'; readonly parts: readonly (Expression | null)[] }
    | { readonly kind: 'call'; readonly of: Expression; readonly args: readonly Argument[] }
    | { readonly kind: 'filter'; readonly of: Expression; readonly name: string; readonly args: readonly Argument[] }
    | { readonly kind: 'test'; readonly of: Expression; readonly name: string; readonly args: readonly Argument[] }
    | { readonly kind: 'unary'; readonly operator: 'not' | '-' | '+'; readonly of: Expression }
    | { readonly kind: 'binary'; readonly operator: string; readonly left: Expression; readonly right: Expression }
    | { readonly kind: 'and' | 'or'; readonly left: Expression; readonly right: Expression }
    | { readonly kind: 'concat'; readonly items: readonly Expression[] }
    | { readonly kind: 'compare'; readonly first: Expression; readonly rest: readonly Comparison[] }
    | {
        readonly kind: 'choice'
        readonly test: Expression
        readonly yes: Expression
        readonly no: Expression | null
      }
  )

export type Comparison = { readonly operator: string; readonly right: Expression }

/** What `{% set %}`, `{% for %}` and `{% with %}` assign to. */
export type Target =
  | { readonly kind: 'name'; readonly name: string; readonly place: Place }
  | { readonly kind: 'attribute'; readonly name: string; readonly attribute: string; readonly place: Place }
  | { readonly kind: 'tuple'; readonly items: readonly Target[]; readonly place: Place }

export type Parameter = { readonly name: string; readonly fallback: Expression | null }

export type MacroShape = {
  readonly name: string
  readonly parameters: readonly Parameter[]
  readonly body: readonly Statement[]
}

export type Statement = At &
  (
    | { readonly kind: 'data'; readonly text: string }
    | { readonly kind: 'output'; readonly value: Expression }
    | {
        readonly kind: 'if'
        readonly branches: readonly { readonly test: Expression; readonly body: readonly Statement[] }[]
        readonly otherwise: readonly Statement[]
      }
    | {
        readonly kind: 'for'
        readonly target: Target
        readonly items: Expression
        readonly condition: Expression | null
        readonly recursive: boolean
        readonly body: readonly Statement[]
        readonly otherwise: readonly Statement[]
      }
    | { readonly kind: 'set'; readonly target: Target; readonly value: Expression }
    | {
        readonly kind: 'set-block'
        readonly target: Target
        readonly filter: Expression | null
        readonly body: readonly Statement[]
      }
    | {
        readonly kind: 'with'
        readonly bindings: readonly { readonly target: Target; readonly value: Expression }[]
        readonly body: readonly Statement[]
      }
    | { readonly kind: 'macro'; readonly macro: MacroShape }
    | { readonly kind: 'call-block'; readonly call: Expression; readonly macro: MacroShape }
    | { readonly kind: 'filter-block'; readonly filter: Expression; readonly body: readonly Statement[] }
    | {
        readonly kind: 'block'
        readonly name: string
        readonly scoped: boolean
        readonly required: boolean
        readonly body: readonly Statement[]
      }
    | { readonly kind: 'extends'; readonly template: Expression }
    | {
        readonly kind: 'include'
        readonly template: Expression
        readonly ignoreMissing: boolean
        readonly withContext: boolean
      }
    | {
        readonly kind: 'import'
        readonly template: Expression
        readonly alias: string
        readonly withContext: boolean
      }
    | {
        readonly kind: 'from-import'
        readonly template: Expression
        readonly names: readonly { readonly name: string; readonly alias: string }[]
        readonly withContext: boolean
      }
    | { readonly kind: 'do'; readonly value: Expression }
    | { readonly kind: 'break' | 'continue' }
    | { readonly kind: 'scope'; readonly body: readonly Statement[] }
  )

/** A parsed template and every name it assigns somewhere; other names come from outside only. */
export type Tree = { readonly unit: Unit; readonly body: readonly Statement[]; readonly assigned: ReadonlySet<string> }

/** The value that stands for what a filter block or set block captured. */
export const capturedName = '\0captured'
