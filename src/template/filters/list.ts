import { Tuple, type Value } from '../../kernel/value.ts'
import { filterError, typeError } from '../problems.ts'
import { calls } from '../python/call.ts'
import { flag, integer, optionalText } from '../python/coerce.ts'
import { compare, equals } from '../python/compare.ts'
import { NamedTuple } from '../python/named-tuple.ts'
import { binary } from '../python/operators.ts'
import { str } from '../python/repr.ts'
import { iterate, listOf, sizeOf } from '../python/sequence.ts'
import { codePoints } from '../python/text.ts'
import { typeName } from '../python/type-name.ts'
import { type Call, present, Undefined } from '../python/types.ts'
import { attributeGetter, attributesGetter } from '../run/access.ts'
import type { Context } from '../run/context.ts'

/** Filters of sequences. */
export const listFilters: ReadonlyMap<string, Call> = calls({
  'list(value)': (_, value) => listOf(value),
  'length|count(value)': (_, value) => {
    const size = sizeOf(value)
    if (size === null) throw typeError(`object of type '${typeName(value)}' has no len()`)
    return size
  },
  'first(seq)': (context, value) => edge(context, value, 'first'),
  'last(seq)': (context, value) => edge(context, value, 'last'),
  'join(value d? attribute?)': (context, value, separator, attribute) => join(context, value, separator, attribute),
  'reverse(value)': (_, value) =>
    typeof value === 'string' ? [...codePoints(value)].reverse().join('') : listOf(value).reverse(),
  'sort(value reverse? case_sensitive? attribute?)': (context, value, reverse, cased, attribute) =>
    sorted(listOf(value), sortKey(context, attribute, flag(cased)), flag(reverse)),
  'min(value case_sensitive? attribute?)': (context, value, cased, attribute) =>
    extreme(context, value, cased, attribute, -1),
  'max(value case_sensitive? attribute?)': (context, value, cased, attribute) =>
    extreme(context, value, cased, attribute, 1),
  'sum(iterable attribute? start?)': (context, value, attribute, start) => {
    const get =
      attribute === undefined || attribute === null ? (item: Value) => item : attributeGetter(attribute, context)
    return listOf(value).reduce<Value>((total, item) => binary('+', total, get(item)), start === undefined ? 0 : start)
  },
  'batch(value linecount fill_with?)': (_, value, size, fill) => batch(listOf(value), integer(size, 'linecount'), fill),
  'slice(value slices fill_with?)': (_, value, slices, fill) => slices_(listOf(value), integer(slices, 'slices'), fill),
  'groupby(value attribute default? case_sensitive?)': (context, value, attribute, fallback, cased) =>
    groupBy(context, listOf(value), attribute, fallback, flag(cased)),
  'flatten(mylist levels? skip_nulls?)': (_, value, levels, skip) =>
    flatten(
      iterate(value),
      levels === undefined || levels === null ? null : integer(levels, 'levels'),
      flag(skip, true),
    ),
})

function edge(context: Context, value: Value, which: 'first' | 'last'): Value {
  const items = listOf(value)
  const found = which === 'first' ? items[0] : items.at(-1)
  return present(found, () => new Undefined({ hint: `No ${which} item, sequence was empty.`, at: context.at }))
}

function join(context: Context, value: Value, separator: Value | undefined, attribute: Value | undefined): string {
  const get =
    attribute === undefined || attribute === null ? (item: Value) => item : attributeGetter(attribute, context)
  return Array.from(iterate(value), (item) => str(get(item))).join(optionalText(separator, ''))
}

/** A stable sort by Python's order. */
function sorted(items: readonly Value[], key: (item: Value) => Value, reverse: boolean): Value[] {
  const sign = reverse ? -1 : 1
  return items
    .map((item) => [key(item), item] as const)
    .sort(([a], [b]) => sign * compare(a, b))
    .map(([, item]) => item)
}

function fold(value: Value): Value {
  return typeof value === 'string' ? value.toLowerCase() : value
}

function sortKey(context: Context, attribute: Value | undefined, caseSensitive: boolean): (item: Value) => Value {
  const adjust = caseSensitive ? (value: Value) => value : fold
  if (attribute === undefined || attribute === null) return adjust
  const get = attributesGetter(attribute, context)
  return (item) => Tuple.of_((get(item) as Tuple).map((part) => adjust(part)))
}

function extreme(
  context: Context,
  value: Value,
  cased: Value | undefined,
  attribute: Value | undefined,
  sign: number,
): Value {
  const adjust = flag(cased) ? (item: Value) => item : fold
  const get =
    attribute === undefined || attribute === null ? (item: Value) => item : attributeGetter(attribute, context)
  let best: { key: Value; item: Value } | null = null
  for (const item of iterate(value)) {
    const key = adjust(get(item))
    if (best === null || sign * compare(key, best.key) > 0) best = { key, item }
  }
  return best === null ? new Undefined({ hint: 'No aggregated item, sequence was empty.', at: context.at }) : best.item
}

function batch(items: readonly Value[], size: number, fill: Value | undefined): Value[] {
  if (size < 1) throw filterError('batch: linecount must be at least 1')
  const rows: Value[][] = []
  for (let i = 0; i < items.length; i += size) rows.push(items.slice(i, i + size))
  const last = rows.at(-1)
  if (last !== undefined && fill !== undefined && fill !== null) while (last.length < size) last.push(fill)
  return rows
}

function slices_(items: readonly Value[], count: number, fill: Value | undefined): Value[] {
  if (count < 1) throw filterError('slice: slices must be at least 1')
  const size = Math.floor(items.length / count)
  const extra = items.length % count
  let offset = 0
  return Array.from({ length: count }, (_, index) => {
    const end = offset + size + (index < extra ? 1 : 0)
    const row = items.slice(offset, end)
    offset = end
    if (fill !== undefined && fill !== null && index >= extra) row.push(fill)
    return row
  })
}

function groupBy(
  context: Context,
  items: readonly Value[],
  attribute: Value,
  fallback: Value | undefined,
  cased: boolean,
): Value[] {
  const getter = attributeGetter(attribute, context)
  const get = (item: Value): Value => {
    const value = getter(item)
    return value instanceof Undefined && fallback !== undefined && fallback !== null ? fallback : value
  }
  const key = (item: Value): Value => (cased ? get(item) : fold(get(item)))
  const groups: { key: Value; items: Value[] }[] = []
  for (const item of sorted(items, key, false)) {
    const last = groups.at(-1)
    if (last !== undefined && equals(last.key, key(item))) last.items.push(item)
    else groups.push({ key: key(item), items: [item] })
  }
  return groups.map((group) =>
    NamedTuple.named(
      new Map<string, Value>([
        ['grouper', get(group.items[0]!)],
        ['list', group.items],
      ]),
    ),
  )
}

/** Nested lists as one list, down to `levels`. */
export function flatten(items: Iterable<Value>, levels: number | null, skipNulls: boolean): Value[] {
  const flat: Value[] = []
  for (const item of items) {
    if (skipNulls && (item === null || item === 'None' || item === 'null')) continue
    if (Array.isArray(item) && (levels === null || levels >= 1)) {
      flat.push(...flatten(item as Value[], levels === null ? null : levels - 1, skipNulls))
    } else flat.push(item)
  }
  return flat
}
