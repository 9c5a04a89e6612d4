import { Problem } from '../../kernel/problem.ts'
import { Tuple, type Value } from '../../kernel/value.ts'
import { unescapeString } from '../syntax/string-literal.ts'
import { dictFrom, setFrom } from './dict.ts'
import { arithmetic, asDouble, float, int } from './numbers.ts'

const jsonNames: ReadonlyMap<string, Value> = new Map<string, Value>([
  ['true', true],
  ['false', false],
  ['null', null],
])

const pythonNames: ReadonlyMap<string, Value> = new Map<string, Value>([
  ['True', true],
  ['False', false],
  ['None', null],
])

/**
 * Python's `ast.literal_eval`: the value the text is a literal of, or `undefined` when it is none. `json` also takes true, false and
 * null, as Ansible does.
 */
export function parseLiteral(text: string, json: boolean): Value | undefined {
  if (/^[ \t]/.test(text)) return undefined
  try {
    const reader = new Reader(text, json)
    const value = reader.top()
    return reader.done() ? value : undefined
  } catch (error) {
    if (error instanceof NotALiteral || error instanceof RangeError || error instanceof Problem) return undefined
    throw error
  }
}

class NotALiteral extends Error {}

const blank = /(?:[ \t\f\n\r]|\\\n|#[^\n]*)*/y
const blankOutside = /(?:[ \t\f]|\\\n|#[^\n]*)*/y
const numberToken =
  /(?:\d+(?:_\d+)*)?\.\d+(?:_\d+)*(?:[eE][+-]?\d+(?:_\d+)*)?|\d+(?:_\d+)*\.?[eE][+-]?\d+(?:_\d+)*|\d+(?:_\d+)*\.|0[xX](?:_?[\da-fA-F])+|0[oO](?:_?[0-7])+|0[bB](?:_?[01])+|0(?:_?0)*(?![\d_])|[1-9](?:_?\d)*/y
const stringToken =
  /([uUrR]?)('''(?:[^\\]|\\[\s\S])*?'''|"""(?:[^\\]|\\[\s\S])*?"""|'(?:[^'\\\n]|\\[\s\S])*'|"(?:[^"\\\n]|\\[\s\S])*")/y
const nameToken = /[\p{L}_][\p{L}\p{N}_]*/uy

class Reader {
  readonly #text: string
  readonly #json: boolean
  #position = 0
  #depth = 0

  constructor(text: string, json: boolean) {
    this.#text = text
    this.#json = json
  }

  /** A whole expression: `1, 2` without parentheses is a tuple. */
  top(): Value {
    const first = this.#value()
    if (!this.#take(',')) return first
    const items = [first]
    while (!this.done()) {
      items.push(this.#value())
      if (!this.#take(',')) break
    }
    return Tuple.of_(items)
  }

  done(): boolean {
    const rest = this.#text.slice(this.#position).replace(/(?:[ \t\f\n\r]|#[^\n]*)*/y, '')
    return rest === ''
  }

  #value(): Value {
    if (++this.#depth > 90) throw new NotALiteral()
    try {
      return this.#sum()
    } finally {
      this.#depth--
    }
  }

  /** `1+2j` is the only arithmetic a literal may have; without complex numbers there is none. */
  #sum(): Value {
    this.#skip()
    const char = this.#text[this.#position]
    if (char === '-' || char === '+') {
      this.#position++
      const value = this.#sum()
      if (typeof value === 'boolean' || asDouble(value) === null) throw new NotALiteral()
      return char === '+'
        ? value
        : asDouble(value) === 0 && typeof value === 'object'
          ? float(-0)
          : arithmetic('-', 0, value)!
    }
    if (char === '[') return this.#items('[', ']').items
    if (char === '(') return this.#parentheses()
    if (char === '{') return this.#braces()
    return this.#number() ?? this.#string() ?? this.#name()
  }

  #items(open: string, close: string): { items: Value[]; comma: boolean } {
    this.#expect(open)
    this.#depth++
    const items: Value[] = []
    let comma = false
    while (!this.#take(close)) {
      if (items.length > 0 && !comma) throw new NotALiteral()
      items.push(this.#value())
      comma = this.#take(',')
    }
    this.#depth--
    return { items, comma }
  }

  #parentheses(): Value {
    const { items, comma } = this.#items('(', ')')
    return items.length === 1 && !comma ? items[0]! : Tuple.of_(items)
  }

  #braces(): Value {
    this.#expect('{')
    this.#depth++
    const entries: [Value, Value][] = []
    let isDict: boolean | null = null
    let comma = true
    while (!this.#take('}')) {
      if (!comma) throw new NotALiteral()
      const key = this.#value()
      const colon = this.#take(':')
      if (isDict !== null && isDict !== colon) throw new NotALiteral()
      isDict = colon
      entries.push([key, colon ? this.#value() : null])
      comma = this.#take(',')
    }
    this.#depth--
    return isDict === false ? setFrom(entries.map(([key]) => key)) : dictFrom(entries)
  }

  #number(): Value | undefined {
    const token = this.#read(numberToken)
    if (token === undefined) return undefined
    if (/^[\p{L}\p{N}_]/u.test(this.#text.slice(this.#position, this.#position + 2))) throw new NotALiteral()
    const plain = token.replaceAll('_', '')
    return /^0[xXoObB]/.test(plain) || /^\d+$/.test(plain) ? int(BigInt(plain)) : float(Number(plain))
  }

  #string(): Value | undefined {
    let text: string | undefined
    for (;;) {
      stringToken.lastIndex = this.#position
      const match = stringToken.exec(this.#text)
      if (match === null) return text
      this.#position = stringToken.lastIndex
      const quotes = /^('''|""")/.test(match[2]!) ? 3 : 1
      const inner = match[2]!.slice(quotes, -quotes)
      text = (text ?? '') + (/[rR]/.test(match[1]!) ? inner : unescapeString(inner))
      this.#skip()
    }
  }

  #name(): Value {
    const name = this.#read(nameToken)
    const value =
      name === undefined ? undefined : (pythonNames.get(name) ?? (this.#json ? jsonNames.get(name) : undefined))
    if (value !== undefined) return value
    if (name === 'None' || (this.#json && name === 'null')) return null
    if (name === 'set' && this.#take('(') && this.#take(')')) return new Set()
    throw new NotALiteral()
  }

  #read(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#position
    const match = pattern.exec(this.#text)
    if (match !== null) this.#position = pattern.lastIndex
    return match?.[0]
  }

  /** Newlines count as blanks only inside brackets. */
  #skip(): void {
    this.#read(this.#depth > 1 ? blank : blankOutside)
  }

  #take(char: string): boolean {
    this.#skip()
    const found = this.#text[this.#position] === char
    if (found) this.#position++
    return found
  }

  #expect(char: string): void {
    if (!this.#take(char)) throw new NotALiteral()
  }
}
