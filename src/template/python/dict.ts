import { type Dict, Float, Tuple, type Value } from '../../kernel/value.ts'
import { typeError } from '../problems.ts'
import { equals } from './compare.ts'
import { typeName } from './type-name.ts'
import { LazyDict, Undefined } from './types.ts'

/** A dict or anything that behaves like one. */
export function isMapping(value: Value): value is Dict | LazyDict {
  return value instanceof Map || value instanceof LazyDict
}

/** The value under `key` (1, 1.0 and True are one key, as in Python), or JavaScript's `undefined`. */
export function dictGet(dict: Dict | LazyDict, key: Value): Value | undefined {
  const found = dict.get(key)
  if (found !== undefined || typeof key === 'string' || dict instanceof LazyDict) return found
  const existing = sameKey(dict, key)
  return existing === undefined ? undefined : dict.get(existing)
}

export function dictHas(dict: Dict | LazyDict, key: Value): boolean {
  if (dict instanceof LazyDict) return dict.get(key) !== undefined
  return dict.has(key) || (typeof key !== 'string' && sameKey(dict, key) !== undefined)
}

export function dictSet(dict: Dict, key: Value, value: Value): void {
  hashable(key)
  dict.set(typeof key === 'string' || dict.has(key) ? key : existingKey(dict, key), value)
}

export function dictDelete(dict: Dict, key: Value): boolean {
  return dict.delete(key) || (typeof key !== 'string' && dict.delete(existingKey(dict, key)))
}

export function dictEntries(dict: Dict | LazyDict): [Value, Value][] {
  if (dict instanceof Map) return [...dict]
  return [...dict.keys()].map((key) => [key, dict.get(key) ?? null])
}

export function dictSize(dict: Dict | LazyDict): number {
  return dict instanceof Map ? dict.size : [...dict.keys()].length
}

export function dictFrom(entries: Iterable<readonly [Value, Value]>): Dict {
  const dict: Dict = new Map()
  for (const [key, value] of entries) dictSet(dict, key, value)
  return dict
}

/** A set without the doubles that Python's equality sees. */
export function setFrom(items: Iterable<Value>): Set<Value> {
  const dict: Dict = new Map()
  for (const item of items) if (!dictHas(dict, item)) dictSet(dict, item, null)
  return new Set(dict.keys())
}

/** Raises the TypeError of Python for keys that can change. */
export function hashable(key: Value): void {
  if (typeof key !== 'object' || key === null) return
  if (key instanceof Undefined) throw key.problem()
  if (key instanceof Tuple) for (const item of key) hashable(item)
  else if (Array.isArray(key) || key instanceof Map || key instanceof Set) {
    throw typeError(`unhashable type: '${typeName(key)}'`)
  }
}

function existingKey(dict: Dict, key: Value): Value {
  const existing = sameKey(dict, key)
  return existing === undefined ? key : existing
}

function sameKey(dict: Dict, key: Value): Value | undefined {
  if (key === null) return undefined
  if (typeof key === 'object' && !(key instanceof Tuple || key instanceof Float)) return undefined
  for (const candidate of dict.keys()) {
    if (typeof candidate !== 'string' && candidate !== null && equals(candidate, key)) return candidate
  }
  return undefined
}
