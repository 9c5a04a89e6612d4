import type { Value } from '../../kernel/value.ts'
import { type Body, calls } from './call.ts'
import { isIn } from './compare.ts'
import { setFrom } from './dict.ts'
import { asDouble, asInt, isFloat } from './numbers.ts'
import { listOf } from './sequence.ts'
import type { Call } from './types.ts'

/** The methods of Python's numbers that make sense in a template. */
export const numberMethods: ReadonlyMap<string, Call> = calls({
  'is_integer(self)': (_, self) => !isFloat(self) || Number.isInteger(asDouble(self)),
  'bit_length(self)': (_, self) => {
    const value = asInt(self) ?? 0
    return Number(value) === 0 ? 0 : BigInt(value).toString(2).replace('-', '').length
  },
  'conjugate(self)': (_, self) => self,
})

const combine =
  (pick: (a: Value[], b: Value[]) => Value[]): Body =>
  (_, self, other) =>
    setFrom(pick([...(self as Set<Value>)], listOf(other)))

/** Python's `set` methods. */
export const setMethods: ReadonlyMap<string, Call> = calls({
  'union(self other)': combine((a, b) => [...a, ...b]),
  'intersection(self other)': combine((a, b) => a.filter((item) => isIn(item, b))),
  'difference(self other)': combine((a, b) => a.filter((item) => !isIn(item, b))),
  'symmetric_difference(self other)': combine((a, b) => [
    ...a.filter((item) => !isIn(item, b)),
    ...b.filter((item) => !isIn(item, a)),
  ]),
  'issubset(self other)': (_, self, other) => [...(self as Set<Value>)].every((item) => isIn(item, other)),
  'issuperset(self other)': (_, self, other) => listOf(other).every((item) => isIn(item, self)),
  'isdisjoint(self other)': (_, self, other) => !listOf(other).some((item) => isIn(item, self)),
  'add(self item)': (_, self, item) => {
    if (!isIn(item, self)) (self as Set<Value>).add(item)
    return null
  },
  'discard(self item)': (_, self, item) => {
    ;(self as Set<Value>).delete(item)
    return null
  },
  'copy(self)': (_, self) => new Set(self as Set<Value>),
})
