import type { Value } from '../../kernel/value.ts'
import type { Argument, Comparison, Expression } from './ast.ts'
import { isIntegerToken } from './expression-tokens.ts'
import { parsePrimary, parseTuple } from './parse-primary.ts'
import { describe, type TokenStream } from './token-stream.ts'

/** `a if b else c` and everything that binds tighter. */
export function parseExpression(stream: TokenStream): Expression {
  let yes = parseOr(stream)
  while (stream.isName('if')) {
    const place = stream.place()
    stream.next()
    const test = parseOr(stream)
    const no = stream.takeName('else') ? parseExpression(stream) : null
    yes = { kind: 'choice', place, test, yes, no }
  }
  return yes
}

export function parseOr(stream: TokenStream): Expression {
  return leftToRight(stream, 'or', parseAnd)
}

function parseAnd(stream: TokenStream): Expression {
  return leftToRight(stream, 'and', parseNot)
}

function leftToRight(
  stream: TokenStream,
  kind: 'and' | 'or',
  operand: (stream: TokenStream) => Expression,
): Expression {
  let left = operand(stream)
  while (stream.isName(kind)) {
    const place = stream.place()
    stream.next()
    left = { kind, place, left, right: operand(stream) }
  }
  return left
}

function parseNot(stream: TokenStream): Expression {
  if (!stream.isName('not')) return parseCompare(stream)
  const place = stream.place()
  stream.next()
  return { kind: 'unary', place, operator: 'not', of: parseNot(stream) }
}

const comparisons: ReadonlySet<string> = new Set(['==', '!=', '<', '<=', '>', '>='])

function parseCompare(stream: TokenStream): Expression {
  const place = stream.place()
  const first = parseSum(stream)
  const rest: Comparison[] = []
  for (;;) {
    if (stream.current.kind === 'operator' && comparisons.has(stream.current.text)) {
      const operator = stream.next().text
      rest.push({ operator, right: parseSum(stream) })
    } else if (stream.takeName('in')) rest.push({ operator: 'in', right: parseSum(stream) })
    else if (stream.isName('not') && stream.look(1).kind === 'name' && stream.look(1).text === 'in') {
      stream.next()
      stream.next()
      rest.push({ operator: 'not in', right: parseSum(stream) })
    } else return rest.length === 0 ? first : { kind: 'compare', place, first, rest }
  }
}

function parseSum(stream: TokenStream): Expression {
  return binary(stream, ['+', '-'], parseConcat)
}

function parseConcat(stream: TokenStream): Expression {
  const place = stream.place()
  const items = [parseProduct(stream)]
  while (stream.takeOperator('~')) items.push(parseProduct(stream))
  return items.length === 1 ? items[0]! : { kind: 'concat', place, items }
}

function parseProduct(stream: TokenStream): Expression {
  return binary(stream, ['*', '/', '//', '%'], parsePower)
}

function parsePower(stream: TokenStream): Expression {
  return binary(stream, ['**'], (inner) => parseUnary(inner, true))
}

function binary(
  stream: TokenStream,
  operators: readonly string[],
  operand: (stream: TokenStream) => Expression,
): Expression {
  let left = operand(stream)
  while (stream.current.kind === 'operator' && operators.includes(stream.current.text)) {
    const place = stream.place()
    const operator = stream.next().text
    left = { kind: 'binary', place, operator, left, right: operand(stream) }
  }
  return left
}

function parseUnary(stream: TokenStream, withFilters: boolean): Expression {
  const place = stream.place()
  let node: Expression
  if (stream.isOperator('-') || stream.isOperator('+')) {
    const operator = stream.next().text === '-' ? '-' : '+'
    node = { kind: 'unary', place, operator, of: parseUnary(stream, false) }
  } else node = parsePrimary(stream)
  node = parsePostfix(stream, node)
  return withFilters ? parseFilters(stream, node) : node
}

function parsePostfix(stream: TokenStream, start: Expression): Expression {
  let node = start
  for (;;) {
    if (stream.isOperator('.') || stream.isOperator('[')) node = parseSubscript(stream, node)
    else if (stream.isOperator('(')) node = { kind: 'call', place: node.place, of: node, args: parseArguments(stream) }
    else return node
  }
}

function parseFilters(stream: TokenStream, start: Expression): Expression {
  let node = start
  for (;;) {
    if (stream.isOperator('|')) {
      stream.next()
      node = parseFilter(stream, node)
    } else if (stream.isName('is')) node = parseTest(stream, node)
    else if (stream.isOperator('(')) node = { kind: 'call', place: node.place, of: node, args: parseArguments(stream) }
    else return node
  }
}

/** A filter's name and arguments, and further filters when `chained`. */
function parseFilter(stream: TokenStream, of: Expression): Expression {
  const place = stream.place()
  const name = dottedName(stream)
  return { kind: 'filter', place, of, name, args: stream.isOperator('(') ? parseArguments(stream) : [] }
}

/** `a | b | c` after the first bar has been read. */
export function parseFilterChain(stream: TokenStream, start: Expression): Expression {
  return parseFilters(stream, parseFilter(stream, start))
}

const noArgument: ReadonlySet<string> = new Set(['else', 'or', 'and'])

function parseTest(stream: TokenStream, of: Expression): Expression {
  stream.expectName('is')
  const place = stream.place()
  const negated = stream.takeName('not')
  const name = dottedName(stream)
  let args: readonly Argument[] = []
  if (stream.isOperator('(')) args = parseArguments(stream)
  else if (startsArgument(stream)) {
    if (stream.isName('is')) stream.fail('You cannot chain multiple tests with is')
    args = [{ name: null, spread: '', value: parsePostfix(stream, parsePrimary(stream)) }]
  }
  const test: Expression = { kind: 'test', place, of, name, args }
  return negated ? { kind: 'unary', place, operator: 'not', of: test } : test
}

function startsArgument(stream: TokenStream): boolean {
  const { kind, text } = stream.current
  if (kind === 'name') return !noArgument.has(text)
  return kind === 'string' || kind === 'number' || (kind === 'operator' && '([{'.includes(text))
}

function dottedName(stream: TokenStream): string {
  let name = stream.expectName().text
  while (stream.takeOperator('.')) name += `.${stream.expectName().text}`
  return name
}

function parseSubscript(stream: TokenStream, of: Expression): Expression {
  const place = of.place
  if (stream.takeOperator('.')) {
    const token = stream.next()
    if (token.kind === 'name') return { kind: 'attribute', place, of, name: token.text }
    if (isIntegerToken(token)) return { kind: 'item', place, of, key: constant(stream, token.value) }
    return stream.fail(`expected a name or a number after '.', got ${describe(token)}`, token)
  }
  stream.expectOperator('[')
  const parts: Expression[] = []
  while (!stream.isOperator(']')) {
    if (parts.length > 0) stream.expectOperator(',')
    parts.push(parseSliceOrIndex(stream))
  }
  stream.expectOperator(']')
  const key: Expression = parts.length === 1 ? parts[0]! : { kind: 'tuple', place, items: parts }
  return { kind: 'item', place, of, key }
}

function parseSliceOrIndex(stream: TokenStream): Expression {
  const place = stream.place()
  const parts: (Expression | null)[] = []
  if (!stream.isOperator(':')) {
    const first = parseExpression(stream)
    if (!stream.isOperator(':')) return first
    parts.push(first)
  } else parts.push(null)
  while (parts.length < 3 && stream.takeOperator(':')) {
    const empty = stream.isOperator(':') || stream.isOperator(']') || stream.isOperator(',')
    parts.push(empty ? null : parseExpression(stream))
  }
  return { kind: 'slice', place, parts }
}

function constant(stream: TokenStream, value: Value): Expression {
  return { kind: 'constant', place: stream.place(), value }
}

/** `(a, b=c, *d, **e)`. */
function parseArguments(stream: TokenStream): Argument[] {
  stream.expectOperator('(')
  const args: Argument[] = []
  while (!stream.isOperator(')')) {
    if (args.length > 0) {
      stream.expectOperator(',')
      if (stream.isOperator(')')) break
    }
    const argument = parseArgument(stream)
    if (
      argument.name === null &&
      argument.spread === '' &&
      args.some((one) => one.name !== null || one.spread === '**')
    ) {
      stream.fail('invalid syntax for function call expression: a positional argument after a named one')
    }
    args.push(argument)
  }
  stream.expectOperator(')')
  return args
}

function parseArgument(stream: TokenStream): Argument {
  if (stream.takeOperator('*')) return { name: null, spread: '*', value: parseExpression(stream) }
  if (stream.takeOperator('**')) return { name: null, spread: '**', value: parseExpression(stream) }
  const following = stream.look(1)
  if (stream.current.kind === 'name' && following.kind === 'operator' && following.text === '=') {
    const name = stream.next().text
    stream.next()
    return { name, spread: '', value: parseExpression(stream) }
  }
  return { name: null, spread: '', value: parseExpression(stream) }
}

export { parseTuple }
