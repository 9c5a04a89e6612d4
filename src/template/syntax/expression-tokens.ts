import { Float, type Value } from '../../kernel/value.ts'
import { float, int } from '../python/numbers.ts'
import type { Fail, Lines } from './lexer.ts'
import { unescapeString } from './string-literal.ts'
import type { Token, TokenKind } from './tokens.ts'

const whitespace = /\s+/y
const floats = /(?:\d+_)*\d+(?:(?:\.(?:\d+_)*\d+)?[eE][+-]?(?:\d+_)*\d+|\.(?:\d+_)*\d+)/y
const integers = /0[bB](?:_?[01])+|0[oO](?:_?[0-7])+|0[xX](?:_?[\da-fA-F])+|[1-9](?:_?\d)*|0(?:_?0)*/y
const names = /[\p{L}\p{N}_]+/uy
const strings = /'[^'\\]*(?:\\[\s\S][^'\\]*)*'|"[^"\\]*(?:\\[\s\S][^"\\]*)*"/y
const operators = /\/\/|\*\*|==|!=|>=|<=|[+\-/*%~[\](){}<>=.:|,;]/y
const closers: ReadonlyMap<string, string> = new Map([
  ['(', ')'],
  ['[', ']'],
  ['{', '}'],
])

/**
 * Adds the tokens of one tag to `tokens` and returns the offset after its end. A closing tag inside open brackets is no end, so
 * `{{ {'a': {}} }}` works. `literal` strings keep their backslashes.
 */
export function expressionTokens(
  source: string,
  start: { readonly index: number; readonly end: number },
  close: string,
  closeKind: TokenKind,
  literal: boolean,
  lines: Lines,
  tokens: Token[],
  fail: Fail,
): number {
  const ending = new RegExp(close, 'y')
  const open: string[] = []
  let position = start.end
  const push = (kind: TokenKind, text: string, value: Value): void => {
    tokens.push({ kind, text, value, ...lines.at(position) })
    position += text.length
  }
  while (position < source.length) {
    position += read(whitespace, source, position).length
    const end = open.length === 0 ? read(ending, source, position) : ''
    if (end !== '') {
      push(closeKind, end, end)
      return position
    }
    if (position >= source.length) break
    const token = next(source, position, literal, (detail) => fail(detail, position))
    if (token.kind === 'operator') balance(open, token.text, (detail) => fail(detail, position))
    push(token.kind, token.text, token.value)
  }
  const inner = open.at(-1)
  const detail = inner === undefined ? 'the tag is not closed' : `'${inner}' is expected before the tag can end`
  return fail(`unexpected end of template: ${detail}`, start.index)
}

function next(
  source: string,
  position: number,
  literal: boolean,
  fail: (detail: string) => never,
): Pick<Token, 'kind' | 'text' | 'value'> {
  const decimal = source[position - 1] === '.' ? '' : read(floats, source, position)
  if (decimal !== '') return { kind: 'number', text: decimal, value: float(Number(decimal.replaceAll('_', ''))) }
  const digits = read(integers, source, position)
  if (digits !== '') return { kind: 'number', text: digits, value: int(BigInt(digits.replaceAll('_', ''))) }
  const name = read(names, source, position)
  if (name !== '') return { kind: 'name', text: name, value: name }
  const string = read(strings, source, position)
  if (string !== '') {
    const inner = string.slice(1, -1)
    return { kind: 'string', text: string, value: literal ? inner : unescapeString(inner) }
  }
  const operator = read(operators, source, position)
  if (operator === '')
    return fail(`unexpected char ${JSON.stringify(String.fromCodePoint(source.codePointAt(position)!))}`)
  return { kind: 'operator', text: operator, value: operator }
}

function balance(open: string[], operator: string, fail: (detail: string) => never): void {
  const closer = closers.get(operator)
  if (closer !== undefined) open.push(closer)
  else if (operator === ')' || operator === ']' || operator === '}') {
    const expected = open.pop()
    if (expected === undefined) fail(`unexpected '${operator}'`)
    if (expected !== operator) fail(`unexpected '${operator}', expected '${expected}'`)
  }
}

function read(pattern: RegExp, source: string, position: number): string {
  pattern.lastIndex = position
  return pattern.exec(source)?.[0] ?? ''
}

/** Whether a number token is a float; `x.1` needs an integer. */
export function isIntegerToken(token: Token): boolean {
  return token.kind === 'number' && !(token.value instanceof Float) && Number.isInteger(Number(token.value))
}
