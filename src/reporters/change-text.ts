import { structuredPatch } from 'diff'
import type { Change } from '../kernel/change.ts'
import type { JsonObject } from '../kernel/json.ts'
import type { Paint } from './colour.ts'
import { indented, printable } from './text.ts'

type ChangeOptions = {
  readonly diff: boolean
  readonly diffContext: number
  readonly largestDiff?: number
  readonly paint: Paint
  readonly indent: string
  readonly diffIndent?: string
}

/**
 * A result's changes as lines: `mode: 0644 → 0600`. Under `--diff` a text of several lines becomes a unified diff with the file in
 * its header, followed by an empty line; flush left as Ansible prints it unless `diffIndent` says otherwise.
 */
export function changesText(changes: readonly Change[], result: JsonObject, options: ChangeOptions): string {
  return changes
    .map((change) => {
      if (options.diff && hasLines(change) && isLarger(change, options.largestDiff ?? 0))
        return `${options.indent}${changeLine(change)} (diff skipped: larger than ${options.largestDiff} bytes)\n`
      const patch = options.diff && hasLines(change) ? unifiedDiff(change, fileOf(change, result), options) : null
      return patch === null ? `${options.indent}${changeLine(change)}\n` : indented(patch, options.diffIndent ?? '')
    })
    .join('')
}

/** One change on one line. */
export function changeLine(change: Change): string {
  const what = printable(change.what).replaceAll('\n', ' ')
  if (change.before === null && change.after === null) return what
  if (change.action && change.before === null) return `${what}: ${side(change.after)}`
  return `${what}: ${side(change.before)} → ${side(change.after)}`
}

/** A single line stays whole up to this length. */
const LONGEST = 160

function side(value: string | null): string {
  if (value === null) return '(none)'
  if (value === '') return '(empty)'
  const text = printable(value)
  const lines = linesOf(text)
  if (lines.length > 1) return `${lines.length} lines`
  const line = lines[0]!
  return line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line
}

function hasLines(change: Change): boolean {
  return [change.before, change.after].some((value) => value?.includes('\n'))
}

function isLarger(change: Change, largest: number): boolean {
  return largest > 0 && [change.before, change.after].some((value) => Buffer.byteLength(value ?? '') > largest)
}

/** The name in the diff's header: a module says `content` and its result says of which file. */
function fileOf(change: Change, result: JsonObject): string {
  const path = [result.path, result.dest].find((value) => typeof value === 'string')
  return path === undefined || change.what.includes('/') ? change.what : `${path}${suffix(change.what)}`
}

function suffix(what: string): string {
  return ['content', 'file'].includes(what) ? '' : ` (${what})`
}

/** Texts that differ in more lines than this take long to compare, and nobody would read the answer. */
const MOST_EDITS = 2000

/** `--- before: FILE`, `+++ after: FILE` and hunks with some lines of context; null for texts too different to compare. */
export function unifiedDiff(
  change: Change,
  file: string,
  { paint, diffContext }: Pick<ChangeOptions, 'paint' | 'diffContext'>,
): string | null {
  const patch = structuredPatch(file, file, printable(change.before ?? ''), printable(change.after ?? ''), '', '', {
    context: diffContext,
    maxEditLength: MOST_EDITS,
  })
  if (patch === undefined) return null
  const before = change.before === null ? '--- before' : `--- before: ${file}`
  const after = change.after === null ? '+++ after' : `+++ after: ${file}`
  const lines = [paint('removed', before), paint('added', after)]
  for (const hunk of patch.hunks) {
    const from = range(hunk.oldStart, hunk.oldLines)
    const to = range(hunk.newStart, hunk.newLines)
    lines.push(paint('hunk', `@@ -${from} +${to} @@`))
    for (const line of hunk.lines) lines.push(paintLine(line, paint))
  }
  return `${lines.join('\n')}\n\n`
}

/** A range of lines as diff writes it: the count is left out for one line, and an empty range starts a line earlier. */
function range(start: number, count: number): string {
  if (count === 1) return String(start)
  return `${count === 0 ? start - 1 : start},${count}`
}

function paintLine(line: string, paint: Paint): string {
  if (line.startsWith('+')) return paint('added', line)
  if (line.startsWith('-')) return paint('removed', line)
  return line
}

function linesOf(text: string): string[] {
  const lines = text.split('\n')
  if (lines.length > 1 && lines.at(-1) === '') lines.pop()
  return lines
}
