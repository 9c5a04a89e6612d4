import { Float, Tuple, type Value } from '../../kernel/value.ts'
import { typeError } from '../problems.ts'
import { DateTime, TimeDelta } from './datetime.ts'
import { dictEntries, dictGet, dictHas, dictSize, isMapping } from './dict.ts'
import { asDouble } from './numbers.ts'
import { typeName } from './type-name.ts'
import { DictView, Range, Undefined } from './types.ts'

/** Python's `==`. Raises `template.undefined` for an undefined value. */
export function equals(a: Value, b: Value): boolean {
  if (a instanceof Undefined) return undefinedEquals(a, b)
  if (b instanceof Undefined) return undefinedEquals(b, a)
  if (a === b) return true
  if (typeof a === 'string' || typeof b === 'string' || a === null || b === null) return false
  const x = numeric(a)
  const y = numeric(b)
  if (x !== null || y !== null) return x !== null && y !== null && compareNumbers(x, y) === 0
  return sameContent(a as object, b as object)
}

function undefinedEquals(value: Undefined, other: Value): boolean {
  if (!value.quiet) throw value.problem()
  return other instanceof Undefined
}

/** NaN has no order and equals nothing. */
function compareNumbers(x: number | bigint, y: number | bigint): number {
  if (x < y) return -1
  if (x > y) return 1
  return Number.isNaN(x) || Number.isNaN(y) ? Number.NaN : 0
}

/** Numbers keep their bigints so that large ones compare exactly. */
function numeric(value: Value): number | bigint | null {
  return typeof value === 'bigint' ? value : asDouble(value)
}

function sameContent(a: object, b: object): boolean {
  if (Array.isArray(a)) {
    if (!Array.isArray(b) || a.length !== b.length || a instanceof Tuple !== b instanceof Tuple) return false
    return a.every((item, index) => equals(item as Value, b[index] as Value))
  }
  if (isMapping(a)) {
    if (!isMapping(b) || dictSize(a) !== dictSize(b)) return false
    return dictEntries(a).every(([key, value]) => {
      const other = dictGet(b, key)
      return other !== undefined && equals(value, other)
    })
  }
  const left = setItems(a)
  const right = setItems(b)
  if (left !== null && right !== null)
    return left.length === right.length && left.every((item) => contains(right, item))
  if (a instanceof Range && b instanceof Range) return equals([...a], [...b])
  if (a instanceof DateTime && b instanceof DateTime) return a.microseconds === b.microseconds
  if (a instanceof TimeDelta && b instanceof TimeDelta) return a.microseconds === b.microseconds
  return false
}

function setItems(value: object): Value[] | null {
  if (value instanceof Set) return [...value] as Value[]
  return value instanceof DictView && value.kind !== 'values' ? [...value.entries()] : null
}

function contains(items: readonly Value[], item: Value): boolean {
  return items.some((candidate) => equals(candidate, item))
}

/** Python's order of two values: negative, zero or positive. Raises TypeError when they have none. */
export function compare(a: Value, b: Value, operator = '<'): number {
  if (typeof a === 'string' && typeof b === 'string') return compareText(a, b)
  if (a instanceof Undefined) throw a.problem()
  if (b instanceof Undefined) throw b.problem()
  const x = numeric(a)
  const y = numeric(b)
  if (x !== null && y !== null) return compareNumbers(x, y)
  if (Array.isArray(a) && Array.isArray(b) && a instanceof Tuple === b instanceof Tuple) {
    return compareItems(a as Value[], b as Value[], operator)
  }
  if ((a instanceof DateTime && b instanceof DateTime) || (a instanceof TimeDelta && b instanceof TimeDelta)) {
    return a.microseconds - b.microseconds
  }
  throw typeError(`'${operator}' not supported between instances of '${typeName(a)}' and '${typeName(b)}'`)
}

function compareItems(a: readonly Value[], b: readonly Value[], operator: string): number {
  for (let i = 0; i < a.length && i < b.length; i++) {
    if (!equals(a[i]!, b[i]!)) return compare(a[i]!, b[i]!, operator)
  }
  return a.length - b.length
}

/** `<`, `<=`, `>`, `>=` incl. the subset order of sets. */
export function ordered(operator: string, a: Value, b: Value): boolean {
  if (a instanceof Set && b instanceof Set) return subsetOrder(operator, [...a] as Value[], [...b] as Value[])
  const order = compare(a, b, operator)
  switch (operator) {
    case '<':
      return order < 0
    case '<=':
      return order <= 0
    case '>':
      return order > 0
    default:
      return order >= 0
  }
}

function subsetOrder(operator: string, a: Value[], b: Value[]): boolean {
  if (operator.startsWith('>')) return subsetOrder(operator.replace('>', '<'), b, a)
  return a.every((item) => contains(b, item)) && (operator === '<=' || a.length < b.length)
}

/** By code point, as Python orders strings; JavaScript's own order is by UTF-16 unit. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0
  const limit = Math.min(a.length, b.length)
  for (let i = 0; i < limit; i++) {
    const x = a.charCodeAt(i)
    const y = b.charCodeAt(i)
    if (x !== y) return isSurrogate(x) !== isSurrogate(y) ? (isSurrogate(x) ? 1 : -1) : x - y
  }
  return a.length - b.length
}

function isSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdfff
}

/** Python's `in`. Raises TypeError when `container` can't be searched. */
export function isIn(item: Value, container: Value): boolean {
  if (container instanceof Undefined) {
    if (container.quiet) return false
    throw container.problem()
  }
  if (typeof container === 'string') {
    if (typeof item === 'string') return container.includes(item)
    if (item instanceof Undefined) throw item.problem()
    throw typeError(`'in <string>' requires string as left operand, not ${typeName(item)}`)
  }
  if (item instanceof Undefined && !item.quiet) {
    if (Array.isArray(container) && container.length === 0) return false
    throw item.problem()
  }
  if (Array.isArray(container)) return contains(container as Value[], item)
  if (isMapping(container)) return dictHas(container, item)
  if (container instanceof Set) return contains([...container] as Value[], item)
  if (container instanceof DictView) return contains([...container.entries()], item)
  if (container instanceof Range) return contains([...container], item)
  throw typeError(`argument of type '${typeName(container)}' is not iterable`)
}

/** Python's truth of a value. Raises `template.undefined` for an undefined one. */
export function truthy(value: Value): boolean {
  if (typeof value === 'boolean') return value
  if (value === null) return false
  if (typeof value === 'string') return value !== ''
  if (typeof value === 'number' || typeof value === 'bigint') return Number(value) !== 0
  if (value instanceof Float) return value.value !== 0
  if (Array.isArray(value)) return value.length > 0
  if (value instanceof Undefined) {
    if (value.quiet) return false
    throw value.problem()
  }
  if (isMapping(value)) return dictSize(value) > 0
  if (value instanceof Set) return value.size > 0
  if (value instanceof DictView) return value.size() > 0
  if (value instanceof Range) return value.length > 0
  return value instanceof TimeDelta ? value.microseconds !== 0 : true
}
