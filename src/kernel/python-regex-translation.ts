import { boundary, CLASSES, caseVariants, literal, rangeText } from './python-regex-characters.ts'

/** A group of the pattern, or one of ours (`hidden`) that an atomic group needs. */
type Group = { readonly name: string | null; readonly hidden: boolean }

/** Text of the result, the opening of a group, or a reference to one: numbers are known only when all groups are. */
type Token = string | { readonly opens: Group } | { readonly refers: Group }

export type Translated = {
  readonly source: string
  readonly ignoresCase: boolean
  /** Groups of the pattern itself. */
  readonly groups: number
  /** Numbers of the groups that are not the pattern's own. */
  readonly hidden: readonly number[]
}

type Flags = {
  readonly multiline: boolean
  readonly dotAll: boolean
  readonly verbose: boolean
  readonly ignoreCase: boolean
}

/** The letters of flags that count here; `a`, `L` and `u` choose an alphabet. */
const FLAGS: { readonly [letter: string]: keyof Flags } = {
  m: 'multiline',
  s: 'dotAll',
  x: 'verbose',
  i: 'ignoreCase',
}

export const ESCAPES: { readonly [letter: string]: string } = {
  n: '\n',
  r: '\r',
  t: '\t',
  f: '\f',
  v: '\v',
  a: '\x07',
  b: '\b',
}

/** One pass over a pattern of Python's `re`; `fail` makes the error for what Python refuses. */
export class Translation {
  readonly #text: string
  readonly #bytes: boolean
  readonly #fail: (detail: string) => Error
  /** Only a part of the pattern ignores case, so that every letter has to be spelt out. */
  readonly #spelt: boolean
  readonly #groups: Group[] = []
  #at = 0
  #flags: Flags

  constructor(text: string, options: { flags: string; bytes: boolean; fail: (detail: string) => Error }) {
    this.#text = text
    this.#bytes = options.bytes
    this.#fail = (detail) => options.fail(`${detail} at position ${this.#at}`)
    this.#spelt = /\(\?[a-zA-Z]*-?[a-z]*i[a-z]*(?:-[a-z]+)?:/.test(text)
    this.#flags = withFlags({ multiline: false, dotAll: false, verbose: false, ignoreCase: false }, options.flags, true)
  }

  run(): Translated {
    const tokens = this.#alternatives(false)
    const opened = tokens.flatMap((token) => (typeof token === 'object' && 'opens' in token ? [token.opens] : []))
    const source = tokens.map((token) => {
      if (typeof token === 'string') return token
      if ('opens' in token) return token.opens.name === null ? '(' : `(?<${token.opens.name}>`
      return `(?:\\${opened.indexOf(token.refers) + 1})`
    })
    return {
      source: source.join(''),
      ignoresCase: this.#flags.ignoreCase && !this.#spelt,
      groups: opened.filter(({ hidden }) => !hidden).length,
      hidden: opened.flatMap(({ hidden }, index) => (hidden ? [index + 1] : [])),
    }
  }

  /** Everything up to the end of the group, or of the pattern at the outermost level. */
  #alternatives(inside: boolean): Token[] {
    const tokens: Token[] = []
    let atom = -1
    while (this.#at < this.#text.length) {
      const char = String.fromCodePoint(this.#text.codePointAt(this.#at)!)
      if (char === ')' && inside) return tokens
      if (char === ')') throw this.#fail('unbalanced parenthesis')
      const repetition = this.#repetition()
      if (repetition !== null) {
        if (atom < 0) throw this.#fail('nothing to repeat')
        tokens.push(...this.#repeated(tokens.splice(atom), repetition))
        atom = -1
        continue
      }
      this.#at += char.length
      const item = this.#item(char, tokens.length === 0 && !inside)
      if (item.length > 0) atom = char === '|' || isAnchor(item) ? -1 : tokens.length
      tokens.push(...item)
    }
    if (inside) throw this.#fail('missing ), unterminated subpattern')
    return tokens
  }

  #item(char: string, first: boolean): Token[] {
    const { multiline, dotAll, verbose } = this.#flags
    if (char === '\\') return this.#escape()
    if (char === '[') return [this.#set()]
    if (char === '(') return this.#group(first)
    if (char === '.') return [dotAll ? '[\\s\\S]' : '[^\\n]']
    if (char === '^') return [multiline ? '(?<![^\\n])' : '(?<![\\s\\S])']
    if (char === '$') return [multiline ? '(?![^\\n])' : '(?=\\n?(?![\\s\\S]))']
    if (char === '|') return ['|']
    if (verbose && /[ \t\n\r\f\v]/.test(char)) return []
    if (verbose && char === '#') {
      const end = this.#text.indexOf('\n', this.#at)
      this.#at = end === -1 ? this.#text.length : end + 1
      return []
    }
    return [this.#character(char)]
  }

  /** `*`, `+?`, `{2,3}+` …; null where none stands. A brace that makes no repetition is itself; Python's `{,3}` means `{0,3}`. */
  #repetition(): { readonly text: string; readonly possessive: boolean } | null {
    const match = /^(?:([*+?])|\{(\d*)(,?)(\d*)\})([?+]?)/.exec(this.#text.slice(this.#at, this.#at + 40))
    if (match === null) return null
    const [whole, sign, low, comma, high, suffix] = match
    if (sign === undefined && low === '' && (comma === '' || high === '')) {
      if (comma === '' || high !== '') return null
    }
    this.#at += whole.length
    const text = sign ?? `{${low === '' ? '0' : low}${comma}${high}}`
    return { text: text + (suffix === '?' ? '?' : ''), possessive: suffix === '+' }
  }

  #repeated(atom: readonly Token[], { text, possessive }: { text: string; possessive: boolean }): Token[] {
    const first = atom[0]
    const whole = typeof first === 'string' && /^\(\?[=!]/.test(first) ? ['(?:', ...atom, ')'] : atom
    return possessive ? this.#atomic([...whole, text]) : [...whole, text]
  }

  /** A lookahead is never entered again, so what it has taken stays taken. */
  #atomic(tokens: readonly Token[]): Token[] {
    const group: Group = { name: null, hidden: true }
    return ['(?:(?=', { opens: group }, ...tokens, '))', { refers: group }, ')']
  }

  #group(first: boolean): Token[] {
    const rest = this.#text.slice(this.#at)
    const comment = /^\?#[^)]*\)/.exec(rest)
    if (comment !== null) return this.#skip(comment, [])
    const reference = /^\?P=([\p{L}_][\p{L}\p{N}_]*)\)/u.exec(rest)
    if (reference !== null) return this.#skip(reference, [this.#reference(this.#named(reference[1]!))])
    const flags = /^\?([aiLmsux]+)\)/.exec(rest)
    if (flags !== null) {
      if (!first) throw this.#fail('global flags not at the start of the expression')
      this.#flags = withFlags(this.#flags, flags[1]!, true)
      return this.#skip(flags, [])
    }
    const kept = this.#flags
    const { opening, atomic } = this.#opening(rest)
    const body = this.#alternatives(true)
    this.#at += 1
    this.#flags = kept
    return atomic ? this.#atomic(['(?:', ...body, ')']) : [...opening, ...body, ')']
  }

  #opening(rest: string): { opening: Token[]; atomic: boolean } {
    const plain = (match: RegExpExecArray, ...opening: Token[]) => this.#skip(match, { opening, atomic: false })
    const simple = /^\?(?:[:=!]|<[=!])/.exec(rest)
    if (simple !== null) return plain(simple, `(${simple[0]}`)
    const atomic = /^\?>/.exec(rest)
    if (atomic !== null) return this.#skip(atomic, { opening: [], atomic: true })
    const named = /^\?P<([\p{L}_][\p{L}\p{N}_]*)>/u.exec(rest)
    if (named !== null) return plain(named, this.#open(named[1]!))
    const scoped = /^\?([aiLmsux]*)(?:-([imsx]+))?:/.exec(rest)
    if (scoped !== null) {
      this.#flags = withFlags(withFlags(this.#flags, scoped[1]!, true), scoped[2] ?? '', false)
      return plain(scoped, '(?:')
    }
    if (rest.startsWith('?')) throw this.#fail(`unknown or unsupported extension (${rest.slice(0, 3)}`)
    return { opening: [this.#open(null)], atomic: false }
  }

  #open(name: string | null): Token {
    const opens: Group = { name, hidden: false }
    this.#groups.push(opens)
    return { opens }
  }

  #named(name: string): Group {
    const found = this.#groups.find((group) => group.name === name)
    if (found === undefined) throw this.#fail(`unknown group name '${name}'`)
    return found
  }

  #reference(refers: Group): Token {
    if (this.#spelt && this.#flags.ignoreCase)
      throw this.#fail('a reference in a part that ignores case is not supported')
    return { refers }
  }

  #skip<Result>(match: RegExpExecArray, result: Result): Result {
    this.#at += match[0].length
    return result
  }

  /** An escape outside of a set. */
  #escape(): Token[] {
    const back = /^[1-9][0-9]?(?![0-7])|^[89]\d?|^[1-9]/.exec(this.#text.slice(this.#at))
    if (back !== null && !/^[1-3][0-7]{2}/.test(this.#text.slice(this.#at))) {
      const group = this.#groups[Number(back[0]) - 1]
      if (group === undefined) throw this.#fail(`invalid group reference ${back[0]}`)
      return this.#skip(back, [this.#reference(group)])
    }
    const letter = this.#text[this.#at]
    const anchor = letter === undefined ? undefined : ANCHORS[letter]
    if (letter === 'b' || letter === 'B' || anchor !== undefined) this.#at += 1
    if (letter === 'b' || letter === 'B') return [boundary(letter === 'b', this.#bytes)]
    if (anchor !== undefined) return [anchor]
    const item = this.#escaped()
    return [typeof item === 'string' ? (item.startsWith('[') ? item : `[${item}]`) : this.#character(item.char)]
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
    const class_ = (this.#bytes ? CLASSES.ascii : CLASSES.unicode)[char]
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
    const negated = this.#text[this.#at] === '^'
    if (negated) this.#at += 1
    let result = ''
    for (let first = true; ; first = false) {
      if (this.#at >= this.#text.length) throw this.#fail('unterminated character set')
      if (this.#text[this.#at] === ']' && !first) {
        this.#at += 1
        return `[${negated ? '^' : ''}${result}]`
      }
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

const ANCHORS: { readonly [letter: string]: string } = { A: '(?<![\\s\\S])', Z: '(?![\\s\\S])' }

/** What can't be repeated: a place between two characters. */
function isAnchor([first]: readonly Token[]): boolean {
  return typeof first === 'string' && /^\(\?(?:<!\[|=\\n\?|!\[)/.test(first)
}

function withFlags(flags: Flags, letters: string, value: boolean): Flags {
  const named = [...letters].flatMap((letter) => (FLAGS[letter] === undefined ? [] : [[FLAGS[letter], value] as const]))
  return { ...flags, ...Object.fromEntries(named) }
}
