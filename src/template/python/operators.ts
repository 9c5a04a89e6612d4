import { Tuple, type Value } from '../../kernel/value.ts'
import { typeError, withinLimit } from '../problems.ts'
import { isIn } from './compare.ts'
import { DateTime, TimeDelta } from './datetime.ts'
import { setFrom } from './dict.ts'
import { arithmetic, asDouble, asInt, float, isFloat } from './numbers.ts'
import { percentFormat } from './percent-format.ts'
import { typeName } from './type-name.ts'
import { Undefined } from './types.ts'

/** `+ - * / // % **` of Python. Raises TypeError when the types have no such operator. */
export function binary(operator: string, left: Value, right: Value): Value {
  const number = arithmetic(operator, left, right)
  if (number !== undefined) return number
  if (left instanceof Undefined) throw left.problem()
  if (operator === '%' && typeof left === 'string') return percentFormat(left, right)
  if (right instanceof Undefined) throw right.problem()
  const value =
    operator === '+' ? add(left, right) : operator === '*' ? multiply(left, right) : subtract(operator, left, right)
  if (value !== undefined) return value
  throw typeError(mismatch(operator, left, right), hint(operator, left, right))
}

function mismatch(operator: string, left: Value, right: Value): string {
  if (operator === '+' && typeof left === 'string') {
    return `can only concatenate str (not "${typeName(right)}") to str`
  }
  if (operator === '+' && Array.isArray(left)) {
    return `can only concatenate ${typeName(left)} (not "${typeName(right)}") to ${typeName(left)}`
  }
  const shown = operator === '**' ? '** or pow()' : operator
  return `unsupported operand type(s) for ${shown}: '${typeName(left)}' and '${typeName(right)}'`
}

function hint(operator: string, left: Value, right: Value): string | undefined {
  if (operator !== '+' || !(typeof left === 'string' || typeof right === 'string')) return undefined
  return 'use ~ to join text, or |int to add numbers'
}

function add(left: Value, right: Value): Value | undefined {
  if (typeof left === 'string') return typeof right === 'string' ? left + right : undefined
  if (Array.isArray(left) && Array.isArray(right)) {
    if (left instanceof Tuple !== right instanceof Tuple) return undefined
    withinLimit(left.length + right.length, 'the list')
    const both = [...(left as Value[]), ...(right as Value[])]
    return left instanceof Tuple ? Tuple.of_(both) : both
  }
  return moment(left, right, 1)
}

function moment(left: Value, right: Value, sign: 1 | -1): Value | undefined {
  if (left instanceof TimeDelta && right instanceof DateTime && sign === 1) return moment(right, left, sign)
  if (left instanceof DateTime && right instanceof TimeDelta) {
    return new DateTime(left.microseconds + sign * right.microseconds)
  }
  if (left instanceof TimeDelta && right instanceof TimeDelta) {
    return new TimeDelta(left.microseconds + sign * right.microseconds)
  }
  if (left instanceof DateTime && right instanceof DateTime && sign === -1) {
    return new TimeDelta(left.microseconds - right.microseconds)
  }
  return undefined
}

function multiply(left: Value, right: Value): Value | undefined {
  const times = asInt(right)
  if (times === null) return asInt(left) === null ? undefined : repeat(right, Number(asInt(left)))
  return repeat(left, Number(times))
}

function repeat(value: Value, times: number): Value | undefined {
  const count = Math.max(0, times)
  if (typeof value === 'string') {
    withinLimit(value.length * count, 'the text')
    return value.repeat(count)
  }
  if (!Array.isArray(value)) return undefined
  withinLimit(value.length * count, 'the list')
  const items: Value[] = value instanceof Tuple ? new Tuple() : []
  for (let i = 0; i < count; i++) for (const item of value) items.push(item as Value)
  return items
}

function subtract(operator: string, left: Value, right: Value): Value | undefined {
  if (operator !== '-') return undefined
  if (left instanceof Set && right instanceof Set)
    return setFrom([...left].filter((item) => !isIn(item as Value, right)) as Value[])
  return moment(left, right, -1)
}

/** `-value` and `+value`. */
export function unary(operator: '-' | '+', value: Value): Value {
  if (value instanceof Undefined) throw value.problem()
  if (isFloat(value)) return operator === '-' ? float(-asDouble(value)!) : value
  const number = operator === '-' ? arithmetic('-', 0, value) : arithmetic('+', 0, value)
  if (number !== undefined) return number
  throw typeError(`bad operand type for unary ${operator}: '${typeName(value)}'`)
}
