import { Float, type Value, VaultText } from '../../kernel/value.ts'
import { filterError } from '../problems.ts'
import { compare } from '../python/compare.ts'
import { DateTime } from '../python/datetime.ts'
import { dictEntries, isMapping } from '../python/dict.ts'
import { asDouble, isFloat } from '../python/numbers.ts'
import { codePoints } from '../python/text.ts'
import { typeName } from '../python/type-name.ts'
import { DictView, Undefined } from '../python/types.ts'
import { analyze, doubleQuotedEscape, yamlFloat } from './yaml-scalar.ts'

export type YamlStyle = {
  readonly indent: number
  readonly width: number
  /** null: collections of scalars only are written in flow style. */
  readonly flow: boolean | null
  readonly sortKeys: boolean
  readonly unicode: boolean
  readonly explicitStart: boolean
  readonly explicitEnd: boolean
  /** Quotes around every text; `'`, `"` or none. */
  readonly quotes: string
}

/** The value as YAML, byte for byte as PyYAML writes it. Raises `template.filter` for what YAML can't hold. */
export function dumpYaml(value: Value, style: YamlStyle): string {
  return new Emitter(style, countReferences(value)).document(value)
}

/** Collections that occur more than once get an anchor. */
function countReferences(root: Value): Map<object, number> {
  const counts = new Map<object, number>()
  const visit = (value: Value): void => {
    if (typeof value !== 'object' || value === null || !(Array.isArray(value) || isMapping(value))) return
    const count = counts.get(value) ?? 0
    counts.set(value, count + 1)
    if (count > 0) return
    if (Array.isArray(value)) for (const item of value) visit(item as Value)
    else if (isMapping(value)) for (const [, item] of dictEntries(value)) visit(item)
  }
  visit(root)
  return counts
}

type Role = 'root' | 'item' | 'value' | 'key'

class Emitter {
  readonly #style: YamlStyle
  readonly #counts: ReadonlyMap<object, number>
  readonly #anchors = new Map<object, string>()
  #out = ''
  #column = 0
  #indent = -1
  #flowLevel = 0
  /** The last thing written was blank, or the line is still nothing but indentation. */
  #whitespace = true
  #indention = true

  constructor(style: YamlStyle, counts: ReadonlyMap<object, number>) {
    this.#style = style
    this.#counts = counts
  }

  document(value: Value): string {
    if (this.#style.explicitStart) {
      this.#indicator('---', true)
      if (typeof value === 'object' && value !== null && !this.#isFlow(value)) this.#newLine()
    }
    this.#node(value, 'root')
    if (this.#style.explicitEnd) {
      this.#newLine()
      this.#out += '...'
      this.#column = 3
    }
    if (this.#column > 0) this.#newLine()
    return this.#out
  }

  #node(value: Value, role: Role): void {
    if (value instanceof Undefined) throw value.problem()
    if (value instanceof DictView) this.#node([...value.entries()], role)
    else if (Array.isArray(value) || isMapping(value)) {
      if (!this.#alias(value)) this.#collection(value, role)
    } else if (value instanceof Set) this.#set([...value] as Value[])
    else this.#scalar(value, role)
  }

  #collection(value: object, role: Role): void {
    const flow = this.#isFlow(value)
    if (Array.isArray(value)) {
      if (flow) this.#flowSequence(value as Value[])
      else this.#blockSequence(value as Value[], role)
    } else if (isMapping(value)) {
      if (flow) this.#flowMapping(this.#entries(value))
      else this.#blockMapping(this.#entries(value))
    }
  }

  #alias(value: object): boolean {
    if ((this.#counts.get(value) ?? 0) < 2) return false
    const known = this.#anchors.get(value)
    const name = known ?? `id${String(this.#anchors.size + 1).padStart(3, '0')}`
    this.#anchors.set(value, name)
    this.#indicator((known === undefined ? '&' : '*') + name, true)
    return known !== undefined
  }

  #entries(dict: Parameters<typeof dictEntries>[0]): [Value, Value][] {
    const entries = dictEntries(dict)
    if (!this.#style.sortKeys) return entries
    try {
      return [...entries].sort(([a], [b]) => compare(a, b))
    } catch {
      return entries
    }
  }

  #isFlow(value: object): boolean {
    const children = Array.isArray(value) ? (value as Value[]) : isMapping(value) ? dictEntries(value).flat() : []
    if (this.#flowLevel > 0 || children.length === 0) return true
    return (
      this.#style.flow ??
      children.every((child) => !(typeof child === 'object' && child !== null && isCollection(child)))
    )
  }

  #set(items: Value[]): void {
    this.#indicator('!!set', true)
    const entries = items.map((item): [Value, Value] => [item, null])
    if (items.length === 0) this.#flowMapping([])
    else this.#blockMapping(this.#style.sortKeys ? entries.sort(([a], [b]) => compare(a, b)) : entries)
  }

  #nested(deeper: number, write: () => void, inline = this.#flowLevel > 0): void {
    const before = this.#indent
    this.#indent = before < 0 ? (inline ? this.#style.indent : 0) : before + deeper
    write()
    this.#indent = before
  }

  #flow(open: string, close: string, count: number, write: (index: number) => void): void {
    this.#indicator(open, true, true)
    this.#flowLevel++
    this.#nested(this.#style.indent, () => {
      for (let i = 0; i < count; i++) {
        if (i > 0) this.#indicator(',', false)
        if (this.#column > this.#style.width) this.#lineIndent()
        write(i)
      }
    })
    this.#flowLevel--
    this.#indicator(close, false)
  }

  #flowSequence(items: readonly Value[]): void {
    this.#flow('[', ']', items.length, (index) => this.#node(items[index]!, 'item'))
  }

  #flowMapping(entries: readonly [Value, Value][]): void {
    this.#flow('{', '}', entries.length, (index) => this.#pair(...entries[index]!))
  }

  #blockSequence(items: readonly Value[], role: Role): void {
    const indentless = role === 'value' && !this.#indention
    this.#nested(indentless ? 0 : this.#style.indent, () => {
      for (const item of items) {
        this.#lineIndent()
        this.#indicator('-', true, false, true)
        this.#node(item, 'item')
      }
    })
  }

  #blockMapping(entries: readonly [Value, Value][]): void {
    this.#nested(this.#style.indent, () => {
      for (const [key, value] of entries) {
        this.#lineIndent()
        this.#pair(key, value)
      }
    })
  }

  #pair(key: Value, value: Value): void {
    if (isSimpleKey(key)) {
      this.#node(key, 'key')
      this.#indicator(':', false)
    } else {
      this.#indicator('?', true, false, true)
      this.#node(key, 'value')
      if (this.#flowLevel === 0) this.#lineIndent()
      this.#indicator(':', true, false, true)
    }
    this.#node(value, 'value')
  }

  #scalar(value: Value, role: Role): void {
    this.#nested(
      this.#style.indent,
      () => {
        if (typeof value === 'string') this.#text(value, role)
        else if (value instanceof VaultText) this.#vault(value.ciphertext)
        else this.#plain(literal(value), role)
      },
      true,
    )
  }

  /** Lines as they are, below their tag; each line has the indentation of this scalar. */
  #vault(ciphertext: string): void {
    this.#indicator('!vault', true)
    this.#indicator(ciphertext.endsWith('\n') ? '|' : '|-', true)
    for (const line of ciphertext.trimEnd().split('\n')) {
      this.#newLine()
      this.#lineIndent()
      this.#write(line)
    }
    this.#newLine()
  }

  #text(value: string, role: Role): void {
    const { multiline, flowPlain, blockPlain, singleQuoted } = analyze(value)
    const split = role !== 'key'
    const plain = this.#style.quotes === '' && (this.#flowLevel > 0 ? flowPlain : blockPlain)
    const single = this.#style.quotes !== '"' && singleQuoted && !(role === 'key' && multiline)
    if (plain && !(role === 'key' && multiline)) this.#plain(value, role)
    else if (single) this.#singleQuoted(value, split)
    else this.#doubleQuoted(value, split)
  }

  #plain(text: string, role: Role): void {
    if (text === '') return
    if (!this.#whitespace) this.#write(' ')
    this.#whitespace = false
    this.#indention = false
    for (const part of text.split(/( +)/)) {
      if (part === ' ' && this.#column > this.#style.width && role !== 'key') {
        this.#lineIndent()
        this.#whitespace = false
        this.#indention = false
      } else this.#write(part)
    }
  }

  #singleQuoted(text: string, split: boolean): void {
    this.#indicator("'", true)
    const parts = text.split(/( +|[\n\x85\u2028\u2029]+)/)
    parts.forEach((part, index) => {
      const inner =
        index > 0 &&
        index < parts.length - 1 &&
        !(index === 1 && parts[0] === '') &&
        !(index === parts.length - 2 && parts.at(-1) === '')
      if (part === ' ' && this.#column > this.#style.width && split && inner) this.#lineIndent()
      else if (/^[\n\x85\u2028\u2029]/.test(part)) {
        if (part[0] === '\n') this.#newLine()
        for (const char of part) this.#newLine(char === '\n' ? '\n' : char)
        this.#lineIndent()
      } else if (part !== '') {
        this.#write(part.replaceAll("'", "''"))
        this.#whitespace = this.#indention = false
      }
    })
    this.#indicator("'", false)
  }

  #doubleQuoted(text: string, split: boolean): void {
    this.#indicator('"', true)
    const chars = codePoints(text)
    for (const [index, char] of chars.entries()) {
      const inner = index > 0 && index < chars.length - 1 && chars[index - 1] !== ' '
      if (char === ' ' && split && inner && this.#column > this.#style.width) {
        this.#lineIndent()
        if (chars[index + 1] === ' ') this.#write('\\')
      } else this.#write(doubleQuotedEscape(char, this.#style.unicode) ?? char)
      this.#whitespace = this.#indention = false
    }
    this.#indicator('"', false)
  }

  #write(text: string): void {
    this.#out += text
    this.#column += codePoints(text).length
  }

  #indicator(text: string, needsBlank: boolean, whitespace = false, indention = false): void {
    this.#write(this.#whitespace || !needsBlank ? text : ` ${text}`)
    this.#whitespace = whitespace
    this.#indention = this.#indention && indention
  }

  #newLine(char = '\n'): void {
    this.#out += char
    this.#column = 0
    this.#whitespace = true
    this.#indention = true
  }

  #lineIndent(): void {
    const indent = Math.max(0, this.#indent)
    if (!this.#indention || this.#column > indent || (this.#column === indent && !this.#whitespace)) this.#newLine()
    if (this.#column < indent) {
      this.#whitespace = true
      this.#write(' '.repeat(indent - this.#column))
    }
  }
}

function isCollection(value: object): boolean {
  return Array.isArray(value) || isMapping(value) || value instanceof Set || value instanceof DictView
}

function isSimpleKey(key: Value): boolean {
  if (typeof key === 'string') return key.length < 128 && !/[\n\x85\u2028\u2029]/.test(key)
  return !(typeof key === 'object' && key !== null && isCollection(key)) || (Array.isArray(key) && key.length === 0)
}

function literal(value: Value): string {
  if (value === null) return 'null'
  if (typeof value === 'boolean') return value ? 'true' : 'false'
  if (isFloat(value) || value instanceof Float) return yamlFloat(asDouble(value)!)
  if (typeof value === 'number' || typeof value === 'bigint') return String(value)
  if (value instanceof DateTime) return value.toString()
  throw filterError(`YAML can't hold a value of type ${typeName(value)}`)
}
