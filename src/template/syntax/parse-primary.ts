import type { Value } from '../../kernel/value.ts'
import type { Expression } from './ast.ts'
import { parseExpression } from './parse-expression.ts'
import { describe, type TokenStream } from './token-stream.ts'

const constants: ReadonlyMap<string, Value> = new Map<string, Value>([
  ['true', true],
  ['True', true],
  ['false', false],
  ['False', false],
  ['none', null],
  ['None', null],
])

/** Names that can't be assigned to. */
export function isReserved(name: string): boolean {
  return constants.has(name)
}

/** A literal, a name, or something in brackets. */
export function parsePrimary(stream: TokenStream): Expression {
  const place = stream.place()
  const token = stream.current
  switch (token.kind) {
    case 'name': {
      stream.next()
      const value = constants.get(token.text)
      return value === undefined ? { kind: 'name', place, name: token.text } : { kind: 'constant', place, value }
    }
    case 'string': {
      let text = ''
      while (stream.current.kind === 'string') text += stream.next().value as string
      return { kind: 'constant', place, value: text }
    }
    case 'number':
      stream.next()
      return { kind: 'constant', place, value: token.value }
    case 'operator':
      if (token.text === '(') return parseParentheses(stream)
      if (token.text === '[') return parseList(stream)
      if (token.text === '{') return parseDict(stream)
  }
  return stream.fail(`unexpected ${describe(token)}`, token, 'a value is expected here')
}

function parseParentheses(stream: TokenStream): Expression {
  stream.expectOperator('(')
  const node = parseTuple(stream, { parenthesised: true, end: [')'] })
  stream.expectOperator(')')
  return node
}

function parseList(stream: TokenStream): Expression {
  const place = stream.place()
  stream.expectOperator('[')
  const items: Expression[] = []
  while (!stream.isOperator(']')) {
    if (items.length > 0) stream.expectOperator(',')
    if (stream.isOperator(']')) break
    items.push(parseExpression(stream))
  }
  stream.expectOperator(']')
  return { kind: 'list', place, items }
}

function parseDict(stream: TokenStream): Expression {
  const place = stream.place()
  stream.expectOperator('{')
  const entries: [Expression, Expression][] = []
  while (!stream.isOperator('}')) {
    if (entries.length > 0) stream.expectOperator(',')
    if (stream.isOperator('}')) break
    const key = parseExpression(stream)
    stream.expectOperator(':')
    entries.push([key, parseExpression(stream)])
  }
  stream.expectOperator('}')
  return { kind: 'dict', place, entries }
}

type TupleOptions = {
  /** `()` is an empty tuple only inside parentheses. */
  readonly parenthesised?: boolean
  /** What an item is: no `a if b else c` in `{% for … in a if b %}`, names only where something is assigned. */
  readonly item?: (stream: TokenStream) => Expression
  /** Operators and names that end the tuple. */
  readonly end?: readonly string[]
}

/** `a` or `a, b`. */
export function parseTuple(stream: TokenStream, options: TupleOptions = {}): Expression {
  const place = stream.place()
  const items: Expression[] = []
  let comma = false
  const item = options.item ?? parseExpression
  while (!ends(stream, options.end ?? [])) {
    items.push(item(stream))
    if (!stream.takeOperator(',')) {
      if (items.length === 1 && !comma) return items[0]!
      return { kind: 'tuple', place, items }
    }
    comma = true
  }
  if (items.length === 0 && options.parenthesised !== true)
    stream.fail(`Expected an expression, got ${describe(stream.current)}`)
  return { kind: 'tuple', place, items }
}

function ends(stream: TokenStream, extra: readonly string[]): boolean {
  const { kind, text } = stream.current
  if (kind === 'block-end' || kind === 'variable-end' || kind === 'end') return true
  return (kind === 'operator' || kind === 'name') && extra.includes(text)
}
