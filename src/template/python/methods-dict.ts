import { type Dict, Tuple, type Value } from '../../kernel/value.ts'
import { lookupError, typeError } from '../problems.ts'
import { calls, signature } from './call.ts'
import { dictDelete, dictEntries, dictGet, dictSet, dictSize, isMapping } from './dict.ts'
import { repr } from './repr.ts'
import { iterate, listOf } from './sequence.ts'
import { typeName } from './type-name.ts'
import { type Call, DictView, type LazyDict, present } from './types.ts'

type Mapping = Dict | LazyDict

/** Python's `dict` methods. */
export const dictMethods: ReadonlyMap<string, Call> = new Map<string, Call>([
  ...calls({
    'get(self key default?)': (_, self, key, fallback) =>
      present(dictGet(self as Mapping, key), () => fallback ?? null),
    'items|iteritems(self)': (_, self) => itemsView(self as Mapping),
    'keys|iterkeys(self)': (_, self) => {
      const dict = self as Mapping
      return new DictView(
        'keys',
        () => [...dict.keys()],
        () => dictSize(dict),
      )
    },
    'values|itervalues(self)': (_, self) => {
      const dict = self as Mapping
      return new DictView(
        'values',
        () => dictEntries(dict).map(([, value]) => value),
        () => dictSize(dict),
      )
    },
    'copy(self)': (_, self) => new Map(dictEntries(self as Mapping)),
    'has_key(self key)': (_, self, key) => dictGet(self as Mapping, key) !== undefined,
    'setdefault(self key default?)': (_, self, key, fallback) => {
      const dict = changeable(self)
      const existing = dictGet(dict, key)
      if (existing !== undefined) return existing
      dictSet(dict, key, fallback ?? null)
      return fallback ?? null
    },
    'pop(self key default?)': (_, self, key, fallback) => {
      const dict = changeable(self)
      const found = dictGet(dict, key)
      const existing = found === undefined ? fallback : found
      if (existing === undefined) throw lookupError(repr(key))
      dictDelete(dict, key)
      return existing
    },
    'popitem(self)': (_, self) => {
      const dict = changeable(self)
      const last = [...dict].at(-1)
      if (last === undefined) throw lookupError('popitem(): dictionary is empty')
      dict.delete(last[0])
      return Tuple.of_(last)
    },
    'clear(self)': (_, self) => {
      changeable(self).clear()
      return null
    },
    '__setitem__(self key value)': (_, self, key, value) => {
      dictSet(changeable(self), key, value)
      return null
    },
    'fromkeys(self keys value?)': (_, _self, keys, value) => {
      const dict: Dict = new Map()
      for (const key of iterate(keys)) dictSet(dict, key, value ?? null)
      return dict
    },
  }),
  ['update', update],
])

/** The live `(key, value)` pairs of a dict. */
export function itemsView(dict: Mapping): DictView {
  return new DictView(
    'items',
    () => dictEntries(dict).map((entry) => Tuple.of_(entry)),
    () => dictSize(dict),
  )
}

function changeable(self: Value): Dict {
  if (self instanceof Map) return self
  throw typeError('this mapping can not be changed by a template')
}

function update(args: Parameters<Call>[0], kwargs: Parameters<Call>[1], context: Parameters<Call>[2]): Value {
  return signature('update', 'self other?', (_, self, other) => {
    const dict = changeable(self)
    for (const [key, value] of other === undefined ? [] : pairs(other)) dictSet(dict, key, value)
    for (const [key, value] of kwargs) dict.set(key, value)
    return null
  })(args, new Map(), context)
}

/** What `dict(value)` takes: a mapping, or pairs. Raises TypeError for anything else. */
export function pairs(value: Value): [Value, Value][] {
  if (isMapping(value)) return dictEntries(value)
  return listOf(value).map((item, index) => {
    const pair = Array.isArray(item) || typeof item === 'string' ? listOf(item as Value) : null
    if (pair === null) throw typeError(`cannot convert dictionary update sequence element #${index} to a sequence`)
    if (pair.length !== 2) {
      throw typeError(
        `dictionary update sequence element #${index} has length ${pair.length}; 2 is required (${typeName(item)})`,
      )
    }
    return [pair[0]!, pair[1]!]
  })
}
