/** A place in a file the playbook's owner wrote; line and column count from 1. */
export type Position = { readonly file: string; readonly line: number; readonly column: number }

type ProblemDetails = {
  /** Stable, dotted, for machines: `module.unknown`, `args.missing`, `ssh.host-key`. */
  code: string
  /** One fixed sentence without names: "Unknown module". */
  summary: string
  /** What exactly and why, with names. */
  detail?: string | undefined
  /** What to do. */
  hint?: string | undefined
  at?: Position | null | undefined
  cause?: unknown
}

/** An error written for the playbook's owner: what, why, what to do, where. Any other error that escapes is our bug. */
export class Problem extends Error {
  readonly code: string
  readonly summary: string
  readonly detail: string | undefined
  readonly hint: string | undefined
  readonly at: Position | undefined

  constructor(details: ProblemDetails) {
    super(details.detail === undefined ? details.summary : `${details.summary}: ${details.detail}`, {
      cause: details.cause,
    })
    this.name = 'Problem'
    this.code = details.code
    this.summary = details.summary
    this.detail = details.detail
    this.hint = details.hint
    this.at = details.at ?? undefined
  }
}

/** Several problems found together: checks collect all of them, not the first. */
export class Problems extends Error {
  readonly problems: readonly Problem[]
  constructor(problems: readonly Problem[]) {
    super(problems.map((problem) => problem.message).join('\n'))
    this.name = 'Problems'
    this.problems = problems
  }
}

/** Throws nothing for an empty list, the problem itself for one, `Problems` for more. */
export function raise(problems: readonly Problem[]): void {
  if (problems.length === 1) throw problems[0]
  if (problems.length > 1) throw new Problems(problems)
}

/** The problems in anything thrown, `file.unusable` for what the controller's own disk refuses; `null` for a fault of ours. */
export function problemsOf(error: unknown): readonly Problem[] | null {
  if (error instanceof Problem) return [error]
  if (error instanceof Problems) return error.problems
  if (!isRefused(error)) return null
  return [new Problem({ code: 'file.unusable', summary: 'File cannot be used', detail: error.message, cause: error })]
}

/** Of a file that cannot be read or written: not allowed, not there, in a circle of links, no space, too many open. */
const REFUSALS: ReadonlySet<unknown> = new Set([
  'EACCES',
  'EPERM',
  'EROFS',
  'ENOENT',
  'ENOTDIR',
  'EISDIR',
  'ELOOP',
  'ENOSPC',
  'EDQUOT',
  'EMFILE',
  'ENFILE',
])

function isRefused(error: unknown): error is Error {
  return error instanceof Error && 'path' in error && 'code' in error && REFUSALS.has(error.code)
}

/**
 * A problem as text for a terminal: summary, place, the line with a caret, why, what to do.
 * `sourceOf` gives a file's text or `null`.
 */
export function renderProblem(problem: Problem, sourceOf: (file: string) => string | null): string {
  const lines = [`Error: ${problem.summary}${problem.detail === undefined ? '' : `: ${problem.detail}`}`]
  if (problem.at !== undefined) {
    const { file, line, column } = problem.at
    lines.push(`  at ${file}:${line}:${column}`)
    const text = sourceOf(file)?.split('\n')[line - 1]
    if (text !== undefined && text.trim() !== '') {
      const gutter = `  ${line} | `
      lines.push(`${gutter}${text}`, `${' '.repeat(gutter.length - 2)}| ${caretPadding(text, column)}^`)
    }
  }
  if (problem.hint !== undefined) lines.push(`  ${problem.hint}`)
  return lines.join('\n')
}

function caretPadding(text: string, column: number): string {
  return text.slice(0, column - 1).replace(/[^\t]/g, ' ')
}

/** The candidate nearest to a misspelt name, or `null` when none is near. Damerau–Levenshtein, at most a third of the name. */
export function nearest(name: string, candidates: Iterable<string>): string | null {
  let best: string | null = null
  let bestDistance = Math.max(1, Math.floor(name.length / 3)) + 1
  for (const candidate of candidates) {
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase(), bestDistance)
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance]
  }
  return best
}

/** "did you mean …?" for a misspelt name, or `undefined`. */
export function didYouMean(name: string, candidates: Iterable<string>): string | undefined {
  const match = nearest(name, candidates)
  return match === null ? undefined : `did you mean "${match}"?`
}

function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) >= limit) return limit
  let beforePrevious: number[] = []
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const current = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1]
      let distance = Math.min(previous[j]! + 1, current[j - 1]! + 1, previous[j - 1]! + (same ? 0 : 1))
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        distance = Math.min(distance, beforePrevious[j - 2]! + 1)
      }
      current.push(distance)
    }
    ;[beforePrevious, previous] = [previous, current]
  }
  return previous[b.length]!
}
