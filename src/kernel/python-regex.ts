import { Problem } from './problem.ts'

type RegexOptions = {
  /** The flags given outside the pattern: `re.IGNORECASE`, `re.MULTILINE`, `re.DOTALL`, `re.VERBOSE`. */
  readonly flags?: string
  /** The pattern works on bytes (text decoded as latin1): classes are ASCII. */
  readonly bytes?: boolean
}

/**
 * A regular expression of Python's `re` as one of JavaScript's, with the flags `g` and (unless for bytes) `u`. Anchors, the dot and the classes are spelt out, because
 * theirs differ. Raises `regex.syntax` for a pattern that Python refuses, and for what JavaScript has no counterpart of (conditionals, atomic groups).
 */
export function pythonRegex(pattern: string, options: RegexOptions = {}): RegExp {
  const source = options.bytes ? Buffer.from(pattern, 'utf8').toString('latin1') : pattern
  const translation = new Translation(source, options)
  const body = translation.alternatives()
  try {
    return new RegExp(body, `g${translation.ignoresCase ? 'i' : ''}${options.bytes ? '' : 'u'}`)
  } catch (error) {
    throw wrong(pattern, error instanceof Error ? error.message : String(error))
  }
}

/** What `re.subn` gives: every match replaced by the expanded template, and how many there were. */
export function substitute(
  regex: RegExp,
  template: string,
  text: string,
  bytes = false,
): { text: string; count: number } {
  const expand = compileTemplate(bytes ? Buffer.from(template, 'utf8').toString('latin1') : template)
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

const ESCAPES: { readonly [letter: string]: string } = {
  n: '\n',
  r: '\r',
  t: '\t',
  f: '\f',
  v: '\v',
  a: '\x07',
  b: '\b',
}

/**
 * A replacement as `match.expand` takes it: `\1`, `\g<1>`, `\g<name>` and the usual escapes. Groups that took no part are empty.
 * Raises `regex.syntax` for an escape that Python refuses.
 */
export function compileTemplate(template: string): (match: RegExpMatchArray) => string {
  const parts: (string | { group: string })[] = []
  const pattern = /\\g<([^>]*)>|\\(0[0-7]{0,2}|[1-3][0-7]{2}|[1-9][0-9]?)|\\([\s\S])|[^\\]+|\\/g
  for (const [text, name, digits, letter] of template.matchAll(pattern)) {
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

type Flags = { multiline: boolean; dotAll: boolean; verbose: boolean }

/** One pass over a pattern. */
class Translation {
  ignoresCase = false
  readonly #text: string
  readonly #bytes: boolean
  #at = 0
  #flags: Flags = { multiline: false, dotAll: false, verbose: false }

  constructor(text: string, options: RegexOptions) {
    this.#text = text
    this.#bytes = options.bytes ?? false
    this.#set(options.flags ?? '')
  }

  /** Everything up to the end of the group, or of the pattern at the outermost level. */
  alternatives(inside = false): string {
    let result = ''
    while (this.#at < this.#text.length) {
      const char = this.#text[this.#at]!
      if (char === ')') {
        if (inside) return result
        throw this.#wrong('unbalanced parenthesis')
      }
      this.#at += 1
      result += this.#item(char)
    }
    if (inside) throw this.#wrong('missing ), unterminated subpattern')
    return result
  }

  #item(char: string): string {
    if (char === '\\') return this.#escape(false)
    if (char === '[') return this.#set_()
    if (char === '(') return this.#group()
    if (char === '.') return this.#flags.dotAll ? '[\\s\\S]' : '[^\\n]'
    if (char === '^') return this.#flags.multiline ? '(?<![^\\n])' : '(?<![\\s\\S])'
    if (char === '$') return this.#flags.multiline ? '(?![^\\n])' : '(?=\\n?(?![\\s\\S]))'
    if (char === '|' || char === '*' || char === '+' || char === '?') return this.#quantifier(char)
    if (char === '{') return this.#braces()
    if (this.#flags.verbose && /[ \t\n\r\f\v]/.test(char)) return ''
    if (this.#flags.verbose && char === '#') {
      const end = this.#text.indexOf('\n', this.#at)
      this.#at = end === -1 ? this.#text.length : end + 1
      return ''
    }
    return literal(char)
  }

  #quantifier(char: string): string {
    if (char !== '|' && this.#text[this.#at] === '+') throw this.#wrong('possessive quantifiers are not supported')
    return char
  }

  #braces(): string {
    const match = /^(\d*)(,?)(\d*)\}/.exec(this.#text.slice(this.#at))
    if (match === null || (match[1] === '' && match[3] === '' && match[2] === '') || match[0] === ',}') return '\\{'
    this.#at += match[0].length
    return `{${match[1] === '' ? '0' : match[1]}${match[2]}${match[3]}}`
  }

  #group(): string {
    const rest = this.#text.slice(this.#at)
    const simple = /^\?(?:[:=!]|<[=!])/.exec(rest)
    const named = /^\?P<([A-Za-z_]\w*)>/.exec(rest)
    const reference = /^\?P=([A-Za-z_]\w*)\)/.exec(rest)
    const comment = /^\?#[^)]*\)/.exec(rest)
    const flags = /^\?([aiLmsux]+)\)/.exec(rest)
    const scoped = /^\?([aLmsux]*)(?:-([msx]+))?:/.exec(rest)
    if (reference !== null) return this.#skip(reference, `\\k<${reference[1]}>`)
    if (comment !== null) return this.#skip(comment, '')
    if (flags !== null) {
      this.#set(flags[1]!)
      return this.#skip(flags, '')
    }
    const kept = { ...this.#flags }
    let opening = '('
    if (simple !== null) opening = this.#skip(simple, `(${simple[0]}`)
    else if (named !== null) opening = this.#skip(named, `(?<${named[1]}>`)
    else if (scoped !== null) {
      this.#set(scoped[1]!)
      this.#clear(scoped[2] ?? '')
      opening = this.#skip(scoped, '(?:')
    } else if (rest.startsWith('?')) throw this.#wrong(`unknown or unsupported extension (${rest.slice(0, 3)}`)
    const body = this.alternatives(true)
    this.#at += 1
    this.#flags = kept
    return `${opening}${body})`
  }

  #skip(match: RegExpExecArray, result: string): string {
    this.#at += match[0].length
    return result
  }

  #set(flags: string): void {
    if (flags.includes('i')) this.ignoresCase = true
    if (flags.includes('m')) this.#flags = { ...this.#flags, multiline: true }
    if (flags.includes('s')) this.#flags = { ...this.#flags, dotAll: true }
    if (flags.includes('x')) this.#flags = { ...this.#flags, verbose: true }
  }

  #clear(flags: string): void {
    if (flags.includes('m')) this.#flags = { ...this.#flags, multiline: false }
    if (flags.includes('s')) this.#flags = { ...this.#flags, dotAll: false }
    if (flags.includes('x')) this.#flags = { ...this.#flags, verbose: false }
  }

  #escape(inSet: boolean): string {
    const rest = this.#text.slice(this.#at)
    const letter = rest[0]
    if (letter === undefined) throw this.#wrong('bad escape (end of pattern)')
    const code = /^(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(0[0-7]{0,2}|[1-3][0-7]{2}))/.exec(rest)
    if (code !== null) {
      const point =
        code[4] === undefined ? Number.parseInt((code[1] ?? code[2] ?? code[3])!, 16) : Number.parseInt(code[4], 8)
      return this.#skip(code, this.#point(point))
    }
    const back = /^[1-9][0-9]?/.exec(rest)
    if (back !== null && !inSet) return this.#skip(back, `(?:\\${back[0]})`)
    this.#at += 1
    if ('wWdDsS'.includes(letter)) return this.#class(letter, inSet)
    if (letter === 'b' && inSet) return '\\x08'
    if (letter === 'b' || letter === 'B') return this.#boundary(letter)
    if (letter === 'A' && !inSet) return '(?<![\\s\\S])'
    if (letter === 'Z' && !inSet) return '(?![\\s\\S])'
    if (ESCAPES[letter] !== undefined) return this.#point(ESCAPES[letter].charCodeAt(0))
    if (/[A-Za-z0-9]/.test(letter)) throw this.#wrong(`bad escape \\${letter}`)
    return inSet ? setLiteral(letter) : literal(letter)
  }

  #point(point: number): string {
    if (point > 0xffff) return this.#bytes ? '' : `\\u{${point.toString(16)}}`
    return `\\u${point.toString(16).padStart(4, '0')}`
  }

  #class(letter: string, inSet: boolean): string {
    const lower = letter.toLowerCase()
    const unicode = { w: '\\p{L}\\p{N}_', d: '\\p{Nd}', s: '\\s\\x1c-\\x1f\\x85' }
    const ascii = { w: 'A-Za-z0-9_', d: '0-9', s: ' \\t\\n\\r\\f\\v' }
    const inner = (this.#bytes ? ascii : unicode)[lower as 'w' | 'd' | 's']
    if (letter === lower) return inSet ? inner : `[${inner}]`
    if (!inSet) return `[^${inner}]`
    if (lower === 'd') return this.#bytes ? '\\D' : '\\P{Nd}'
    return lower === 'w' ? '\\W' : '\\S'
  }

  #boundary(letter: string): string {
    if (this.#bytes) return `\\${letter}`
    const word = '[\\p{L}\\p{N}_]'
    const edge = `(?:(?<=${word})(?!${word})|(?<!${word})(?=${word}))`
    return letter === 'b' ? edge : `(?!${edge})`
  }

  /** A set; `]` right at its start stands for itself. */
  #set_(): string {
    let result = '['
    if (this.#text[this.#at] === '^') {
      result += '^'
      this.#at += 1
    }
    for (let first = true; ; first = false) {
      const char = this.#text[this.#at]
      if (char === undefined) throw this.#wrong('unterminated character set')
      this.#at += 1
      if (char === ']' && !first) return `${result}]`
      if (char === '\\') result += this.#escape(true)
      else if (char === '-' && !first && this.#text[this.#at] !== ']') result += this.#range(result)
      else result += setLiteral(char)
    }
  }

  /** A hyphen makes a range unless a class stands beside it. */
  #range(before: string): string {
    const class_ =
      /(?:\\[pP]\{\w+\}|_|A-Za-z0-9_|0-9|\\v|\\x85|\\[DWS])$/.test(before) && this.#text[this.#at - 2] !== '_'
    return class_ || /^\\[wWdDsS]/.test(this.#text.slice(this.#at)) ? '\\-' : '-'
  }

  #wrong(detail: string): Problem {
    return wrong(this.#text, `${detail} at position ${this.#at}`)
  }
}

function literal(char: string): string {
  return /[\\^$.*+?()[\]{}|/]/.test(char) ? `\\${char}` : char
}

function setLiteral(char: string): string {
  return /[\\\]^[-]/.test(char) ? `\\${char}` : char
}
