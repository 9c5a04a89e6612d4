import type { Value } from '../../kernel/value.ts'
import { typeError } from '../problems.ts'
import { truthy } from './compare.ts'
import { asDouble, asInt } from './numbers.ts'
import { repr, str } from './repr.ts'
import { typeName } from './type-name.ts'
import { Undefined } from './types.ts'

/** The value if it is text. Raises TypeError naming `what` if not. */
export function text(value: Value, what: string): string {
  if (typeof value === 'string') return value
  if (value instanceof Undefined) throw value.problem()
  throw typeError(`${what} must be str, not ${typeName(value)}`)
}

/** An optional text argument. */
export function optionalText(value: Value | undefined, fallback: string): string {
  return value === undefined || value === null ? fallback : str(value)
}

/** The value as an index or a count. Raises TypeError when it is no int. */
export function integer(value: Value, what: string): number {
  const number = asInt(value)
  if (number !== null) return Number(number)
  if (value instanceof Undefined) throw value.problem()
  throw typeError(`${what} must be an integer, not ${typeName(value)} (${repr(value)})`)
}

export function optionalInteger(value: Value | undefined, fallback: number, what: string): number {
  return value === undefined || value === null ? fallback : integer(value, what)
}

export function number(value: Value, what: string): number {
  const double = asDouble(value)
  if (double !== null) return double
  if (value instanceof Undefined) throw value.problem()
  throw typeError(`${what} must be a number, not ${typeName(value)}`)
}

export function flag(value: Value | undefined, fallback = false): boolean {
  return value === undefined ? fallback : truthy(value)
}
