import { type Position, Problem } from '../kernel/problem.ts'
import { type Dict, Float, toJson, type Value } from '../kernel/value.ts'
import { carried } from '../template/index.ts'

const TRUE = new Set(['y', 'yes', 'on', '1', 'true', 't', '1.0'])
const FALSE = new Set(['n', 'no', 'off', '0', 'false', 'f', '0.0', ''])

/** A keyword's value as a boolean, by Ansible's rules (`yes`, `on`, `1`, …). Raises `keyword.type`. */
export function asBoolean(value: Value, at: Position | null = null): boolean {
  if (typeof value === 'boolean') return value
  if (value === null) return false
  const text = String(value instanceof Float ? value.value : value).toLowerCase()
  if (TRUE.has(text)) return true
  if (FALSE.has(text)) return false
  throw new Problem({ code: 'keyword.type', summary: 'Not a boolean', detail: `"${text}" is neither yes nor no`, at })
}

/** Whether a value says yes; whatever is no boolean says no, where Ansible is not strict. */
export function isTrue(value: Value): boolean {
  return TRUE.has(asText(value).toLowerCase())
}

/** A keyword's value as text. */
export function asText(value: Value): string {
  if (typeof value === 'string') return value
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  if (value instanceof Float) return value.value.toFixed(1)
  return typeof value === 'object' ? JSON.stringify(toJson(value)) : String(value)
}

/** A keyword's value as an integer; of a number with a fraction the whole part, as in Ansible. Raises `keyword.type`. */
export function asInteger(value: Value, at: Position | null = null): number {
  if (value instanceof Float || typeof value === 'number')
    return Math.trunc(Number(value instanceof Float ? value.value : value))
  const number = Number(value)
  if (Number.isInteger(number)) return number
  throw new Problem({ code: 'keyword.type', summary: 'Not an integer', detail: `"${asText(value)}" is no integer`, at })
}

/** A value or a list of values as a list. */
export function asList(value: Value | undefined): readonly Value[] {
  if (value === undefined || value === null) return []
  return Array.isArray(value) ? value : [value]
}

/** A value with its tuples as lists: what a task keeps goes, in Ansible, through JSON. */
export function withoutTuples(value: Value): Value {
  if (Array.isArray(value))
    return carried(
      [value],
      [...value].map((item) => withoutTuples(item as Value)),
    )
  if (!(value instanceof Map) || value.constructor !== Map) return value
  return carried([value], new Map([...(value as Dict)].map(([key, item]) => [key, withoutTuples(item)])))
}

/** A value without the members that `omit` stands for, at any depth. */
export function withoutOmitted(value: Value, omit: Value | undefined): Value {
  if (Array.isArray(value)) {
    const rest = value.filter((item) => item !== omit)
    return carried(
      [value],
      rest.map((item) => withoutOmitted(item, omit)),
    )
  }
  if (!(value instanceof Map) || value.constructor !== Map) return value
  const kept = [...(value as Dict)].filter(([, item]) => item !== omit)
  return carried([value], new Map(kept.map(([key, item]) => [key, withoutOmitted(item, omit)])))
}
