import type { Problem } from '../kernel/problem.ts'
import { Float, type Value } from '../kernel/value.ts'
import { DateTime, DictView, filterError, LazyDict, Range, typeName, Undefined } from '../template/index.ts'

/**
 * A template's value as plain JavaScript: dicts become objects (keys become text, tuples and views arrays, dates `Date`, integers
 * beyond 2^53 `bigint`). Raises `template.undefined` for what is not there, `template.filter` for what has no plain form.
 */
export function toPlain(value: Value): unknown {
  if (value === null || typeof value !== 'object') return value
  if (value instanceof Float) return value.value
  if (value instanceof Undefined) throw value.problem()
  if (Array.isArray(value)) return Array.from(value as readonly Value[], toPlain)
  if (value instanceof Map) return objectOf([...(value as Map<Value, Value>)])
  if (value instanceof LazyDict) return objectOf([...value.keys()].map((key) => [key, value.get(key) ?? null]))
  if (value instanceof DateTime) return new Date(value.timestamp() * 1000)
  if (value instanceof DictView) return [...value.entries()].map(toPlain)
  if (value instanceof Range || value instanceof Set) return [...(value as Iterable<Value>)].map(toPlain)
  throw filterError(`a value of the type ${typeName(value)} can't be given to a plugin`)
}

/** Own properties, so that a key such as `__proto__` is data like any other. */
function objectOf(entries: readonly (readonly [Value, Value])[]): object {
  return Object.fromEntries(entries.map(([key, item]) => [String(key), toPlain(item)]))
}

/** Deeper than this a value holds itself. */
const DEEPEST = 200

/**
 * Plain JavaScript as a template's value: objects and `Map`s become dicts, arrays and `Set`s lists, `undefined` None, a `Date` a date.
 * Text is never rendered again. `wrong` makes the problem of anything else.
 */
export function fromPlain(value: unknown, wrong: (what: string) => Problem, depth = 0): Value {
  if (depth > DEEPEST) throw wrong('a value that nests too deeply')
  const inner = (item: unknown) => fromPlain(item, wrong, depth + 1)
  if (value === undefined || value === null) return null
  if (typeof value === 'string' || typeof value === 'boolean') return value
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value
  if (typeof value === 'number') return isIntegralFloat(value) ? new Float(value) : value
  if (typeof value !== 'object') throw wrong(`a ${typeof value}`)
  if (Array.isArray(value) || value instanceof Set) return Array.from(value as Iterable<unknown>, inner)
  if (value instanceof Map) return new Map([...value].map(([key, item]) => [inner(key), inner(item)] as const))
  if (value instanceof Date) return DateTime.fromEpoch(value.getTime() / 1000, false)
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) throw wrong(`an object of a class`)
  return new Map(Object.entries(value).map(([key, item]) => [key, inner(item)] as const))
}

/** Whole numbers are integers as far as JavaScript counts exactly, and floats beyond. */
function isIntegralFloat(value: number): boolean {
  return !Number.isSafeInteger(value) && !Number.isNaN(value) && Math.trunc(value) === value
}
