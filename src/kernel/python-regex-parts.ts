/** A group of the pattern, or one of ours (`hidden`): an atomic group needs one, and so does the question whether a group has matched. */
export type Group = {
  readonly name: string | null
  readonly hidden: boolean
  /** Not at its end yet. */
  open: boolean
  /** The fewest and most characters it matches. */
  least: number
  most: number
  /** The rest of the text may have been matched without it. */
  optional: boolean
  /** Holds the rest of the text from where the group began; there only if something asks whether the group has matched. */
  marker: Group | null
}

/** Text of the result, the opening of a group, or what needs a group's number, which is known only when all groups are. */
export type Token = string | { readonly opens: Group } | Mark | { readonly refers: Group } | Question

/** Where a group's marker stands if it has one, and the end of what it stands before. */
type Mark = { readonly marks: Group; readonly end: boolean }

/** Whether a group has matched. */
type Question = { readonly asks: Group; readonly matched: boolean }

/** A piece of the result, and how many characters it matches. `fixed`: a place between two characters, which can't be repeated. */
export type Part = {
  readonly tokens: readonly Token[]
  readonly least: number
  readonly most: number
  readonly fixed?: boolean
}

export type Repetition = {
  readonly text: string
  readonly low: number
  readonly high: number
  readonly possessive: boolean
}

export const EMPTY: Part = { tokens: [], least: 0, most: 0 }

export function newGroup(name: string | null, hidden = false): Group {
  return { name, hidden, open: !hidden, least: 0, most: Number.POSITIVE_INFINITY, optional: false, marker: null }
}

export function characters(text: string): Part {
  return { tokens: [text], least: 1, most: 1 }
}

/** A place between two characters. */
export function place(text: string): Part {
  return { tokens: [text], least: 0, most: 0, fixed: true }
}

export function sequence(parts: readonly Part[]): Part {
  return {
    tokens: parts.flatMap(({ tokens }) => tokens),
    least: parts.reduce((sum, { least }) => sum + least, 0),
    most: parts.reduce((sum, { most }) => sum + most, 0),
  }
}

export function alternatives(branches: readonly Part[]): Part {
  const [first, ...others] = branches
  if (others.length === 0) return first ?? EMPTY
  const tokens = branches.flatMap((branch, index) => (index === 0 ? branch.tokens : ['|', ...branch.tokens]))
  markOptional(tokens)
  return {
    tokens,
    least: Math.min(...branches.map(({ least }) => least)),
    most: Math.max(...branches.map(({ most }) => most)),
  }
}

/** `part` between an opening and `)`; what an assertion matches takes no room. */
export function enclosed(opening: string, part: Part): Part {
  const asserts = /^\(\?<?[=!]/.test(opening)
  if (opening.endsWith('!')) markOptional(part.tokens)
  const tokens = [opening, ...part.tokens, ')']
  return asserts ? { tokens: ['(?:', ...tokens, ')'], least: 0, most: 0 } : { ...part, tokens, fixed: false }
}

export function grouped(group: Group, part: Part): Part {
  const { least, most } = part
  Object.assign(group, { open: false, least, most })
  const tokens = [{ opens: group }, { marks: group, end: false }, ...part.tokens, { marks: group, end: true }, ')']
  return { tokens, least, most }
}

/** A lookahead is never entered again, so what it has taken stays taken. */
export function atomic(part: Part): Part {
  const group = newGroup(null, true)
  return { ...part, tokens: ['(?:(?=', { opens: group }, ...part.tokens, '))', { refers: group }, ')'], fixed: false }
}

export function repeated(part: Part, { text, low, high, possessive }: Repetition): Part {
  if (low === 0) markOptional(part.tokens)
  const times = (width: number, count: number) => (width === 0 ? 0 : width * count)
  const whole: Part = {
    tokens: [...part.tokens, text],
    least: times(part.least, low),
    most: high === 0 ? 0 : times(part.most, high),
  }
  return possessive ? atomic(whole) : whole
}

export function reference(group: Group): Part {
  const { least, most } = group
  return { tokens: [{ refers: group }], least, most }
}

/**
 * Holds if the group has matched (or has not). Where it began, its marker took the rest of the text: if it has matched since, fewer
 * characters are left than that, so a reference to the marker can't match; if it has not, such a reference matches nothing. So the group
 * must be one that takes characters.
 */
export function question(group: Group, matched: boolean): Part {
  mark(group)
  return { tokens: [{ asks: group, matched }], least: 0, most: 0 }
}

/**
 * The source of all tokens, and the groups in their order. A reference to a group that has not matched does not match in Python, where
 * JavaScript's matches nothing: so it asks first.
 */
export function rendered(tokens: readonly Token[]): { readonly source: string; readonly opened: readonly Group[] } {
  for (const token of tokens)
    if (typeof token === 'object' && 'refers' in token && isUnsure(token.refers)) mark(token.refers)
  const opened = tokens.flatMap((token) => {
    if (typeof token === 'string') return []
    if ('opens' in token) return [token.opens]
    return 'marks' in token && !token.end && token.marks.marker !== null ? [token.marks.marker] : []
  })
  const numberOf = (group: Group) => opened.indexOf(group) + 1
  const asked = (group: Group, matched: boolean) => `(?${matched ? '!' : '='}\\${numberOf(mark(group))})`
  const source = tokens.map((token) => {
    if (typeof token === 'string') return token
    if ('opens' in token) return token.opens.name === null ? '(' : `(?<${token.opens.name}>`
    if ('marks' in token) return token.marks.marker === null ? '' : token.end ? ')' : '(?=([\\s\\S]*))(?:'
    if ('asks' in token) return asked(token.asks, token.matched)
    return `(?:${isUnsure(token.refers) ? asked(token.refers, true) : ''}\\${numberOf(token.refers)})`
  })
  return { source: source.join(''), opened }
}

/** The same, but matching at least one character: where the match began, the rest of the text was longer than where it ends. */
export function advancing(tokens: readonly Token[]): readonly Token[] {
  const start = newGroup(null, true)
  return ['(?=', { opens: start }, '[\\s\\S]*))(?:', ...tokens, ')(?!', { refers: start }, ')']
}

function isUnsure({ hidden, optional, least }: Group): boolean {
  return !hidden && optional && least > 0
}

function mark(group: Group): Group {
  group.marker ??= newGroup(null, true)
  return group.marker
}

function markOptional(tokens: readonly Token[]): void {
  for (const token of tokens) if (typeof token === 'object' && 'opens' in token) token.opens.optional = true
}
