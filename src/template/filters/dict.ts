import { type Dict, Tuple, type Value } from '../../kernel/value.ts'
import { filterError } from '../problems.ts'
import { calls } from '../python/call.ts'
import { flag, optionalText } from '../python/coerce.ts'
import { compare, equals, isIn, truthy } from '../python/compare.ts'
import { dictEntries, dictGet, dictHas, dictSet, isMapping } from '../python/dict.ts'
import { itemsView } from '../python/methods-dict.ts'
import { repr, str } from '../python/repr.ts'
import { iterate, listOf, subscript } from '../python/sequence.ts'
import { typeName } from '../python/type-name.ts'
import { type Call, type LazyDict, Undefined } from '../python/types.ts'
import { getItem } from '../run/access.ts'
import type { Context } from '../run/context.ts'
import { flatten } from './list.ts'

/** Filters of dicts. */
export const dictFilters: ReadonlyMap<string, Call> = new Map<string, Call>([
  ...calls({
    'dict2items(mydict key_name? value_name?)': (_, value, key, name) =>
      dictToItems(value, optionalText(key, 'key'), optionalText(name, 'value')),
    'items2dict(mylist key_name? value_name?)': (_, value, key, name) =>
      itemsToDict(value, optionalText(key, 'key'), optionalText(name, 'value')),
    'dictsort(value case_sensitive? by? reverse?)': (_, value, cased, by, reverse) =>
      dictSort(value, flag(cased), optionalText(by, 'key'), flag(reverse)),
    'items(value)': (_, value) => {
      if (value instanceof Undefined) return []
      if (!isMapping(value)) throw filterError('Can only get item pairs from a mapping.')
      return [...itemsView(value).entries()]
    },
    'subelements(obj subelements skip_missing?)': (_, value, path, skip) => subelements(value, path, flag(skip)),
    'extract(item container morekeys?)': (context, item, container, more) => extract(context, item, container, more),
    'rekey_on_member(data key duplicates?)': (_, data, key, duplicates) =>
      rekey(data, key, optionalText(duplicates, 'error')),
  }),
  ['combine', combine],
])

function requireMapping(value: Value, what: string): Dict | LazyDict {
  if (value instanceof Undefined) throw value.problem()
  if (!isMapping(value)) throw filterError(`${what}, got ${typeName(value)} instead.`)
  return value
}

function dictToItems(value: Value, keyName: string, valueName: string): Value[] {
  return dictEntries(requireMapping(value, 'dict2items requires a dictionary')).map(
    ([key, item]) =>
      new Map<Value, Value>([
        [keyName, key],
        [valueName, item],
      ]),
  )
}

function itemsToDict(value: Value, keyName: string, valueName: string): Dict {
  if (value instanceof Undefined) throw value.problem()
  if (!Array.isArray(value)) throw filterError(`items2dict requires a list, got ${typeName(value)} instead.`)
  const dict: Dict = new Map()
  for (const item of value as Value[]) {
    const key = isMapping(item) ? dictGet(item, keyName) : undefined
    const content = isMapping(item) ? dictGet(item, valueName) : undefined
    if (key === undefined || content === undefined) {
      throw filterError(
        `items2dict requires each dictionary in the list to contain the keys '${keyName}' and '${valueName}', got ${repr(value)} instead.`,
      )
    }
    dictSet(dict, key, content)
  }
  return dict
}

function dictSort(value: Value, cased: boolean, by: string, reverse: boolean): Value[] {
  if (by !== 'key' && by !== 'value') throw filterError('You can only sort by either "key" or "value"')
  const position = by === 'key' ? 0 : 1
  const key = (entry: readonly [Value, Value]): Value => {
    const part = entry[position]
    return !cased && typeof part === 'string' ? part.toLowerCase() : part
  }
  const entries = dictEntries(requireMapping(value, 'dictsort requires a dictionary'))
  const sign = reverse ? -1 : 1
  return entries.sort((a, b) => sign * compare(key(a), key(b))).map((entry) => Tuple.of_(entry))
}

function subelements(value: Value, path: Value, skipMissing: boolean): Value[] {
  if (value instanceof Undefined) throw value.problem()
  const elements = isMapping(value) ? dictEntries(value).map(([, item]) => item) : value
  if (!Array.isArray(elements)) throw filterError('obj must be a list of dicts or a nested dict')
  if (!Array.isArray(path) && typeof path !== 'string') throw filterError('subelements must be a list or a string')
  const steps: Value[] = typeof path === 'string' ? path.split('.') : listOf(path)
  return (elements as Value[]).flatMap((element) =>
    listAt(element, steps, skipMissing).map((item) => Tuple.of_([element, item])),
  )
}

function listAt(element: Value, steps: readonly Value[], skipMissing: boolean): Value[] {
  let current = element
  for (const step of steps) {
    if (!isMapping(current))
      throw filterError(`the key ${str(step)} should point to a dictionary, got '${str(current)}'`)
    const next = dictGet(current, step)
    if (next === undefined) {
      if (skipMissing) return []
      throw filterError(`could not find ${repr(step)} key in iterated item ${repr(current)}`)
    }
    current = next
  }
  if (!Array.isArray(current))
    throw filterError(`the key ${repr(steps.at(-1) ?? '')} should point to a list, got ${repr(current)}`)
  return listOf(current)
}

function extract(context: Context, item: Value, container: Value, more: Value | undefined): Value {
  const rest = more === undefined || more === null ? [] : Array.isArray(more) ? listOf(more) : [more]
  return [item, ...rest].reduce((value, key) => getItem(value, key, context, null), container)
}

function rekey(data: Value, key: Value, duplicates: string): Dict {
  if (duplicates !== 'error' && duplicates !== 'overwrite') {
    throw filterError(`duplicates parameter to rekey_on_member has unknown value: ${duplicates}`)
  }
  if (!isMapping(data) && typeof data === 'string') throw filterError('Type is not a valid list, set, or dict')
  const dict: Dict = new Map()
  for (const item of isMapping(data) ? dictEntries(data).map(([, value]) => value) : iterate(data)) {
    if (!isMapping(item)) throw filterError('List item is not a valid dict')
    const name = subscript(item, key)
    if (name === undefined) throw filterError(`Key ${str(key)} was not found`)
    if (dictHas(dict, name) && duplicates === 'error') {
      throw filterError(`Key ${str(name)} is not unique, cannot correctly turn into dict`)
    }
    dictSet(dict, name, item)
  }
  return dict
}

const listMerges: ReadonlySet<string> = new Set(['replace', 'keep', 'append', 'prepend', 'append_rp', 'prepend_rp'])

function combine(args: readonly Value[], kwargs: ReadonlyMap<string, Value>): Value {
  const unknown = [...kwargs.keys()].find((name) => name !== 'recursive' && name !== 'list_merge')
  if (unknown !== undefined) throw filterError("'recursive' and 'list_merge' are the only valid keyword arguments")
  const recursive = truthy(kwargs.get('recursive') ?? false)
  const listMerge = str(kwargs.get('list_merge') ?? 'replace')
  if (!listMerges.has(listMerge)) {
    throw filterError(
      `merge_hash: 'list_merge' argument can only be equal to ${[...listMerges].map((one) => `'${one}'`).join(', ')}`,
    )
  }
  const dicts = flatten(args, 1, true)
  for (const dict of dicts) checkDefined(dict)
  if (dicts.length === 0) return new Map()
  return dicts.reduceRight((high, low) => merge(low, high, recursive, listMerge))
}

function checkDefined(value: Value): void {
  if (value instanceof Undefined) throw value.problem()
  if (Array.isArray(value)) for (const item of value) checkDefined(item as Value)
  else if (value instanceof Map) for (const item of value.values()) checkDefined(item as Value)
}

/** A new dict with `high` over `low`, in the order of `low`. */
export function merge(low: Value, high: Value, recursive: boolean, listMerge: string): Value {
  if (!isMapping(low) || !isMapping(high)) {
    throw filterError(
      `failed to combine variables, expected dicts but got a '${typeName(low)}' and a '${typeName(high)}'`,
    )
  }
  const entries = dictEntries(low)
  if (entries.length === 0 || equals(low, high)) return new Map(dictEntries(high))
  const merged: Dict = new Map(entries)
  for (const [key, value] of dictEntries(high)) {
    const before = dictGet(merged, key)
    dictSet(merged, key, before === undefined ? value : mergeValue(before, value, recursive, listMerge))
  }
  return merged
}

function mergeValue(low: Value, high: Value, recursive: boolean, listMerge: string): Value {
  if (isMapping(low) && isMapping(high)) return recursive ? merge(low, high, recursive, listMerge) : high
  if (!isPlainList(low) || !isPlainList(high)) return high
  switch (listMerge) {
    case 'keep':
      return low
    case 'append':
      return [...low, ...high]
    case 'prepend':
      return [...high, ...low]
    case 'append_rp':
      return [...low.filter((item) => !isIn(item, high)), ...high]
    case 'prepend_rp':
      return [...high, ...low.filter((item) => !isIn(item, high))]
    default:
      return high
  }
}

function isPlainList(value: Value): value is Value[] {
  return Array.isArray(value) && !(value instanceof Tuple)
}
