import type { Dict, Value } from '../../kernel/value.ts'
import { filterError } from '../problems.ts'
import { calls } from '../python/call.ts'
import { flag, optionalText, text } from '../python/coerce.ts'
import { compareText, equals } from '../python/compare.ts'
import { dictEntries, dictGet, dictSet, dictSize, isMapping } from '../python/dict.ts'
import { pairs } from '../python/methods-dict.ts'
import { float } from '../python/numbers.ts'
import { str } from '../python/repr.ts'
import { listOf } from '../python/sequence.ts'
import type { Call } from '../python/types.ts'
import { compareLoose } from '../python/version.ts'
import { merge } from './dict.ts'
import { distinct } from './set.ts'
import { keyMatcher } from './utils.ts'

/** Filters of community.general and ansible.utils that roles use. */
export const communityFilters: ReadonlyMap<string, Call> = new Map<string, Call>([
  ...calls({
    'version_sort(value reverse?)': (_, value, reverse) => {
      const sorted = listOf(value).sort((a, b) => compareLoose(str(a), str(b)))
      return flag(reverse) ? sorted.reverse() : sorted
    },
    'counter(sequence)': (_, value) => {
      const counts: Dict = new Map()
      for (const item of listOf(value)) dictSet(counts, item, ((dictGet(counts, item) as number | undefined) ?? 0) + 1)
      return counts
    },
    'dict(sequence)': (_, value) => new Map(pairs(value)),
    'dict_kv(value key)': (_, value, key) => new Map([[key, value]]),
    'groupby_as_dict(sequence attribute)': (_, value, attribute) =>
      groupAsDict(listOf(value), text(attribute, 'the attribute')),
    'keep_keys(data target matching_parameter?)': (_, data, target, match) => keepKeys(data, matcher(target, match)),
    'remove_keys(data target matching_parameter?)': (_, data, target, match) =>
      removeKeys(data, matcher(target, match)),
    'split_pem(data)': (_, data) => text(data, 'the PEM text').match(/^-----BEGIN [\s\S]*?^-----END [^\n]*\n?/gm) ?? [],
    'unicode_normalize(data form?)': (_, value, form) => str(value).normalize(optionalText(form, 'NFC')),
  }),
  ['lists_union', (args) => distinct(args.flatMap((list) => listOf(list)))],
  [
    'lists_intersect',
    (args) =>
      distinct(listOf(args[0]!).filter((item) => args.every((list) => listOf(list).some((one) => equals(one, item))))),
  ],
  [
    'lists_difference',
    (args) =>
      distinct(
        listOf(args[0]!).filter((item) => !args.slice(1).some((list) => listOf(list).some((one) => equals(one, item)))),
      ),
  ],
  ['lists_mergeby', (args, kwargs) => mergeBy(args, kwargs)],
  ...Object.entries({
    milliseconds: 0.001,
    seconds: 1,
    minutes: 60,
    hours: 3600,
    days: 86_400,
    weeks: 604_800,
    months: 2_592_000,
    years: 31_536_000,
  }).map(([unit, size]): [string, Call] => [`to_${unit}`, (args) => float(duration(str(args[0]!)) / size)]),
  ['to_time_unit', (args) => float(duration(str(args[0]!)) / unitSize(str(args[1] ?? 'ms')))],
])

function groupAsDict(items: readonly Value[], attribute: string): Dict {
  const dict: Dict = new Map()
  for (const item of items) {
    const key = isMapping(item) ? dictGet(item, attribute) : undefined
    if (key === undefined) throw filterError(`Attribute not contained in element: ${attribute}`)
    if (dictGet(dict, key) !== undefined)
      throw filterError(`Multiple sequence entries have attribute value ${str(key)}`)
    dictSet(dict, key, item)
  }
  return dict
}

function matcher(target: Value, match: Value | undefined): (key: string) => boolean {
  const targets = (Array.isArray(target) ? listOf(target) : [target]).map(str)
  return keyMatcher(targets, optionalText(match, 'equality'))
}

/** Plain values by their keys; lists and dicts stay for what is kept in them, whatever their own key. */
function keepKeys(data: Value, matches: (key: string) => boolean): Value {
  if (Array.isArray(data)) return listOf(data).map((item) => keepKeys(item, matches))
  if (!isMapping(data)) return data
  const kept: Dict = new Map()
  for (const [key, value] of dictEntries(data)) {
    const inner = keepKeys(value, matches)
    if (!isMapping(value) && !Array.isArray(value)) {
      if (matches(str(key))) kept.set(key, value)
    } else if (Array.isArray(inner)) {
      const full = listOf(inner).filter((item) => !isEmpty(item))
      if (!full.every((item) => typeof item === 'string')) kept.set(key, full)
    } else if (!isEmpty(inner)) kept.set(key, inner)
  }
  return kept
}

function isEmpty(value: Value): boolean {
  return Array.isArray(value) ? value.length === 0 : isMapping(value) && dictSize(value) === 0
}

function removeKeys(data: Value, matches: (key: string) => boolean): Value {
  if (Array.isArray(data)) return listOf(data).map((item) => removeKeys(item, matches))
  if (!isMapping(data)) return data
  const kept = dictEntries(data).filter(([key]) => !matches(str(key)))
  return new Map(kept.map(([key, value]) => [key, removeKeys(value, matches)]))
}

/** Dicts of several lists that share the value of a key, merged; in the order of that value. */
function mergeBy(args: readonly Value[], kwargs: ReadonlyMap<string, Value>): Value[] {
  const index = text(args.at(-1)!, 'the index')
  const recursive = kwargs.get('recursive') === true
  const listMerge = optionalText(kwargs.get('list_merge'), 'replace')
  const merged = new Map<string, Value>()
  for (const item of args.slice(0, -1).flatMap((list) => listOf(list))) {
    const key = isMapping(item) ? dictGet(item, index) : undefined
    if (key === undefined) continue
    const before = merged.get(str(key))
    merged.set(str(key), before === undefined ? item : merge(before, item, recursive, listMerge))
  }
  return [...merged].sort(([a], [b]) => compareText(a, b)).map(([, item]) => item)
}

const units: readonly (readonly [RegExp, number])[] = [
  [/^(?:ms|millisecond|milliseconds|msec|msecs)$/, 0.001],
  [/^(?:s|sec|secs|second|seconds)$/, 1],
  [/^(?:m|min|mins|minute|minutes)$/, 60],
  [/^(?:h|hour|hours)$/, 3600],
  [/^(?:d|day|days)$/, 86_400],
  [/^(?:w|week|weeks)$/, 604_800],
  [/^(?:mo|month|months)$/, 2_592_000],
  [/^(?:y|year|years)$/, 31_536_000],
]

function unitSize(name: string): number {
  const found = units.find(([pattern]) => pattern.test(name))
  if (found === undefined) throw filterError(`to_time_unit: the unit '${name}' is unknown`)
  return found[1]
}

/** `1h 30m` in seconds. */
function duration(value: string): number {
  return value
    .split(/\s+(?=[+-]?\d)/)
    .filter((part) => part !== '')
    .reduce((total, part) => {
      const match = /^([+-]?\d+(?:\.\d+)?)([a-zA-Z]*)$/.exec(part.trim())
      if (match === null) throw filterError(`to_time_unit filter: can't interpret following string: ${value}`)
      return total + Number(match[1]) * (match[2] === '' ? 0.001 : unitSize(match[2]!.toLowerCase()))
    }, 0)
}
