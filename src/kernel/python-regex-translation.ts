import { boundary, CLASSES, caseVariants, literal, rangeText } from './python-regex-characters.ts'
import {
  advancing,
  alternatives,
  atomic,
  characters,
  EMPTY,
  enclosed,
  type Group,
  grouped,
  newGroup,
  type Part,
  place,
  question,
  type Repetition,
  reference,
  rendered,
  repeated,
  sequence,
  type Token,
} from './python-regex-parts.ts'

/** A source, and the numbers of the groups in it that are not the pattern's own. */
export type Source = { readonly source: string; readonly hidden: readonly number[] }

export type Translated = Source & {
  readonly ignoresCase: boolean
  /** Groups of the pattern itself. */
  readonly groups: number
  /** The pattern for matches of at least one character. */
  readonly advancing: Source
}

type Flags = {
  readonly multiline: boolean
  readonly dotAll: boolean
  readonly verbose: boolean
  readonly ignoreCase: boolean
  readonly ascii: boolean
}

/** The letters of flags; `u` takes `a` back. */
const FLAGS: { readonly [letter: string]: keyof Flags } = {
  m: 'multiline',
  s: 'dotAll',
  x: 'verbose',
  i: 'ignoreCase',
  a: 'ascii',
}

const NO_FLAGS: Flags = { multiline: false, dotAll: false, verbose: false, ignoreCase: false, ascii: false }

export const ESCAPES: { readonly [letter: string]: string } = {
  n: '\n',
  r: '\r',
  t: '\t',
  f: '\f',
  v: '\v',
  a: '\x07',
  b: '\b',
}

const ANCHORS: { readonly [letter: string]: string } = { A: '(?<![\\s\\S])', Z: '(?![\\s\\S])' }

/** One pass over a pattern of Python's `re`; `fail` makes the error for what Python refuses. */
export class Translation {
  readonly #text: string
  readonly #fail: (detail: string) => Error
  /** Only a part of the pattern ignores case, so that every letter has to be spelt out. */
  readonly #spelt: boolean
  readonly #groups: Group[] = []
  /** How many groups there were where the outermost look-behind began. */
  #behind: number | null = null
  #at = 0
  #flags: Flags

  constructor(text: string, options: { flags: string; bytes: boolean; fail: (detail: string) => Error }) {
    this.#text = text
    this.#fail = (detail) => options.fail(`${detail} at position ${this.#at}`)
    this.#spelt = /\(\?[a-zA-Z]*-?[a-z]*i[a-z]*(?:-[a-z]+)?:/.test(text)
    this.#flags = withFlags({ ...NO_FLAGS, ascii: options.bytes }, options.flags, true)
  }

  run(): Translated {
    const { tokens } = this.#alternatives(true)
    if (this.#at < this.#text.length) throw this.#fail('unbalanced parenthesis')
    return {
      ...sourceOf(tokens),
      ignoresCase: this.#flags.ignoreCase && !this.#spelt,
      groups: this.#groups.length,
      advancing: sourceOf(advancing(tokens)),
    }
  }

  /** Everything up to the end of the group, or of the pattern at the outermost level. */
  #alternatives(outermost = false): Part {
    const branches = [this.#branch(outermost)]
    while (this.#skips('|')) branches.push(this.#branch())
    return alternatives(branches)
  }

  #branch(first = false): Part {
    const parts: Part[] = []
    let atom = false
    while (this.#at < this.#text.length) {
      const char = String.fromCodePoint(this.#text.codePointAt(this.#at)!)
      if (char === ')' || char === '|') break
      const repetition = this.#repetition()
      if (repetition !== null) {
        if (!atom) throw this.#fail('nothing to repeat')
        parts.push(repeated(parts.pop()!, repetition))
        atom = false
        continue
      }
      this.#at += char.length
      const part = this.#part(char, first && parts.length === 0)
      if (part === null) continue
      atom = part.fixed !== true
      parts.push(part)
    }
    return sequence(parts)
  }

  /** Null for what stands for nothing at all: a comment, flags. */
  #part(char: string, first: boolean): Part | null {
    const { multiline, dotAll, verbose } = this.#flags
    if (char === '\\') return this.#escape()
    if (char === '[') return characters(this.#set())
    if (char === '(') return this.#group(first)
    if (char === '.') return characters(dotAll ? '[\\s\\S]' : '[^\\n]')
    if (char === '^') return place(multiline ? '(?<![^\\n])' : '(?<![\\s\\S])')
    if (char === '$') return place(multiline ? '(?![^\\n])' : '(?=\\n?(?![\\s\\S]))')
    if (verbose && /[ \t\n\r\f\v]/.test(char)) return null
    if (verbose && char === '#') {
      const end = this.#text.indexOf('\n', this.#at)
      this.#at = end === -1 ? this.#text.length : end + 1
      return null
    }
    return characters(this.#character(char))
  }

  /** `*`, `+?`, `{2,3}+` …; null where none stands. A brace that makes no repetition is itself; Python's `{,3}` means `{0,3}`. */
  #repetition(): Repetition | null {
    const match = /^(?:([*+?])|\{(\d*)(,?)(\d*)\})([?+]?)/.exec(this.#text.slice(this.#at, this.#at + 40))
    if (match === null) return null
    const [whole, sign, from = '', comma = '', to = '', suffix] = match
    if (sign === undefined && from === '' && (comma === '' || to === '')) {
      if (comma === '' || to !== '') return null
    }
    this.#at += whole.length
    const low = sign === '+' ? 1 : Number(from)
    const high =
      sign === '?' ? 1 : sign === undefined && comma === '' ? low : to === '' ? Number.POSITIVE_INFINITY : Number(to)
    if (high < low) throw this.#fail('min repeat greater than max repeat')
    const text = sign ?? `{${low}${comma}${to}}`
    return { text: text + (suffix === '?' ? '?' : ''), low, high, possessive: suffix === '+' }
  }

  #group(first: boolean): Part | null {
    const rest = this.#text.slice(this.#at)
    const comment = /^\?#[^)]*\)/.exec(rest)
    if (comment !== null) return this.#skip(comment, null)
    const named = /^\?P=([\p{L}_][\p{L}\p{N}_]*)\)/u.exec(rest)
    if (named !== null) return this.#skip(named, this.#reference(this.#named(named[1]!)))
    const condition = /^\?\(([\p{L}\p{N}_]+)\)/u.exec(rest)
    if (condition !== null) return this.#skip(condition, this.#asked(condition[1]!))?.() ?? null
    const flags = /^\?([aiLmsux]+)\)/.exec(rest)
    if (flags === null) return this.#enclosed(rest)
    if (!first) throw this.#fail('global flags not at the start of the expression')
    this.#flags = withFlags(this.#flags, flags[1]!, true)
    return this.#skip(flags, null)
  }

  #enclosed(rest: string): Part {
    const simple = /^\?(?::|<?[=!]|>)/.exec(rest)
    if (simple !== null) return this.#skip(simple, () => this.#assertion(simple[0]))()
    const scoped = /^\?([aiLmsux]*)(?:-([imsx]+))?:/.exec(rest)
    if (scoped !== null) {
      const flags = withFlags(withFlags(this.#flags, scoped[1]!, true), scoped[2] ?? '', false)
      return this.#skip(scoped, () => enclosed('(?:', this.#body(flags)))()
    }
    const named = /^\?P<([\p{L}_][\p{L}\p{N}_]*)>/u.exec(rest)
    if (named === null && rest.startsWith('?'))
      throw this.#fail(`unknown or unsupported extension (${rest.slice(0, 3)}`)
    this.#at += named?.[0].length ?? 0
    const group = newGroup(named?.[1] ?? null)
    this.#groups.push(group)
    return grouped(group, this.#body())
  }

  /** The inside of a group, up to behind its end. */
  #body(flags = this.#flags): Part {
    const kept = this.#flags
    this.#flags = flags
    const body = this.#alternatives()
    if (!this.#skips(')')) throw this.#fail('missing ), unterminated subpattern')
    this.#flags = kept
    return body
  }

  #assertion(opening: string): Part {
    const behind = this.#behind
    if (opening.startsWith('?<')) this.#behind ??= this.#groups.length
    const body = this.#body()
    this.#behind = behind
    if (opening.startsWith('?<') && body.least !== body.most)
      throw this.#fail('look-behind requires fixed-width pattern')
    return opening === '?>' ? atomic(enclosed('(?:', body)) : enclosed(`(${opening}`, body)
  }

  /** `(?(group)yes|no)`. */
  #asked(name: string): () => Part {
    const group = /^\d+$/.test(name) ? this.#groups[Number(name) - 1] : this.#named(name)
    if (group === undefined || group.open) throw this.#fail(`invalid group reference ${name}`)
    if (group.least === 0) throw this.#fail('a condition on a group that can be empty is not supported')
    return () => {
      const yes = this.#branch()
      const no = this.#skips('|') ? this.#branch() : EMPTY
      if (this.#text[this.#at] === '|') throw this.#fail('conditional backref with more than two branches')
      if (!this.#skips(')')) throw this.#fail('missing ), unterminated subpattern')
      const branches = [sequence([question(group, true), yes]), sequence([question(group, false), no])]
      return enclosed('(?:', alternatives(branches))
    }
  }

  #named(name: string): Group {
    const found = this.#groups.find((group) => group.name === name)
    if (found === undefined) throw this.#fail(`unknown group name '${name}'`)
    return found
  }

  #reference(group: Group): Part {
    if (group.open) throw this.#fail('cannot refer to an open group')
    if (this.#behind !== null && this.#groups.indexOf(group) >= this.#behind)
      throw this.#fail('cannot refer to group defined in the same lookbehind subpattern')
    if (this.#spelt && this.#flags.ignoreCase)
      throw this.#fail('a reference in a part that ignores case is not supported')
    return reference(group)
  }

  #skip<Result>(match: RegExpExecArray, result: Result): Result {
    this.#at += match[0].length
    return result
  }

  #skips(char: string): boolean {
    const found = this.#text[this.#at] === char
    if (found) this.#at += 1
    return found
  }

  /** An escape outside of a set. */
  #escape(): Part {
    const back = /^[1-9][0-9]?(?![0-7])|^[89]\d?|^[1-9]/.exec(this.#text.slice(this.#at))
    if (back !== null && !/^[1-3][0-7]{2}/.test(this.#text.slice(this.#at))) {
      const group = this.#groups[Number(back[0]) - 1]
      if (group === undefined) throw this.#fail(`invalid group reference ${back[0]}`)
      return this.#skip(back, this.#reference(group))
    }
    const letter = this.#text[this.#at]
    const anchor = letter === undefined ? undefined : ANCHORS[letter]
    if (letter === 'b' || letter === 'B' || anchor !== undefined) this.#at += 1
    if (letter === 'b' || letter === 'B') return place(boundary(letter === 'b', this.#flags.ascii))
    if (anchor !== undefined) return place(anchor)
    const item = this.#escaped()
    if (typeof item !== 'string') return characters(this.#character(item.char))
    return characters(item.startsWith('[') ? item : `[${item}]`)
  }

  /** The inside of a class, or one character, behind a backslash. */
  #escaped(): string | { readonly char: string } {
    const rest = this.#text.slice(this.#at)
    const code = /^(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|(0[0-7]{0,2}|[1-3][0-7]{2}))/.exec(rest)
    if (code !== null) {
      const hex = code[1] ?? code[2] ?? code[3]
      const point = hex === undefined ? Number.parseInt(code[4]!, 8) : Number.parseInt(hex, 16)
      if (point > 0x10ffff) throw this.#fail(`bad escape ${code[0]}`)
      return this.#skip(code, { char: String.fromCodePoint(point) })
    }
    if (rest === '') throw this.#fail('bad escape (end of pattern)')
    const char = String.fromCodePoint(rest.codePointAt(0)!)
    this.#at += char.length
    const class_ = CLASSES[this.#flags.ascii ? 'ascii' : 'unicode'][char]
    if (class_ !== undefined) return class_
    if (ESCAPES[char] !== undefined) return { char: ESCAPES[char] }
    if (/[A-Za-z0-9]/.test(char)) throw this.#fail(`bad escape \\${char}`)
    return { char }
  }

  #character(char: string): string {
    if (!this.#spelt || !this.#flags.ignoreCase) return literal(char)
    const variants = caseVariants(char)
    return variants.length === 1 ? literal(char) : `[${variants.map((one) => rangeText(one, one)).join('')}]`
  }

  /** A set; `]` right at its start stands for itself, and a hyphen makes a range unless a class stands beside it. */
  #set(): string {
    const negated = this.#skips('^')
    let result = ''
    for (let first = true; ; first = false) {
      if (this.#at >= this.#text.length) throw this.#fail('unterminated character set')
      if (!first && this.#skips(']')) return `[${negated ? '^' : ''}${result}]`
      const low = this.#member()
      if (this.#text[this.#at] !== '-' || [']', undefined].includes(this.#text[this.#at + 1])) {
        result += this.#range(low, low)
        continue
      }
      this.#at += 1
      const high = this.#member()
      result += typeof low === 'string' || typeof high === 'string' ? `${this.#range(low, low)}\\-` : ''
      result += typeof low === 'string' ? this.#range(high, high) : this.#range(low, high)
    }
  }

  #member(): string | { readonly char: string } {
    const char = String.fromCodePoint(this.#text.codePointAt(this.#at)!)
    this.#at += char.length
    return char === '\\' ? this.#escaped() : { char }
  }

  #range(low: string | { readonly char: string }, high: string | { readonly char: string }): string {
    if (typeof low === 'string' || typeof high === 'string') return typeof high === 'string' ? high : String(low)
    if (low.char.codePointAt(0)! > high.char.codePointAt(0)!)
      throw this.#fail(`bad character range ${low.char}-${high.char}`)
    return rangeText(low.char, high.char, this.#spelt && this.#flags.ignoreCase)
  }
}

function sourceOf(tokens: readonly Token[]): Source {
  const { source, opened } = rendered(tokens)
  return { source, hidden: opened.flatMap(({ hidden }, index) => (hidden ? [index + 1] : [])) }
}

function withFlags(flags: Flags, letters: string, value: boolean): Flags {
  const named = [...letters].flatMap((letter) => (FLAGS[letter] === undefined ? [] : [[FLAGS[letter], value] as const]))
  const alphabet = letters.includes('u') && value ? { ascii: false } : {}
  return { ...flags, ...Object.fromEntries(named), ...alphabet }
}
