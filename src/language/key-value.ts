import { type Position, Problem } from '../kernel/problem.ts'

/** What a line of `key=value` words says: named arguments, and the words that are none, joined as they were written. */
type KeyValues = { readonly args: ReadonlyMap<string, string>; readonly rest: string }

/**
 * `src=a dest="b c" mode=0644` → arguments, by the rules of Ansible's k=v syntax: quotes and template blocks keep words together,
 * backslash escapes are read, `\=` is no separator. For a free-form module (`commandLike`) only the arguments that steer it are taken
 * and everything else is its text. Throws `args.quotes` when a quote or a template block is not closed.
 */
export function parseKeyValues(text: string, commandLike: boolean, at: Position | null): KeyValues {
  const args = new Map<string, string>()
  const rest: string[] = []
  for (const word of splitWords(text, at)) {
    const decoded = decodeEscapes(word)
    const equals = separator(decoded)
    if (equals === null) rest.push(decoded.includes('=') ? decoded.replaceAll('\\=', '=') : word)
    else if (commandLike && !COMMAND_ARGS.has(decoded.slice(0, equals))) rest.push(word)
    else args.set(decoded.slice(0, equals).trim(), unquote(decoded.slice(equals + 1).trim()))
  }
  return { args, rest: joinWords(rest) }
}

const COMMAND_ARGS = new Set([
  'creates',
  'removes',
  'chdir',
  'executable',
  'warn',
  'stdin',
  'stdin_add_newline',
  'strip_empty_ends',
])

/** Index of the first `=` that separates a name from a value; a word can't start with it, and `\=` is text. */
function separator(word: string): number | null {
  for (let index = word.indexOf('=', 1); index > 0; index = word.indexOf('=', index + 1)) {
    if (word[index - 1] !== '\\') return index
  }
  return null
}

const ESCAPE = /\\U[0-9a-fA-F]{8}|\\u[0-9a-fA-F]{4}|\\x[0-9a-fA-F]{2}|\\[\\'"abfnrtv]/g
const LETTERS: { readonly [letter: string]: string } = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
}

function decodeEscapes(text: string): string {
  return text.replace(ESCAPE, (sequence) => {
    const letter = sequence[1]!
    if (sequence.length > 2) return String.fromCodePoint(Number.parseInt(sequence.slice(2), 16))
    return LETTERS[letter] ?? letter
  })
}

/** Quotes around the whole text taken off; an escaped last quote is text. */
function unquote(text: string): string {
  const quote = text[0]
  const quoted = text.length > 1 && (quote === '"' || quote === "'") && text.at(-1) === quote && text.at(-2) !== '\\'
  return quoted ? text.slice(1, -1) : text
}

function joinWords(words: readonly string[]): string {
  return words.reduce((text, word) => (text === '' || text.endsWith('\n') ? text + word : `${text} ${word}`), '')
}

/** Words split at spaces and newlines, but not inside quotes or template blocks; spaces and newlines stay at the end of the word before them. */
export function splitWords(text: string, at: Position | null): string[] {
  const state = new SplitState()
  const lines = text.split('\n')
  for (const [number, line] of lines.entries()) {
    const continued = splitLine(state, line)
    if (number < lines.length - 1 && !continued) state.extend('\n')
  }
  if (state.open) {
    throw new Problem({
      code: 'args.quotes',
      summary: 'Unbalanced quotes or template block',
      detail: `a quote, "{{" or "{%" is not closed in: ${text.trim()}`,
      hint: 'close it, or write the arguments as a dict, one "name: value" a line',
      at,
    })
  }
  return state.words
}

/** True if the line ends in a backslash of its own: the next line then goes on with this one. */
function splitLine(state: SplitState, line: string): boolean {
  const tokens = line.split(' ')
  let continued = false
  for (const [index, token] of tokens.entries()) {
    if (token === '' && index > 0) state.extend(' ')
    else if (token === '\\' && state.quote === null) continued = true
    else addToken(state, token, index, tokens.length)
  }
  return continued
}

function addToken(state: SplitState, token: string, index: number, count: number): void {
  const wasQuoted = state.quote !== null
  const inBlock = state.depth > 0
  state.quote = quoteAfter(token, state.quote)
  const quoted = state.quote !== null
  let added = true
  if (quoted && !wasQuoted && !inBlock) state.words.push(token)
  else if (inBlock || quoted || wasQuoted) state.extend(glue(index, count, wasQuoted) + token)
  else added = false
  const changed = state.countBlocks(token)
  if (added) return
  if (changed || (state.depth === 0 && token !== '')) state.words.push(token)
}

function glue(index: number, count: number, wasQuoted: boolean): string {
  if (index > 0) return ' '
  if (wasQuoted || count > 1) return ''
  return '\n'
}

class SplitState {
  readonly words: string[] = []
  quote: string | null = null
  readonly #blocks: [string, string, number][] = [
    ['{{', '}}', 0],
    ['{%', '%}', 0],
    ['{#', '#}', 0],
  ]

  get depth(): number {
    return this.#blocks.reduce((sum, [, , depth]) => sum + depth, 0)
  }

  get open(): boolean {
    return this.quote !== null || this.depth > 0
  }

  extend(text: string): void {
    if (this.words.length > 0) this.words[this.words.length - 1] += text
  }

  countBlocks(token: string): boolean {
    let changed = false
    for (const block of this.#blocks) {
      const difference = token.split(block[0]).length - token.split(block[1]).length
      const depth = Math.max(0, block[2] + difference)
      changed ||= depth !== block[2]
      block[2] = depth
    }
    return changed
  }
}

function quoteAfter(token: string, open: string | null): string | null {
  let quote = open
  for (let index = 0; index < token.length; index++) {
    const char = token[index]!
    if ((char !== '"' && char !== "'") || token[index - 1] === '\\') continue
    if (quote === null) quote = char
    else if (quote === char) quote = null
  }
  return quote
}
