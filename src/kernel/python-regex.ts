import { Problem } from './problem.ts'
import { ESCAPES, type Source, type Translated, Translation } from './python-regex-translation.ts'

type RegexOptions = {
  /** The flags given outside the pattern: `re.IGNORECASE`, `re.MULTILINE`, `re.DOTALL`, `re.VERBOSE`. */
  readonly flags?: string
  /** The pattern works on bytes (text decoded as latin1): classes are ASCII. */
  readonly bytes?: boolean
}

/** A regular expression whose matches have the groups of Python's pattern, and follow one another as they do in Python. */
export class PythonRegExp extends RegExp {
  /** How many groups the pattern has. */
  readonly groups: number
  readonly #hidden: readonly number[]
  readonly #advancing: Source

  constructor({ source, hidden, groups, advancing }: Omit<Translated, 'ignoresCase'>, flags: string) {
    super(source, flags)
    this.groups = groups
    this.#hidden = hidden
    this.#advancing = advancing
  }

  override exec(text: string): RegExpExecArray | null {
    return withoutGroups(super.exec(text), this.#hidden)
  }

  /** All matches. Where an empty one was found, Python looks for one that is not empty before it goes on. */
  override *[Symbol.matchAll](text: string): RegExpStringIterator<RegExpExecArray> {
    let further: RegExp | null = null
    const step = this.unicode ? (at: number) => at + (text.codePointAt(at)! > 0xffff ? 2 : 1) : (at: number) => at + 1
    for (let at = 0; at <= text.length; ) {
      this.lastIndex = at
      const match = this.exec(text)
      if (match === null) return
      yield match
      at = match.index + match[0].length
      if (match[0] !== '') continue
      further ??= new RegExp(this.#advancing.source, this.flags.replace('g', 'y'))
      further.lastIndex = at
      const next = withoutGroups(further.exec(text), this.#advancing.hidden)
      if (next !== null) yield next
      at = next === null ? step(at) : at + next[0].length
    }
  }
}

function withoutGroups(match: RegExpExecArray | null, hidden: readonly number[]): RegExpExecArray | null {
  if (match !== null) for (const group of hidden.toReversed()) match.splice(group, 1)
  return match
}

/**
 * A regular expression of Python's `re` as one of JavaScript's, with the flags `g` and (unless for bytes) `u`. Anchors, the dot and the
 * classes are spelt out, because theirs differ. Raises `regex.syntax` for a pattern that Python (3.11) refuses, and for what JavaScript
 * has no counterpart of: a condition on a group that can be empty, and a reference in a part that ignores case.
 */
export function pythonRegex(pattern: string, { flags = '', bytes = false }: RegexOptions = {}): PythonRegExp {
  const text = bytes ? Buffer.from(pattern, 'utf8').toString('latin1') : pattern
  const translated = new Translation(text, { flags, bytes, fail: (detail) => wrong(pattern, detail) }).run()
  try {
    return new PythonRegExp(translated, `g${translated.ignoresCase ? 'i' : ''}${bytes ? '' : 'u'}`)
  } catch (error) {
    throw wrong(pattern, error instanceof Error ? error.message : String(error))
  }
}

/** What `re.subn` gives: every match replaced by the expanded template, and how many there were. */
export function substitute(
  regex: PythonRegExp,
  template: string,
  text: string,
  bytes = false,
): { text: string; count: number } {
  const expand = compileTemplate(bytes ? Buffer.from(template, 'utf8').toString('latin1') : template, regex.groups)
  let count = 0
  let result = ''
  let end = 0
  for (const match of text.matchAll(regex)) {
    count += 1
    result += text.slice(end, match.index) + expand(match)
    end = match.index + match[0].length
  }
  return { text: result + text.slice(end), count }
}

/**
 * A replacement as `match.expand` takes it: `\1`, `\g<1>`, `\g<name>` and the usual escapes. Groups that took no part are empty.
 * Raises `regex.syntax` for an escape that Python refuses, and for a group beyond those there are.
 */
export function compileTemplate(template: string, groups = 99): (match: RegExpMatchArray) => string {
  const parts: (string | { group: string })[] = []
  const pattern = /\\g<([^>]*)>|\\(0[0-7]{0,2}|[1-3][0-7]{2}|[1-9][0-9]?)|\\([\s\S])|[^\\]+|\\/g
  for (const [text, name, digits, letter] of template.matchAll(pattern)) {
    if (Number(name ?? 0) > groups || (digits !== undefined && /^[1-9]\d?$/.test(digits) && Number(digits) > groups))
      throw wrong(template, `invalid group reference ${name ?? digits}`)
    if (name !== undefined) parts.push({ group: name })
    else if (digits !== undefined) {
      if (digits.startsWith('0') || digits.length === 3) parts.push(String.fromCharCode(Number.parseInt(digits, 8)))
      else parts.push({ group: digits })
    } else if (letter !== undefined) {
      if (letter === '\\') parts.push('\\')
      else if (ESCAPES[letter] !== undefined) parts.push(ESCAPES[letter])
      else if (/[A-Za-z]/.test(letter)) throw wrong(template, `bad escape \\${letter}`)
      else parts.push(text)
    } else if (text === '\\') throw wrong(template, 'bad escape (end of pattern)')
    else parts.push(text)
  }
  return (match) =>
    parts.map((part) => (typeof part === 'string' ? part : groupOf(template, match, part.group))).join('')
}

function groupOf(template: string, match: RegExpMatchArray, name: string): string {
  if (/^\d+$/.test(name)) {
    if (Number(name) >= match.length) throw wrong(template, `invalid group reference ${name}`)
    return match[Number(name)] ?? ''
  }
  if (match.groups === undefined || !(name in match.groups)) throw wrong(template, `unknown group name '${name}'`)
  return match.groups[name] ?? ''
}

function wrong(pattern: string, detail: string): Problem {
  return new Problem({
    code: 'regex.syntax',
    summary: 'Wrong regular expression',
    detail: `${JSON.stringify(pattern)}: ${detail}`,
    hint: "it is read by the rules of Python's re module",
  })
}
