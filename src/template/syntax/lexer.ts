import { type Position, Problem } from '../../kernel/problem.ts'
import { isBlank, stripEnd } from '../python/text.ts'
import { expressionTokens } from './expression-tokens.ts'
import type { SyntaxOptions } from './options.ts'
import type { Token } from './tokens.ts'

/** Where in the text something is wrong, in the words of the playbook's owner. */
export function syntaxProblem(detail: string, at: Position | null, hint?: string): Problem {
  return new Problem({ code: 'template.syntax', summary: 'A template has a syntax error', detail, at, hint })
}

/** Text and offset → line and column from 1. */
export class Lines {
  readonly #starts: number[] = [0]
  constructor(source: string) {
    for (let i = source.indexOf('\n'); i >= 0; i = source.indexOf('\n', i + 1)) this.#starts.push(i + 1)
  }
  at(offset: number): { line: number; column: number } {
    let low = 0
    let high = this.#starts.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if (this.#starts[middle]! <= offset) low = middle
      else high = middle - 1
    }
    return { line: low + 1, column: offset - this.#starts[low]! + 1 }
  }
}

/** `literal`: strings inside `{{ }}` have no escapes, which is how Ansible reads the strings of YAML files. */
export type LexerOptions = SyntaxOptions & { readonly literal: boolean }

/** How a lexer reports an error at an offset of its source. */
export type Fail = (detail: string, offset: number, hint?: string) => never

/** A template as tokens. Whitespace control, trim_blocks, lstrip_blocks, comments and raw are settled here, as in Jinja2. */
export function tokenize(source: string, options: LexerOptions, fail: Fail): Token[] {
  let text = source.replace(/\r\n|\r/g, '\n')
  if (!options.keepTrailingNewline && text.endsWith('\n')) text = text.slice(0, -1)
  return new Lexer(text, options, fail).run()
}

type Start = {
  readonly kind: 'block' | 'variable' | 'comment' | 'raw'
  readonly index: number
  readonly sign: string
  readonly end: number
}

class Lexer {
  readonly #text: string
  readonly #options: LexerOptions
  readonly #fail: Fail
  readonly #lines: Lines
  readonly #tokens: Token[] = []
  readonly #starts: RegExp
  readonly #raw: RegExp
  #position = 0
  #lineStarting = true

  constructor(text: string, options: LexerOptions, fail: Fail) {
    this.#text = text
    this.#options = options
    this.#fail = fail
    this.#lines = new Lines(text)
    const delimiters = [options.blockStart, options.variableStart, options.commentStart]
    const byLength = [...delimiters].sort((a, b) => b.length - a.length).map(escapeRegex)
    this.#starts = new RegExp(byLength.join('|'), 'g')
    const end = escapeRegex(options.blockEnd)
    this.#raw = new RegExp(`${escapeRegex(options.blockStart)}([-+]?)\\s*raw\\s*(?:-${end}\\s*|${end})`, 'y')
  }

  run(): Token[] {
    while (this.#position < this.#text.length) {
      const start = this.#nextStart()
      if (start === null) {
        this.#data(this.#text.slice(this.#position), this.#position)
        this.#position = this.#text.length
        break
      }
      this.#data(this.#before(start), this.#position)
      this.#consume(start)
      this.#lineStarting = this.#text[this.#position - 1] === '\n'
    }
    this.#push('end', '', this.#text.length)
    return this.#tokens
  }

  #nextStart(): Start | null {
    this.#starts.lastIndex = this.#position
    const match = this.#starts.exec(this.#text)
    if (match === null) return null
    this.#raw.lastIndex = match.index
    const raw = this.#raw.exec(this.#text)
    if (raw !== null) return { kind: 'raw', index: match.index, sign: raw[1]!, end: this.#raw.lastIndex }
    const { variableStart, commentStart } = this.#options
    const kind = match[0] === variableStart ? 'variable' : match[0] === commentStart ? 'comment' : 'block'
    const after = match.index + match[0].length
    const sign = /[-+]/.test(this.#text[after] ?? '') ? this.#text[after]! : ''
    return { kind, index: match.index, sign, end: after + sign.length }
  }

  /** The data before a tag, shortened by the tag's `-` or by lstrip_blocks. */
  #before(start: Start): string {
    const data = this.#text.slice(this.#position, start.index)
    if (start.sign === '-') return stripEnd(data)
    if (start.sign === '+' || !this.#options.lstripBlocks || start.kind === 'variable') return data
    const line = data.lastIndexOf('\n') + 1
    return (line > 0 || this.#lineStarting) && isBlank(data.slice(line)) ? data.slice(0, line) : data
  }

  #consume(start: Start): void {
    const { blockEnd, variableEnd, commentEnd, trimBlocks } = this.#options
    if (start.kind === 'comment') {
      const rest = this.#find(endTag(commentEnd, trimBlocks), start.end, start.index, 'Missing end of comment tag')
      this.#position = rest.end
    } else if (start.kind === 'raw') this.#consumeRaw(start)
    else {
      const variable = start.kind === 'variable'
      this.#push(variable ? 'variable-start' : 'block-start', '', start.index)
      const close = variable ? endTag(variableEnd, false) : endTag(blockEnd, trimBlocks)
      const literal = variable && this.#options.literal
      const kind = variable ? 'variable-end' : 'block-end'
      this.#position = expressionTokens(this.#text, start, close, kind, literal, this.#lines, this.#tokens, this.#fail)
    }
  }

  #consumeRaw(start: Start): void {
    const { blockStart, blockEnd, trimBlocks } = this.#options
    const close = `${escapeRegex(blockStart)}([-+]?)\\s*endraw\\s*(?:${endTag(blockEnd, trimBlocks)})`
    const found = this.#find(close, start.end, start.index, 'Missing end of raw directive')
    let data = this.#text.slice(start.end, found.index)
    if (found.sign === '-') data = stripEnd(data)
    else if (found.sign !== '+' && this.#options.lstripBlocks) data = data.replace(/(^|\n)[ \t]*$/, '$1')
    this.#data(data, start.end)
    this.#position = found.end
  }

  #find(pattern: string, from: number, opened: number, missing: string): { index: number; sign: string; end: number } {
    const regex = new RegExp(pattern, 'g')
    regex.lastIndex = from
    const match = regex.exec(this.#text)
    if (match === null) return this.#fail(missing, opened)
    return { index: match.index, sign: match[1] ?? '', end: regex.lastIndex }
  }

  #data(text: string, offset: number): void {
    if (text === '') return
    const { newlineSequence } = this.#options
    this.#push('data', newlineSequence === '\n' ? text : text.replaceAll('\n', newlineSequence), offset)
  }

  #push(kind: Token['kind'], text: string, offset: number): void {
    this.#tokens.push({ kind, text, value: text, ...this.#lines.at(offset) })
  }
}

/** A closing tag: `-` eats all whitespace after it, `+` nothing, otherwise trim_blocks eats one newline. */
function endTag(tag: string, trim: boolean): string {
  const end = escapeRegex(tag)
  return `\\+${end}|-${end}\\s*|${end}${trim ? '\\n?' : ''}`
}

function escapeRegex(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&')
}
