import { Tuple, type Value } from '../../kernel/value.ts'
import { parseLiteral } from '../python/literal.ts'
import { asDouble, isFloat } from '../python/numbers.ts'
import { str } from '../python/repr.ts'
import { DictView, LazyDict, NativeText, Range, Undefined } from '../python/types.ts'
import type { Mode } from './context.ts'

/** The printed parts as one value: text, or what Ansible makes of them with jinja2_native off and on. */
export function concat(parts: readonly Value[], mode: Mode): Value {
  if (mode === 'text' || mode === 'native-text') return joined(parts)
  return mode === 'value' ? evaluated(parts) : native(parts)
}

/** Makes text of the last parts, once there are two: what the template does to a value afterwards is not seen in what was printed. */
export function fixPrinted(parts: Value[]): void {
  if (parts.length < 2) return
  for (let index = parts.length - 2; index < parts.length; index++) {
    const part = parts[index]!
    if (Array.isArray(part) || part instanceof Map) parts[index] = str(part)
  }
}

function joined(parts: readonly Value[]): string {
  if (parts.length === 1) return str(parts[0]!)
  let text = ''
  for (const part of parts) text += typeof part === 'string' ? part : str(part)
  return text
}

/** A value as `{{ }}` prints it: nothing for None unless native, lists for lazy sequences. Raises for undefined values. */
export function finalize(value: Value, mode: Mode): Value {
  if (typeof value === 'string') return value
  if (value === null) return mode === 'native' ? null : mode === 'native-text' ? 'None' : ''
  if (typeof value !== 'object') return value
  if (value instanceof Undefined && value.quiet) return mode === 'native' ? value : ''
  if (value instanceof Range) return [...value]
  if (value instanceof DictView) return [...value.entries()]
  if (mode === 'text' || mode === 'native-text') return str(value)
  failOnUndefined(value, 0)
  return value
}

function failOnUndefined(value: Value, depth: number): void {
  if (value instanceof Undefined) {
    if (!value.quiet) throw value.problem()
  } else if (depth > 500) return
  else if (Array.isArray(value)) for (const item of value) failOnUndefined(item as Value, depth + 1)
  else if (value instanceof Map) for (const item of value.values()) failOnUndefined(item as Value, depth + 1)
}

function evaluated(parts: readonly Value[]): Value {
  const [first] = parts
  if (first === undefined) return ''
  if (parts.length === 1) {
    if (first instanceof NativeText) return first
    if (typeof first === 'boolean') return first
    if (Array.isArray(first) || first instanceof Map || first instanceof LazyDict) {
      const copy = plainCopy(first, 0)
      if (copy !== undefined) return copy
    }
  }
  const text = joined(parts)
  if (!text.startsWith('{') && !text.startsWith('[')) return text === 'True' ? true : text === 'False' ? false : text
  const value = parseLiteral(text, true)
  return value === undefined ? text : value
}

/** The copy that printing a list or dict and reading it back would give; `undefined` when that wouldn't be the same value. */
function plainCopy(value: Value, depth: number): Value | undefined {
  if (value === null || typeof value === 'string' || typeof value === 'boolean' || typeof value === 'bigint')
    return value
  if (isFloat(value)) return Number.isFinite(asDouble(value)) ? value : undefined
  if (typeof value === 'number') return value
  if (depth > 90) return undefined
  if (Array.isArray(value)) {
    if (depth === 0 && value instanceof Tuple) return undefined
    const copy: Value[] = value instanceof Tuple ? new Tuple() : []
    for (const item of value) {
      const inner = plainCopy(item as Value, depth + 1)
      if (inner === undefined) return undefined
      copy.push(inner)
    }
    return copy
  }
  return value instanceof Map || value instanceof LazyDict ? plainDict(value, depth) : undefined
}

function plainDict(dict: Map<Value, Value> | LazyDict, depth: number): Value | undefined {
  const copy = new Map<Value, Value>()
  for (const key of dict.keys()) {
    const item = dict.get(key)
    const inner = item === undefined ? undefined : plainCopy(item, depth + 1)
    if (inner === undefined) return undefined
    copy.set(key, inner)
  }
  return copy
}

function native(parts: readonly Value[]): Value {
  const [first] = parts
  if (first === undefined) return null
  if (parts.length === 1 && typeof first !== 'string') return first
  const text = joined(parts)
  const value = parseLiteral(text, false)
  if (value === undefined) return text
  return typeof value === 'string' ? `${text[0]}${value}${text[0]}` : value
}
