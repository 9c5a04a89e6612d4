import { Float, type Value } from '../../kernel/value.ts'
import { limitError, valueError, zeroDivision } from '../problems.ts'

/** A JavaScript number that stands for a Python float. */
export function float(value: number): Value {
  return Number.isInteger(value) || value === Infinity || value === -Infinity ? new Float(value) : value
}

/** A big integer as the smallest representation of a Python int. */
export function int(value: bigint): number | bigint {
  return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : value
}

export function isFloat(value: Value): boolean {
  return value instanceof Float || (typeof value === 'number' && !Number.isInteger(value))
}

export function isInt(value: Value): value is number | bigint {
  return typeof value === 'bigint' || (typeof value === 'number' && Number.isInteger(value))
}

export function isNumber(value: Value): boolean {
  return typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean' || value instanceof Float
}

/** Python's int view of a value: ints and bools; `null` for everything else. */
export function asInt(value: Value): number | bigint | null {
  if (typeof value === 'bigint') return value
  if (typeof value === 'number') return Number.isInteger(value) ? value : null
  return typeof value === 'boolean' ? Number(value) : null
}

/** The value as a double; `null` when it isn't a number. */
export function asDouble(value: Value): number | null {
  if (typeof value === 'number') return value
  if (value instanceof Float) return value.value
  if (typeof value === 'bigint' || typeof value === 'boolean') return Number(value)
  return null
}

/** `+ - * / // % **` on two numbers; `undefined` when one isn't a number. Raises on division by zero. */
export function arithmetic(operator: string, left: Value, right: Value): Value | undefined {
  const a = asInt(left)
  const b = asInt(right)
  if (a !== null && b !== null) return integers(operator, a, b)
  const x = asDouble(left)
  const y = asDouble(right)
  return x === null || y === null ? undefined : doubles(operator, x, y)
}

function integers(operator: string, a: number | bigint, b: number | bigint): Value {
  if (operator === '/') {
    if (Number(b) === 0) throw zeroDivision('division by zero')
    return float(quotient(a, b))
  }
  if (operator === '**') return power(a, b)
  if ((operator === '//' || operator === '%') && Number(b) === 0) {
    throw zeroDivision('integer division or modulo by zero')
  }
  if (typeof a === 'number' && typeof b === 'number') {
    const quick = small(operator, a, b)
    if (Number.isSafeInteger(quick)) return quick + 0
  }
  return int(large(operator, BigInt(a), BigInt(b)))
}

/** Exact where doubles can't hold the operands: divided with 70 bits to spare, then rounded once. */
function quotient(a: number | bigint, b: number | bigint): number {
  if (typeof a === 'number' && typeof b === 'number') return a / b
  const numerator = BigInt(a)
  const denominator = BigInt(b)
  const bits = denominator.toString(2).length - numerator.toString(2).length + 70
  if (Math.abs(bits) > 900) return Number(numerator) / Number(denominator)
  const scaled = bits >= 0 ? (numerator << BigInt(bits)) / denominator : numerator / (denominator << BigInt(-bits))
  return Number(scaled) / 2 ** bits
}

function small(operator: string, a: number, b: number): number {
  switch (operator) {
    case '+':
      return a + b
    case '-':
      return a - b
    case '*':
      return a * b
    case '//':
      return Math.floor(a / b)
    default:
      return a - b * Math.floor(a / b)
  }
}

function large(operator: string, a: bigint, b: bigint): bigint {
  switch (operator) {
    case '+':
      return a + b
    case '-':
      return a - b
    case '*':
      return a * b
    default: {
      const remainder = a % b
      const floored = remainder !== 0n && remainder < 0n !== b < 0n
      if (operator === '%') return floored ? remainder + b : remainder
      return floored ? a / b - 1n : a / b
    }
  }
}

function power(a: number | bigint, b: number | bigint): Value {
  if (b < 0) {
    if (Number(a) === 0) throw zeroDivision('0.0 cannot be raised to a negative power')
    return float(Number(a) ** Number(b))
  }
  const bits = BigInt(a).toString(2).length
  if (bits > 1 && Number(b) * bits > 1_000_000) throw limitError(`${a} ** ${b} has too many digits`)
  return int(BigInt(a) ** BigInt(b))
}

function doubles(operator: string, x: number, y: number): Value {
  switch (operator) {
    case '+':
      return float(x + y)
    case '-':
      return float(x - y)
    case '*':
      return float(x * y)
    case '/':
      if (y === 0) throw zeroDivision('float division by zero')
      return float(x / y)
    case '//':
      if (y === 0) throw zeroDivision('float floor division by zero')
      return float(Math.floor(x / y))
    case '%':
      if (y === 0) throw zeroDivision('float modulo')
      return float(modulo(x, y))
    default:
      if (x < 0 && !Number.isInteger(y)) throw valueError('a negative number has no fractional power')
      if (x === 0 && y < 0) throw zeroDivision('0.0 cannot be raised to a negative power')
      return float(x ** y)
  }
}

function modulo(x: number, y: number): number {
  const remainder = x % y
  return remainder !== 0 && remainder < 0 !== y < 0 ? remainder + y : remainder
}

/** Python's `round`: half to even, to `digits` decimals. */
export function roundHalfEven(value: number, digits: number): number {
  if (!Number.isFinite(value)) return value
  if (digits > 15) return value
  if (digits >= 0) {
    const fixed = Number(exactFixed(value, digits))
    return fixed
  }
  const scale = 10 ** -digits
  const scaled = value / scale
  const floor = Math.floor(scaled)
  const diff = scaled - floor
  const rounded = diff > 0.5 || (diff === 0.5 && floor % 2 !== 0) ? floor + 1 : floor
  return rounded * scale
}

/** `value` with `digits` decimals as C's printf prints it: the exact binary value, ties to even. */
export function exactFixed(value: number, digits: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf'
  const { mantissa, exponent } = decompose(Math.abs(value))
  const scale = 10n ** BigInt(digits)
  let quotient: bigint
  if (exponent >= 0) quotient = (mantissa << BigInt(exponent)) * scale
  else {
    const divisor = 1n << BigInt(-exponent)
    const numerator = mantissa * scale
    quotient = numerator / divisor
    const twice = (numerator % divisor) * 2n
    if (twice > divisor || (twice === divisor && quotient % 2n === 1n)) quotient += 1n
  }
  const text = quotient.toString().padStart(digits + 1, '0')
  const sign = value < 0 || Object.is(value, -0) ? '-' : ''
  return sign + (digits === 0 ? text : `${text.slice(0, -digits)}.${text.slice(-digits)}`)
}

function decompose(value: number): { mantissa: bigint; exponent: number } {
  const view = new DataView(new ArrayBuffer(8))
  view.setFloat64(0, value)
  const bits = view.getBigUint64(0)
  const exponent = Number((bits >> 52n) & 0x7ffn)
  const fraction = bits & 0xfffffffffffffn
  return exponent === 0
    ? { mantissa: fraction, exponent: -1074 }
    : { mantissa: fraction | (1n << 52n), exponent: exponent - 1075 }
}
