import { Tuple, type Value } from '../../kernel/value.ts'
import { typeError, valueError } from '../problems.ts'
import { dictGet, dictSize, isMapping } from './dict.ts'
import { asInt } from './numbers.ts'
import { codePoints, textLength } from './text.ts'
import { typeName } from './type-name.ts'
import { DictView, Range, Slice, Undefined } from './types.ts'

/** The items Python's `iter()` gives; `null` when the value can't be iterated. Raises for an undefined value. */
export function items(value: Value): Iterable<Value> | null {
  if (Array.isArray(value)) return value as readonly Value[]
  if (typeof value === 'string') return codePoints(value)
  if (isMapping(value)) return value.keys()
  if (value instanceof Undefined) {
    if (value.quiet) return []
    throw value.problem()
  }
  if (value instanceof DictView) return value.entries()
  if (value instanceof Range || value instanceof Set) return value as Iterable<Value>
  return null
}

/** The items of an iterable. Raises TypeError when it isn't one. */
export function iterate(value: Value): Iterable<Value> {
  const found = items(value)
  if (found === null) throw typeError(`'${typeName(value)}' object is not iterable`)
  return found
}

/** Python's `list(value)`: always a fresh, plain array. */
export function listOf(value: Value): Value[] {
  return Array.from(iterate(value))
}

/** Python's `len(value)`, or `null` when it has none. */
export function sizeOf(value: Value): number | null {
  if (typeof value === 'string') return textLength(value)
  if (Array.isArray(value)) return value.length
  if (isMapping(value)) return dictSize(value)
  if (value instanceof Set) return value.size
  if (value instanceof Range) return value.length
  if (value instanceof DictView) return value.size()
  if (value instanceof Undefined) {
    if (value.quiet) return 0
    throw value.problem()
  }
  return null
}

/** A list, tuple or string can be indexed; so can a range. */
function isSequence(value: Value): boolean {
  return Array.isArray(value) || typeof value === 'string' || value instanceof Range
}

/** `value[key]` as Python does it, or `undefined` where Python raises. */
export function subscript(value: Value, key: Value): Value | undefined {
  if (isMapping(value)) return dictGet(value, key)
  if (key instanceof Slice) return isSequence(value) ? slice(value, key) : undefined
  const index = asInt(key)
  if (index === null) return undefined
  if (Array.isArray(value)) return (value as Value[])[position(Number(index), value.length)]
  if (typeof value === 'string') {
    const chars = codePoints(value)
    return chars[position(Number(index), chars.length)]
  }
  if (value instanceof Range) {
    const at = position(Number(index), value.length)
    return at >= 0 && at < value.length ? value.at(at) : undefined
  }
  return undefined
}

function position(index: number, length: number): number {
  return index < 0 ? index + length : index
}

/** `value[start:stop:step]` of a list, tuple, string or range. */
export function slice(value: Value, by: Slice): Value {
  const source: readonly Value[] = typeof value === 'string' ? codePoints(value) : Array.from(iterate(value))
  const step = bound(by.step) ?? 1
  if (step === 0) throw valueError('slice step cannot be zero')
  const length = source.length
  const clamp = (given: number | null, low: number, high: number, fallback: number): number =>
    given === null ? fallback : Math.min(Math.max(given < 0 ? given + length : given, low), high)
  const picked: Value[] = []
  if (step > 0) {
    const stop = clamp(bound(by.stop), 0, length, length)
    for (let i = clamp(bound(by.start), 0, length, 0); i < stop; i += step) picked.push(source[i]!)
  } else {
    const stop = clamp(bound(by.stop), -1, length - 1, -1)
    for (let i = clamp(bound(by.start), -1, length - 1, length - 1); i > stop; i += step) picked.push(source[i]!)
  }
  if (typeof value === 'string') return picked.join('')
  return value instanceof Tuple ? Tuple.of_(picked) : picked
}

function bound(value: Value): number | null {
  if (value === null) return null
  const index = asInt(value)
  if (index === null) throw typeError('slice indices must be integers or None')
  return Number(index)
}
