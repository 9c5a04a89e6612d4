import { compileTemplate, pythonRegex } from '../../kernel/python-regex.ts'
import { asBytes, type Edited, splitLines } from './edit-file.ts'

type Wanted = {
  readonly line: string
  readonly regexp: string | undefined
  readonly search_string: string | undefined
  readonly insertafter: string | undefined
  readonly insertbefore: string | undefined
  readonly backrefs: boolean
  readonly firstmatch: boolean
}

/** A line → whether it is the one, with the groups of the match where there are any. */
type Matcher = (line: string) => RegExpExecArray | boolean

/**
 * Puts a line in place: instead of the line that matches, else beside the anchor, else at the end; the rules of Ansible's `lineinfile`. Raises
 * `regex.syntax` at once.
 */
export function setLine(wanted: Wanted): (text: string | null) => Edited {
  const line = asBytes(wanted.line)
  const matches = matcherOf(wanted)
  const { after, before } = anchorsOf(wanted)
  const anchor = patternOf(after === null ? before : after, after === null ? ['BOF'] : ['BOF', 'EOF'])
  const expand = wanted.backrefs ? compileTemplate(line) : null

  return (text) => {
    const lines = splitLines(text ?? '')
    const found = matches === null ? null : find(lines, matches, wanted.firstmatch)
    if (found !== null) {
      const expanded = expand === null || found.match === true ? line : expand(found.match as RegExpExecArray)
      return replaced(lines, found.index, expanded)
    }
    const exact = lines.findLastIndex((candidate) => stripEnd(candidate) === line)
    if (exact !== -1 && !stopsBefore(lines, anchor, wanted.firstmatch, line)) return replaced(lines, exact, line)
    if (expand !== null) return unchanged
    const at = anchor === null ? -1 : anchorIndex(lines, anchor, wanted.firstmatch, line)
    return inserted(lines, line, { after, before, at: at === -1 ? -1 : after === null ? at : at + 1 })
  }
}

/** Removes every line that matches. */
export function removeLines(
  wanted: Pick<Wanted, 'regexp' | 'search_string'> & { readonly line: string | undefined },
): (text: string | null) => Edited {
  const line = asBytes(wanted.line ?? '')
  const matches = matcherOf(wanted) ?? ((candidate: string) => stripEnd(candidate) === line)
  return (text) => {
    const lines = splitLines(text ?? '')
    const kept = lines.filter((candidate) => matches(candidate) === false)
    const found = lines.length - kept.length
    const data = { found }
    return found === 0 ? { ...unchanged, data } : { text: kept.join(''), msg: `${found} line(s) removed`, data }
  }
}

const unchanged: Edited = { text: null, msg: '' }

function matcherOf({ regexp, search_string }: Pick<Wanted, 'regexp' | 'search_string'>): Matcher | null {
  if (regexp !== undefined) {
    const pattern = patternOf(regexp, [])!
    return (line) => search(pattern, line) ?? false
  }
  if (search_string === undefined) return null
  const text = asBytes(search_string)
  return (line) => line.includes(text)
}

function anchorsOf({ insertafter, insertbefore }: Wanted): { after: string | null; before: string | null } {
  if (insertafter === undefined && insertbefore === undefined) return { after: 'EOF', before: null }
  return { after: insertafter ?? null, before: insertbefore ?? null }
}

function patternOf(pattern: string | null, words: readonly string[]): RegExp | null {
  return pattern === null || words.includes(pattern) ? null : pythonRegex(pattern, { bytes: true })
}

function search(pattern: RegExp, line: string): RegExpExecArray | null {
  pattern.lastIndex = 0
  return pattern.exec(line)
}

function find(
  lines: readonly string[],
  matches: Matcher,
  first: boolean,
): { index: number; match: RegExpExecArray | true } | null {
  let found: { index: number; match: RegExpExecArray | true } | null = null
  for (const [index, line] of lines.entries()) {
    const match = matches(line)
    if (match === false) continue
    found = { index, match: match as RegExpExecArray | true }
    if (first) break
  }
  return found
}

/** With `firstmatch` the search ends at the first anchor: an equal line behind it is not seen. */
function stopsBefore(lines: readonly string[], anchor: RegExp | null, first: boolean, line: string): boolean {
  if (!first || anchor === null) return false
  const at = anchorIndex(lines, anchor, true, line)
  const exact = lines.findIndex((candidate) => stripEnd(candidate) === line)
  return at !== -1 && at < exact
}

function anchorIndex(lines: readonly string[], anchor: RegExp, first: boolean, line: string): number {
  const isAnchor = (candidate: string) => stripEnd(candidate) !== line && search(anchor, candidate) !== null
  return first ? lines.findIndex(isAnchor) : lines.findLastIndex(isAnchor)
}

function replaced(lines: string[], index: number, line: string): Edited {
  const whole = line.endsWith('\n') ? line : `${line}\n`
  if (lines[index] === whole) return unchanged
  return { text: lines.with(index, whole).join(''), msg: 'line replaced' }
}

function inserted(
  lines: string[],
  line: string,
  { after, before, at }: { after: string | null; before: string | null; at: number },
): Edited {
  const whole = `${line}\n`
  const added = (text: readonly string[]): Edited => ({ text: text.join(''), msg: 'line added' })
  if (before === 'BOF' || after === 'BOF') return added([whole, ...lines])
  if (after === 'EOF' || at === -1 || at === lines.length) {
    if (after !== 'EOF' && at === lines.length && stripEnd(lines[at - 1] ?? '') === line) return unchanged
    const open = lines.length > 0 && !/[\r\n]$/.test(lines.at(-1)!)
    return added([...lines, ...(open ? ['\n'] : []), whole])
  }
  if (after !== null && stripEnd(lines[at]!) === line) return unchanged
  return added(lines.toSpliced(at, 0, whole))
}

function stripEnd(line: string): string {
  return line.replace(/[\r\n]+$/, '')
}
