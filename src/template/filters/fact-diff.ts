import { pythonRegex } from '../../kernel/python-regex.ts'
import type { Value } from '../../kernel/value.ts'
import { filterError } from '../problems.ts'
import { calls } from '../python/call.ts'
import { dictEntries, isMapping } from '../python/dict.ts'
import { matchingBlocks } from '../python/matching-blocks.ts'
import { repr, str } from '../python/repr.ts'
import { listOf } from '../python/sequence.ts'
import { splitLines } from '../python/text.ts'
import { typeName } from '../python/type-name.ts'
import { type Call, Undefined } from '../python/types.ts'
import { toJson } from './json.ts'
import { startsAt } from './utils.ts'

/**
 * `ansible.utils.fact_diff`: how two values differ, line by line, as the text of a list (which a template's value then is).
 * https://docs.ansible.com/projects/ansible/latest/collections/ansible/utils/fact_diff_filter.html
 */
export const factDiffFilters: ReadonlyMap<string, Call> = calls({
  'fact_diff(before after plugin? common?)': (_, before, after, plugin, common) => {
    const skip = skippedLines(plugin)
    const lines = unified(linesOf(before, skip), linesOf(after, skip))
    const wanted = common !== undefined && isYes(common) ? lines.filter((line) => !/^[+-]/.test(line)) : lines
    const diff = lines.length === 0 ? '' : `${wanted.join('')}\n`
    return repr(splitLines(diff.replace(COLOURS, '')))
  },
})

/** What terminals take for commands (ECMA-48, 5.4). */
const COLOURS = /\x1b[@-_][0-?]*[ -/]*[@-~]/g

/** `{name: ansible.utils.native, vars: {skip_lines: [REGEX]}}`, the only plugin there is. */
function skippedLines(plugin: Value | undefined): readonly RegExp[] {
  if (plugin === undefined) return []
  const { name = 'ansible.utils.native', vars = new Map() } = options(plugin, ['name', 'vars'])
  if (name !== 'ansible.utils.native') throw failed(`the plugin '${str(name)}' is not known`)
  const { skip_lines: lines = null } = options(vars, ['skip_lines'])
  if (lines === null) return []
  const patterns = typeof lines === 'string' ? lines.split(',') : listOf(lines).map(str)
  return patterns.map((pattern) => pythonRegex(pattern))
}

function options(value: Value, known: readonly string[]): Partial<Record<string, Value>> {
  if (!isMapping(value)) throw failed(`a dict is expected, not ${typeName(value)}`)
  const other = dictEntries(value).find(([key]) => !known.includes(str(key)))
  if (other !== undefined) throw failed(`'${str(other[0])}' is not one of ${known.join(', ')}`)
  return Object.fromEntries(dictEntries(value).map(([key, item]) => [str(key), item]))
}

/** Text in lines with their ends; a list has one entry a line, a dict is written as JSON. */
function linesOf(value: Value, skip: readonly RegExp[]): string[] {
  const lines = splitLines(textOf(skip.length === 0 ? value : kept(value, skip)), true)
  const last = lines.pop()
  if (last === undefined) return []
  return [...lines, last.endsWith('\n') ? last : `${last}\n\\ No newline at end of file\n`]
}

function textOf(value: Value): string {
  if (value instanceof Undefined) throw value.problem()
  if (value === null) return ''
  if (typeof value === 'string') return value
  if (Array.isArray(value)) return `${listOf(value).map(str).join('\n')}\n`
  if (!isMapping(value)) throw failed(`text, a list or a dict is expected, not ${typeName(value)}`)
  return `${toJson(value, { indent: '    ', sortKeys: true, ascii: true, item: ',', key: ': ' })}\n`
}

function kept(value: Value, skip: readonly RegExp[]): Value[] {
  const lines = typeof value === 'string' ? splitLines(value) : listOf(value)
  return lines.filter((line) => !skip.some((pattern) => startsAt(pattern, str(line))))
}

/** A unified diff in one hunk with everything in it; nothing when nothing differs. */
function unified(before: readonly string[], after: readonly string[]): string[] {
  if (before.length === after.length && before.every((line, index) => line === after[index])) return []
  const lines: string[] = []
  let [i, j] = [0, 0]
  const end = { a: before.length, b: after.length, size: 0 }
  for (const { a, b, size } of [...matchingBlocks(before, after), end]) {
    lines.push(...before.slice(i, a).map((line) => `-${line}`))
    lines.push(...after.slice(j, b).map((line) => `+${line}`))
    lines.push(...before.slice(a, a + size).map((line) => ` ${line}`))
    i = a + size
    j = b + size
  }
  return ['--- before\n', '+++ after\n', `@@ -${range(before.length)} +${range(after.length)} @@\n`, ...lines]
}

/** All lines from the first; before the first where there are none. */
function range(count: number): string {
  return count === 1 ? '1' : `${count === 0 ? 0 : 1},${count}`
}

/** Raises `template.filter` for what Ansible takes for neither yes nor no. */
function isYes(value: Value): boolean {
  const word = str(value).toLowerCase()
  if (/^(?:y|yes|on|1|1\.0|true|t)$/.test(word)) return true
  if (/^(?:n|no|off|0|0\.0|false|f)$/.test(word)) return false
  throw failed(`'${str(value)}' is not a valid boolean`)
}

function failed(detail: string) {
  return filterError(`Error when using filter plugin 'fact_diff': ${detail}`)
}
