import { filterError } from '../problems.ts'
import type { RegexFlags } from './regex.ts'

const inlineFlags = /^\(\?([aiLmsux]+)\)/
const groupName = /^\(\?P<([\p{L}_][\p{L}\p{N}_]*)>/u
const backReference = /^\(\?P=([\p{L}_][\p{L}\p{N}_]*)\)/u

/** A pattern of Python's `re` as one of JavaScript's in `u` mode, and the flags it needs. */
export function translatePattern(pattern: string, given: RegexFlags): { source: string; flags: string } {
  const inline = inlineFlags.exec(pattern)
  const letters = inline?.[1] ?? ''
  const state: State = {
    verbose: letters.includes('x'),
    multiline: given.multiline === true || letters.includes('m'),
    ignoreCase: given.ignoreCase === true || letters.includes('i'),
    dotAll: given.dotAll === true || letters.includes('s'),
  }
  const source = translate(inline === null ? pattern : pattern.slice(inline[0].length), state)
  return { source, flags: `u${state.ignoreCase ? 'i' : ''}${state.multiline ? 'm' : ''}${state.dotAll ? 's' : ''}` }
}

type State = {
  readonly verbose: boolean
  readonly multiline: boolean
  readonly ignoreCase: boolean
  readonly dotAll: boolean
}

function translate(pattern: string, state: State): string {
  let out = ''
  let i = 0
  while (i < pattern.length) {
    const rest = pattern.slice(i)
    const [consumed, text] = piece(rest, state)
    out += text
    i += consumed
  }
  return out
}

/** The first construct of the pattern: how long it is and what JavaScript calls it. */
function piece(rest: string, state: State): [number, string] {
  const char = rest[0]!
  switch (char) {
    case '\\':
      return escapeSequence(rest, false)
    case '[':
      return characterSet(rest)
    case '(':
      return group(rest)
    case '.':
      return [1, state.dotAll ? '.' : '[^\\n]']
    case '$':
      return [1, state.multiline ? '(?=\\n|(?![\\s\\S]))' : '(?=\\n?(?![\\s\\S]))']
    case '^':
      return [1, state.multiline ? '(?<=\\n|(?<![\\s\\S]))' : '(?<![\\s\\S])']
    case '{':
      return braces(rest)
    case '}':
    case ']':
      return [1, `\\${char}`]
    case '#':
      return state.verbose ? [/^[^\n]*/.exec(rest)![0].length, ''] : [1, char]
    case '*':
    case '+':
    case '?':
      return possessive(rest, char)
    default:
      return state.verbose && /\s/.test(char) ? [1, ''] : codePoint(rest)
  }
}

function possessive(rest: string, char: string): [number, string] {
  if (rest[1] === '+') throw unsupported('possessive quantifiers')
  return rest[1] === '?' ? [2, `${char}?`] : [1, char]
}

function codePoint(rest: string): [number, string] {
  const char = String.fromCodePoint(rest.codePointAt(0)!)
  return [char.length, char === '/' ? '\\/' : char]
}

/** `{2,3}` is a repetition; any other brace is itself. Python's `{,3}` means `{0,3}`. */
function braces(rest: string): [number, string] {
  const match = /^\{(\d*)(,?)(\d*)\}(\??)/.exec(rest)
  if (match === null || (match[1] === '' && match[3] === '')) return [1, '\\{']
  const [whole, low, comma, high, lazy] = match
  return [whole.length, `{${low === '' ? '0' : low}${comma}${high}}${lazy}`]
}

function group(rest: string): [number, string] {
  const named = groupName.exec(rest)
  if (named !== null) return [named[0].length, `(?<${named[1]}>`]
  const back = backReference.exec(rest)
  if (back !== null) return [back[0].length, `\\k<${back[1]}>`]
  const comment = /^\(\?#[^)]*\)/.exec(rest)
  if (comment !== null) return [comment[0].length, '']
  const plain = /^\((?:\?(?::|=|!|<=|<!))?(?!\?)/.exec(rest)
  if (plain !== null) return [plain[0].length, plain[0]]
  const modifiers = /^\(\?[a-zA-Z-]*:/.exec(rest)
  if (modifiers !== null) throw unsupported('flags for a part of the pattern')
  throw unsupported(`the group ${rest.slice(0, 4)}`)
}

function unsupported(what: string): Error {
  return filterError(`the regular expression uses ${what}, which is not supported here`)
}

const classes: ReadonlyMap<string, string> = new Map([
  ['d', '\\p{Nd}'],
  ['D', '\\P{Nd}'],
  ['w', '\\p{L}\\p{N}_'],
  ['s', '\\s\\x1c-\\x1f\\x85'],
])

const outside: ReadonlyMap<string, string> = new Map([
  ['A', '(?<![\\s\\S])'],
  ['Z', '(?![\\s\\S])'],
  ['w', '[\\p{L}\\p{N}_]'],
  ['W', '[^\\p{L}\\p{N}_]'],
  ['s', '[\\s\\x1c-\\x1f\\x85]'],
  ['S', '[^\\s\\x1c-\\x1f\\x85]'],
  ['b', '(?:(?<=[\\p{L}\\p{N}_])(?![\\p{L}\\p{N}_])|(?<![\\p{L}\\p{N}_])(?=[\\p{L}\\p{N}_]))'],
  ['B', '(?:(?<=[\\p{L}\\p{N}_])(?=[\\p{L}\\p{N}_])|(?<![\\p{L}\\p{N}_])(?![\\p{L}\\p{N}_]))'],
  ['d', '\\p{Nd}'],
  ['D', '\\P{Nd}'],
  ['a', '\\x07'],
])

const insideOnly: ReadonlyMap<string, string> = new Map([
  ['W', '\\x00-\\/:-@\\[-\\^`{-\\xa9'],
  ['S', '\\S'],
  ['b', '\\x08'],
  ['a', '\\x07'],
])

function escapeSequence(rest: string, inSet: boolean): [number, string] {
  const char = rest[1]
  if (char === undefined) throw filterError('the regular expression ends with a backslash')
  const known = inSet ? (classes.get(char) ?? insideOnly.get(char)) : outside.get(char)
  if (known !== undefined) return [2, known]
  const octal = /^\\(0[0-7]{0,2}|[1-3][0-7]{2})/.exec(rest)
  if (octal !== null) return [octal[0].length, `\\x${Number.parseInt(octal[1]!, 8).toString(16).padStart(2, '0')}`]
  const reference = /^\\([1-9]\d?)/.exec(rest)
  if (reference !== null && !inSet) return [reference[0].length, `(?:\\${reference[1]})`]
  const long = /^\\U([\da-fA-F]{8})/.exec(rest)
  if (long !== null) return [10, `\\u{${long[1]}}`]
  if (/^\\(?:x[\da-fA-F]{2}|u[\da-fA-F]{4})/.test(rest))
    return char === 'x' ? [4, rest.slice(0, 4)] : [6, rest.slice(0, 6)]
  if ('nrtfv'.includes(char)) return [2, `\\${char}`]
  if (/[A-Za-z]/.test(char)) throw filterError(`bad escape \\${char} in the regular expression`)
  return [1 + codePoint(rest.slice(1))[0], literal(String.fromCodePoint(rest.codePointAt(1)!))]
}

function literal(char: string): string {
  return /[\^$\\.*+?()[\]{}|/-]/.test(char) ? (char === '-' ? '\\x2d' : `\\${char}`) : char
}

/** `[…]`: a `]` first is itself, and so is `[` anywhere. */
function characterSet(rest: string): [number, string] {
  const negated = rest[1] === '^'
  let i = negated ? 2 : 1
  let out = negated ? '[^' : '['
  for (let first = true; ; first = false) {
    const char = rest[i]
    if (char === undefined) throw filterError('the regular expression has an unterminated character set')
    if (char === ']' && !first) return [i + 1, `${out}]`]
    const [consumed, text] = char === '\\' ? escapeSequence(rest.slice(i), true) : setMember(rest, i)
    out += text
    i += consumed
  }
}

function setMember(rest: string, i: number): [number, string] {
  const char = String.fromCodePoint(rest.codePointAt(i)!)
  if (char !== '-') return [char.length, /[\^$\\.*+?()[\]{}|/&~]/.test(char) ? setEscape(char) : char]
  const next = rest[i + 1]
  const before = rest.slice(Math.max(0, i - 2), i)
  const range =
    next !== ']' &&
    next !== undefined &&
    !/^(?:\[|\[\^)$/.test(rest.slice(0, i)) &&
    !isClass(before) &&
    !isClass(rest.slice(i + 1, i + 3))
  return [1, range ? '-' : '\\-']
}

function setEscape(char: string): string {
  return char === '&' || char === '~' ? char : `\\${char}`
}

function isClass(text: string): boolean {
  return /^\\[dDwWsS]$/.test(text)
}
