import { Tuple, type Value } from '../../kernel/value.ts'
import { filterError } from '../problems.ts'
import { type Body, calls } from '../python/call.ts'
import { flag } from '../python/coerce.ts'
import { equals, isIn } from '../python/compare.ts'
import { setFrom } from '../python/dict.ts'
import { listOf } from '../python/sequence.ts'
import type { Call } from '../python/types.ts'
import { attributeGetter } from '../run/access.ts'
import type { Context } from '../run/context.ts'

/** Filters that see lists as sets; Ansible keeps the order of lists. */
export const setFilters: ReadonlyMap<string, Call> = calls({
  'unique(value case_sensitive? attribute?)': (context, value, cased, attribute) =>
    unique(context, listOf(value), cased, attribute),
  'union(a b)': combined((a, b) => [...a, ...b]),
  'intersect(a b)': combined((a, b) => a.filter((item) => isIn(item, b))),
  'difference(a b)': combined((a, b) => a.filter((item) => !isIn(item, b))),
  'symmetric_difference(a b)': combined((a, b) => [
    ...a.filter((item) => !isIn(item, b)),
    ...b.filter((item) => !isIn(item, a)),
  ]),
})

/** Of two hashable values (text, tuples) Ansible makes a set, of lists a list. */
function combined(pick: (a: Value[], b: Value[]) => Value[]): Body {
  return (_, a, b) => {
    if (isHashable(a) && isHashable(b)) return setFrom(pick(listOf(a), listOf(b)))
    return distinct(pick(listOf(a), listOf(b)))
  }
}

function isHashable(value: Value): boolean {
  return typeof value === 'string' || value instanceof Tuple
}

/** Without doubles, in order. */
export function distinct(items: readonly Value[]): Value[] {
  const texts = new Set<string>()
  const others: Value[] = []
  return items.filter((item) => {
    if (typeof item === 'string') return !texts.has(item) && texts.add(item) !== null
    if (others.some((known) => equals(known, item))) return false
    others.push(item)
    return true
  })
}

function unique(
  context: Context,
  items: readonly Value[],
  cased: Value | undefined,
  attribute: Value | undefined,
): Value[] {
  const byAttribute = attribute !== undefined && attribute !== null
  const get = byAttribute ? attributeGetter(attribute, context) : (item: Value) => item
  if ((byAttribute || cased === false) && items.some((item) => isUnhashable(get(item)))) {
    throw filterError(
      "Jinja2's unique filter failed and we cannot fall back to Ansible's version as it does not support the parameters supplied",
    )
  }
  const isCased = flag(cased)
  const texts = new Set<string>()
  const others: Value[] = []
  return items.filter((item) => {
    const key = get(item)
    if (typeof key === 'string') {
      const text = isCased ? key : key.toLowerCase()
      return !texts.has(text) && texts.add(text) !== null
    }
    if (others.some((known) => equals(known, key))) return false
    others.push(key)
    return true
  })
}

function isUnhashable(value: Value): boolean {
  return value instanceof Map || (Array.isArray(value) && !(value instanceof Tuple))
}
