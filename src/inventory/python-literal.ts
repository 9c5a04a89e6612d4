import { Float, Tuple, type Value } from '../kernel/value.ts'

/**
 * Text → the value of the Python literal it is (`ast.literal_eval`): numbers, quoted text, True, False, None, lists, dicts, tuples and
 * sets of them. Undefined if it is none, as a bare word.
 */
export function pythonLiteral(text: string): Value | undefined {
  if (/^[ \t]/.test(text)) return undefined
  try {
    const reader = new Reader(text)
    const value = reader.expression()
    return reader.atEnd() ? value : undefined
  } catch (error) {
    if (error instanceof NoLiteral) return undefined
    throw error
  }
}

class NoLiteral extends Error {}

const NUMBER =
  /(?:0[xX](?:_?[0-9a-fA-F])+|0[oO](?:_?[0-7])+|0[bB](?:_?[01])+|(?:\d(?:_?\d)*)?\.?(?:\d(?:_?\d)*)?(?:[eE][-+]?\d(?:_?\d)*)?)/y
const NAME = /[A-Za-z_]\w*/y
const STRING = /([rRuU]?)('''|"""|'|")/y
const ESCAPES: { readonly [letter: string]: string } = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\n': '',
  '0': '\0',
}

class Reader {
  readonly #text: string
  #index = 0
  #depth = 0

  constructor(text: string) {
    this.#text = text
  }

  atEnd(): boolean {
    this.#space()
    return this.#index >= this.#text.length || this.#text[this.#index] === '#'
  }

  /** One value, or several with commas: a tuple without parentheses. */
  expression(): Value {
    const first = this.#value()
    if (!this.#take(',')) return first
    const items = [first]
    while (!this.atEnd()) {
      items.push(this.#value())
      if (!this.#take(',')) break
    }
    return Tuple.of_(items)
  }

  #value(): Value {
    this.#space()
    const char = this.#text[this.#index]
    if (char === '[') return this.#sequence('[', ']').items
    if (char === '(') return this.#parenthesis()
    if (char === '{') return this.#braces()
    if (char === '-' || char === '+') return this.#signed(char)
    const quoted = this.#match(STRING)
    if (quoted !== null) return this.#strings(quoted)
    const name = this.#match(NAME)
    if (name !== null) return named(name[0])
    return this.#number()
  }

  #parenthesis(): Value {
    const { items, comma } = this.#sequence('(', ')')
    return items.length === 1 && !comma ? items[0]! : Tuple.of_(items)
  }

  #sequence(open: string, close: string): { items: Value[]; comma: boolean } {
    this.#open(open)
    const items: Value[] = []
    let comma = false
    while (!this.#close(close)) {
      if (items.length > 0 && !comma) throw new NoLiteral()
      items.push(this.#value())
      comma = this.#take(',')
    }
    return { items, comma }
  }

  #braces(): Value {
    this.#open('{')
    const dict = new Map<Value, Value>()
    const set = new Set<Value>()
    let comma = true
    while (!this.#close('}')) {
      if (!comma) throw new NoLiteral()
      const key = this.#value()
      if (this.#take(':')) dict.set(key, this.#value())
      else set.add(key)
      comma = this.#take(',')
    }
    if (set.size > 0 && dict.size > 0) throw new NoLiteral()
    return set.size > 0 ? set : dict
  }

  #open(open: string): void {
    if (!this.#take(open) || ++this.#depth > 100) throw new NoLiteral()
  }

  #close(close: string): boolean {
    if (!this.#take(close)) return false
    this.#depth--
    return true
  }

  #signed(sign: string): Value {
    this.#index++
    const value = this.#value()
    if (typeof value !== 'number' && typeof value !== 'bigint' && !(value instanceof Float)) throw new NoLiteral()
    if (sign === '+') return value
    return value instanceof Float ? new Float(-value.value) : value === 0 ? 0 : -value
  }

  #number(): Value {
    const text = this.#match(NUMBER)?.[0] ?? ''
    if (!/\d/.test(text) || /^0\d/.test(text.replaceAll('_', '')) === true) {
      if (!/^0+$/.test(text)) throw new NoLiteral()
      return 0
    }
    if (/[\w.]/.test(this.#text[this.#index] ?? '')) throw new NoLiteral()
    const digits = text.replaceAll('_', '')
    if (/^0[xXoObB]/.test(digits) || /^\d+$/.test(digits)) {
      const whole = BigInt(digits.toLowerCase())
      return Number.isSafeInteger(Number(whole)) ? Number(whole) : whole
    }
    const number = Number(digits)
    return Number.isInteger(number) || !Number.isFinite(number) ? new Float(number) : number
  }

  /** Quoted texts that follow each other are one. */
  #strings(first: RegExpExecArray): string {
    let text = this.#string(first)
    for (;;) {
      this.#space()
      const next = this.#match(STRING)
      if (next === null) return text
      text += this.#string(next)
    }
  }

  #string([, prefix, quote]: RegExpExecArray): string {
    const raw = prefix!.toLowerCase() === 'r'
    let text = ''
    while (!this.#text.startsWith(quote!, this.#index)) {
      const char = this.#text[this.#index]
      if (char === undefined || (char === '\n' && quote!.length === 1)) throw new NoLiteral()
      if (char === '\\') text += this.#escape(raw)
      else {
        text += char
        this.#index++
      }
    }
    this.#index += quote!.length
    return text
  }

  #escape(raw: boolean): string {
    const next = this.#text[this.#index + 1]
    if (next === undefined) throw new NoLiteral()
    if (raw) return this.#skip(2)
    const hex = /^\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))/.exec(this.#text.slice(this.#index))
    if (hex !== null) {
      this.#index += hex[0].length
      return String.fromCodePoint(Number.parseInt(hex[1] ?? hex[2] ?? hex[3]!, 16))
    }
    if (/[xuUN]/.test(next)) throw new NoLiteral()
    const octal = /^\\([0-7]{1,3})/.exec(this.#text.slice(this.#index))
    if (octal !== null) {
      this.#index += octal[0].length
      return String.fromCharCode(Number.parseInt(octal[1]!, 8))
    }
    const sequence = this.#skip(2)
    return ESCAPES[next] ?? (/[\\'"]/.test(next) ? next : sequence)
  }

  #skip(length: number): string {
    this.#index += length
    return this.#text.slice(this.#index - length, this.#index)
  }

  #match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#index
    const match = pattern.exec(this.#text)
    if (match !== null) this.#index += match[0].length
    return match
  }

  #take(char: string): boolean {
    this.#space()
    if (this.#text[this.#index] !== char) return false
    this.#index++
    return true
  }

  #space(): void {
    while (/[ \t\n\f\r]/.test(this.#text[this.#index] ?? '')) this.#index++
  }
}

function named(name: string): Value {
  if (name === 'True') return true
  if (name === 'False') return false
  if (name === 'None') return null
  throw new NoLiteral()
}
