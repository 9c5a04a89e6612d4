import { pythonRegex } from '../../kernel/python-regex.ts'
import type { Dict, Value } from '../../kernel/value.ts'
import { filterError } from '../problems.ts'
import { calls } from '../python/call.ts'
import { flag, optionalText, text } from '../python/coerce.ts'
import { compare, equals, truthy } from '../python/compare.ts'
import { dictEntries, dictGet, dictSet, isMapping } from '../python/dict.ts'
import { str } from '../python/repr.ts'
import { listOf } from '../python/sequence.ts'
import { typeName } from '../python/type-name.ts'
import type { Call } from '../python/types.ts'
import type { Context } from '../run/context.ts'

/** Filters of ansible.utils that look into lists and dicts. */
export const utilsFilters: ReadonlyMap<string, Call> = calls({
  'index_of(data test value? key? fail_on_missing? wantlist?)': (context, data, test, value, key, ...flags) => {
    const holds = tester(text(test, 'the test'), value, context)
    const found = indices(listOf(data), key, flag(flags[0]), holds)
    return found.length === 1 && !flag(flags[1]) ? found[0]! : found
  },
  'replace_keys(data target matching_parameter?)': (_, data, target, matching) => {
    if (!isMapping(data) && !Array.isArray(data)) throw filterError('Input is not valid for replace operation')
    const kind = optionalText(matching, 'equality')
    return replaceKeys(
      data,
      listOf(target).map((one) => replacement(one, kind)),
    )
  },
  'consolidate(data_sources fail_missing_match_key? fail_missing_match_value? fail_duplicate?)': (_, ...args) =>
    consolidate(listOf(args[0]!).map(sourceOf), flag(args[1], true), flag(args[2], true), flag(args[3], true)),
  'param_list_compare(base target)': (_, base, target) => compareParameters(listOf(base), listOf(target)),
})

function tester(test: string, value: Value | undefined, context: Context): (entry: Value) => boolean {
  const [, not, word] = /^(!|not )?(.*)$/s.exec(test)!
  const name = word === '=' ? '==' : word!
  const found = context.host.test(name)
  if (found === null) throw filterError(`Error when using plugin 'index_of': the test '${name}' was not found`)
  const right = value === undefined || value === null ? [] : [name === 'in' && !Array.isArray(value) ? [value] : value]
  return (entry) => truthy(found([entry, ...right], new Map(), context)) !== (not !== undefined)
}

function indices(
  data: readonly Value[],
  key: Value | undefined,
  strict: boolean,
  holds: (entry: Value) => boolean,
): number[] {
  if (key === undefined || key === null) return data.flatMap((entry, index) => (holds(entry) ? [index] : []))
  const other = data.find((entry) => !isMapping(entry))
  if (other !== undefined) {
    const detail = `When a key name is provided, all list entries are required to be dictionaries, got ${typeName(other)}`
    throw filterError(`Error when using plugin 'index_of': ${detail}`)
  }
  return data.flatMap((entry, index) => {
    const value = isMapping(entry) ? dictGet(entry, key) : undefined
    if (value === undefined && strict)
      throw filterError(`Error when using plugin 'index_of': '${str(key)}' was not found in '${str(entry)}'`)
    return value !== undefined && holds(value) ? [index] : []
  })
}

type Replacement = { readonly matches: (key: string) => boolean; readonly after: Value }

function replacement(target: Value, kind: string): Replacement {
  const before = isMapping(target) ? dictGet(target, 'before') : undefined
  const after = isMapping(target) ? dictGet(target, 'after') : undefined
  if (before === undefined || after === undefined)
    throw filterError("Error when using plugin 'replace_keys': a target needs 'before' and 'after'")
  return { matches: keyMatcher([str(before)], kind), after }
}

/** How ansible.utils compares keys: `equality`, `starts_with`, `ends_with`, `regex`. */
export function keyMatcher(targets: readonly string[], kind: string): (key: string) => boolean {
  switch (kind) {
    case 'equality':
      return (key) => targets.includes(key)
    case 'starts_with':
      return (key) => targets.some((one) => key.startsWith(one))
    case 'ends_with':
      return (key) => targets.some((one) => key.endsWith(one))
    case 'regex': {
      const patterns = targets.map((one) => pythonRegex(one))
      return (key) => patterns.some((pattern) => startsAt(pattern, key))
    }
    default:
      throw filterError('matching_parameter must be equality, starts_with, ends_with or regex')
  }
}

/** Whether Python would find a `match`: one that begins where the text does. */
export function startsAt(pattern: RegExp, key: string): boolean {
  pattern.lastIndex = 0
  return pattern.exec(key)?.index === 0
}

/** A key that is replaced moves to the end of its dict. */
function replaceKeys(data: Value, targets: readonly Replacement[]): Value {
  if (Array.isArray(data)) return listOf(data).map((item) => replaceKeys(item, targets))
  if (!isMapping(data)) return data
  const dict: Dict = new Map(dictEntries(data))
  for (const { matches, after } of targets) {
    for (const key of [...dict.keys()]) {
      if (!matches(str(key))) continue
      const value = dict.get(key)!
      dict.delete(key)
      dictSet(dict, after, value)
    }
  }
  return new Map([...dict].map(([key, value]) => [key, replaceKeys(value, targets)]))
}

type Source = { readonly name: Value; readonly matchKey: Value; readonly data: readonly Value[] }

function sourceOf(source: Value): Source {
  const get = (key: string) => {
    const value = isMapping(source) ? dictGet(source, key) : undefined
    if (value === undefined) throw filterError(`Error when using plugin 'consolidate': a data source needs '${key}'`)
    return value
  }
  return { name: get('name'), matchKey: get('match_key'), data: listOf(get('data')) }
}

/** Lists of dicts joined by the value of a key: `{value: {source: dict}}`, sorted by value. */
function consolidate(sources: readonly Source[], needKey: boolean, needValue: boolean, once: boolean): Dict {
  const valuesOf = sources.map(({ data, matchKey }, index) => {
    const values = data.map((entry) => (isMapping(entry) ? dictGet(entry, matchKey) : undefined))
    if (needKey && values.includes(undefined))
      throw filterError(`consolidate: missing match key '${str(matchKey)}' in data source ${index + 1}`)
    const present = values.filter((value) => value !== undefined)
    if (once && distinct(present).length < present.length)
      throw filterError(`consolidate: duplicate values in data source ${index + 1}`)
    return present
  })
  const all = distinct(valuesOf.flat()).sort(compare)
  for (const [index, values] of valuesOf.entries()) {
    const missing = all.filter((value) => !values.some((one) => equals(one, value)))
    if (needValue && missing.length > 0)
      throw filterError(`consolidate: missing match value ${missing.map(str).join(', ')} in data source ${index + 1}`)
  }
  const found = (source: Source, value: Value) =>
    source.data.findLast((entry) => isMapping(entry) && equals(dictGet(entry, source.matchKey) ?? null, value))
  return new Map(
    all.map((value) => [value, new Map(sources.map((source) => [source.name, found(source, value) ?? new Map()]))]),
  )
}

function distinct(values: readonly Value[]): Value[] {
  return values.filter((value, index) => values.findIndex((other) => equals(other, value)) === index)
}

/** What of `target` (names, `all`, `!name`) there is in `base`, and what is not. */
function compareParameters(base: readonly Value[], target: readonly Value[]): Dict {
  const names = target.map(str)
  const plain = names.filter((name) => name !== 'all' && !name.startsWith('!'))
  const known = base.map(str)
  const kept = names.includes('all') ? known.filter((name) => !names.includes(`!${name}`)) : []
  const actionable = [...new Set([...kept, ...plain.filter((name) => known.includes(name))])]
  return new Map<Value, Value>([
    ['actionable', actionable.sort()],
    ['unsupported', plain.filter((name) => !known.includes(name))],
  ])
}
