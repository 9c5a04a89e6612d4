import { type Dict, Float, type Value } from '../../kernel/value.ts'
import { filterError } from '../problems.ts'
import { float, int } from '../python/numbers.ts'

const blank = /[ \t\n\r]*/y
const number = /-?(?:0|[1-9]\d*)(\.\d+)?([eE][-+]?\d+)?/y
const string = /"(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*"/y
const word = /true|false|null|NaN|-?Infinity/y

const words: ReadonlyMap<string, Value> = new Map<string, Value>([
  ['true', true],
  ['false', false],
  ['NaN', Number.NaN],
  ['Infinity', new Float(Infinity)],
  ['-Infinity', new Float(-Infinity)],
])

/** JSON → value; ints and floats stay what they are written as. Raises `template.filter` with the place of the error. */
export function parseJson(text: string): Value {
  const reader = new Reader(text)
  const value = reader.value(0)
  reader.end()
  return value
}

class Reader {
  readonly #text: string
  #position = 0

  constructor(text: string) {
    this.#text = text
  }

  value(depth: number): Value {
    if (depth > 900) throw filterError('the JSON nests too deeply')
    this.#read(blank)
    const char = this.#text[this.#position]
    if (char === '{') return this.#object(depth)
    if (char === '[') return this.#array(depth)
    if (char === '"') return this.#string()
    const known = this.#read(word)
    if (known !== '') return words.get(known) ?? null
    const digits = this.#read(number)
    if (digits === '') return this.#fail('Expecting value')
    return /[.eE]/.test(digits) ? float(Number(digits)) : int(BigInt(digits))
  }

  end(): void {
    this.#read(blank)
    if (this.#position < this.#text.length) this.#fail('Extra data')
  }

  #object(depth: number): Dict {
    const dict: Dict = new Map()
    this.#position++
    if (this.#take('}')) return dict
    do {
      this.#read(blank)
      if (this.#text[this.#position] !== '"') this.#fail('Expecting property name enclosed in double quotes')
      const key = this.#string()
      if (!this.#take(':')) this.#fail("Expecting ':' delimiter")
      dict.set(key, this.value(depth + 1))
    } while (this.#take(','))
    if (!this.#take('}')) this.#fail("Expecting ',' delimiter")
    return dict
  }

  #array(depth: number): Value[] {
    const items: Value[] = []
    this.#position++
    if (this.#take(']')) return items
    do items.push(this.value(depth + 1))
    while (this.#take(','))
    if (!this.#take(']')) this.#fail("Expecting ',' delimiter")
    return items
  }

  #string(): string {
    const literal = this.#read(string)
    if (literal === '') this.#fail('Invalid or unterminated string')
    return JSON.parse(literal) as string
  }

  #take(char: string): boolean {
    this.#read(blank)
    const found = this.#text[this.#position] === char
    if (found) this.#position++
    return found
  }

  #read(pattern: RegExp): string {
    pattern.lastIndex = this.#position
    const found = pattern.exec(this.#text)?.[0] ?? ''
    this.#position += found.length
    return found
  }

  #fail(what: string): never {
    const before = this.#text.slice(0, this.#position)
    const line = before.split('\n').length
    const column = this.#position - before.lastIndexOf('\n')
    throw filterError(`${what}: line ${line} column ${column} (char ${this.#position})`, 'from_json needs JSON text')
  }
}
