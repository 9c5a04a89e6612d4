/** Connector punctuation without `_`. */
const CONNECTORS = '\\u203f\\u2040\\u2054\\ufe33\\ufe34\\ufe4d-\\ufe4f\\uff3f'

/** What stands for Python's classes inside of a set. */
export const CLASSES: {
  readonly [alphabet in 'unicode' | 'ascii']: { readonly [letter: string]: string }
} = {
  unicode: {
    w: '\\p{L}\\p{N}_',
    // Without a set operation, what is neither letter nor number nor `_` is named by its other categories.
    W: `\\p{M}\\p{S}\\p{Z}\\p{C}\\p{Pd}\\p{Ps}\\p{Pe}\\p{Pi}\\p{Pf}\\p{Po}${CONNECTORS}`,
    d: '\\p{Nd}',
    D: '\\P{Nd}',
    s: ' \\t-\\r\\x1c-\\x1f\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000',
    S: '\\x00-\\x08\\x0e-\\x1b!-\\x84\\x86-\\x9f\\xa1-\\u167f\\u1681-\\u1fff\\u200b-\\u2027\\u202a-\\u202e\\u2030-\\u205e\\u2060-\\u2fff\\u3001-\\u{10ffff}',
  },
  ascii: { w: 'A-Za-z0-9_', W: '\\W', d: '0-9', D: '\\D', s: ' \\t\\n\\r\\f\\v', S: '\\S' },
}

/** The edge of a word, or where none is, which in Python an empty text has no place for. */
export function boundary(isEdge: boolean, ascii: boolean): string {
  const word = ascii ? '[A-Za-z0-9_]' : '[\\p{L}\\p{N}_]'
  const edge = ascii ? '\\b' : `(?:(?<=${word})(?!${word})|(?<!${word})(?=${word}))`
  return isEdge ? edge : `(?:(?!${edge})(?:(?<=[\\s\\S])|(?=[\\s\\S])))`
}

export function literal(char: string): string {
  return /[\\^$.*+?()[\]{}|/]/.test(char) ? `\\${char}` : char
}

/** The character and what it is in the other case. */
export function caseVariants(char: string): string[] {
  const others = [char.toLowerCase(), char.toUpperCase()].filter((other) => [...other].length === 1)
  return [...new Set([char, ...others])]
}

/** At most so many characters beyond ASCII of one range are looked at for their other case. */
const MOST_VARIANTS = 4096

/** A range as it stands in a set, with its other case if it is asked for. */
export function rangeText(low: string, high: string, bothCases = false): string {
  const [from, to] = [low.codePointAt(0)!, high.codePointAt(0)!]
  const range = from === to ? setPoint(from) : `${setPoint(from)}-${setPoint(to)}`
  if (!bothCases) return range
  const variants: number[] = []
  for (let point = from; point <= Math.min(to, from + MOST_VARIANTS); point++) {
    for (const other of caseVariants(String.fromCodePoint(point))) {
      const code = other.codePointAt(0)!
      if (code < from || code > to) variants.push(code)
    }
  }
  return range + [...new Set(variants)].map(setPoint).join('')
}

function setPoint(point: number): string {
  const char = String.fromCodePoint(point)
  return /[\\\]^[-]/.test(char) ? `\\${char}` : char
}
