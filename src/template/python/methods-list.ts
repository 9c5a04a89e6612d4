import type { Value } from '../../kernel/value.ts'
import { lookupError, valueError } from '../problems.ts'
import { callValue } from '../run/access.ts'
import { calls, noKwargs } from './call.ts'
import { integer, optionalInteger } from './coerce.ts'
import { compare, equals, truthy } from './compare.ts'
import { iterate } from './sequence.ts'
import type { Call } from './types.ts'

const readOnly = calls({
  'count(self value)': (_, self, value) => (self as Value[]).filter((item) => equals(item, value)).length,
  'index(self value start? stop?)': (_, self, value, start, stop) => {
    const list = self as Value[]
    const from = optionalInteger(start, 0, 'start')
    const to = Math.min(optionalInteger(stop, list.length, 'stop'), list.length)
    for (let i = from < 0 ? Math.max(0, from + list.length) : from; i < to; i++) if (equals(list[i]!, value)) return i
    throw valueError('the value is not in list')
  },
})

/** Python's `tuple` methods. */
export const tupleMethods: ReadonlyMap<string, Call> = readOnly

/** Python's `list` methods; those that change the list return None. */
export const listMethods: ReadonlyMap<string, Call> = new Map<string, Call>([
  ...readOnly,
  ...calls({
    'append(self item)': (_, self, item) => done((self as Value[]).push(item)),
    'extend(self items)': (_, self, items) => {
      for (const item of Array.from(iterate(items))) (self as Value[]).push(item)
      return null
    },
    'insert(self index item)': (_, self, index, item) =>
      done((self as Value[]).splice(integer(index, 'index'), 0, item)),
    'pop(self index?)': (_, self, index) => pop(self as Value[], optionalInteger(index, -1, 'index')),
    'remove(self item)': (_, self, item) => {
      const list = self as Value[]
      const at = list.findIndex((candidate) => equals(candidate, item))
      if (at < 0) throw valueError('list.remove(x): x not in list')
      return done(list.splice(at, 1))
    },
    'clear(self)': (_, self) => done((self as Value[]).splice(0)),
    'copy(self)': (_, self) => [...(self as Value[])],
    'reverse(self)': (_, self) => done((self as Value[]).reverse()),
    'sort(self key? reverse?)': (context, self, key, reverse) => {
      const keyOf = (item: Value): Value =>
        key === undefined || key === null ? item : callValue(key, [item], noKwargs, context)
      const keyed = (self as Value[]).map((item) => [keyOf(item), item] as const)
      const sign = reverse !== undefined && truthy(reverse) ? -1 : 1
      keyed.sort(([a], [b]) => sign * compare(a, b))
      return done((self as Value[]).splice(0, keyed.length, ...keyed.map(([, item]) => item)))
    },
  }),
])

function done(_: unknown): null {
  return null
}

function pop(list: Value[], index: number): Value {
  if (list.length === 0) throw lookupError('pop from empty list')
  const at = index < 0 ? index + list.length : index
  if (at < 0 || at >= list.length) throw lookupError('pop index out of range')
  return list.splice(at, 1)[0]!
}
