import { Float, type Value } from '../../kernel/value.ts'
import { filterError, typeError } from '../problems.ts'
import { calls } from '../python/call.ts'
import { flag, number, optionalInteger, optionalText } from '../python/coerce.ts'
import { asDouble, asInt, exactFixed, float, int, roundHalfEven } from '../python/numbers.ts'
import { unary } from '../python/operators.ts'
import { str } from '../python/repr.ts'
import { strip } from '../python/text.ts'
import { typeName } from '../python/type-name.ts'
import { type Call, present, Undefined } from '../python/types.ts'
import { bytesFromHuman, humanBytes } from './human.ts'

/** Filters of numbers. */
export const numberFilters: ReadonlyMap<string, Call> = calls({
  'int(value default? base?)': (_, value, fallback, base) =>
    toInt(
      value,
      present(fallback, () => 0),
      optionalInteger(base, 10, 'base'),
    ),
  'float(value default?)': (_, value, fallback) =>
    toFloat(
      value,
      present(fallback, () => new Float(0)),
    ),
  'abs(x)': (_, value) => absolute(value),
  'round(value precision? method?)': (_, value, precision, method) =>
    round(value, optionalInteger(precision, 0, 'precision'), optionalText(method, 'common')),
  'log(x base?)': (_, x, base) => logarithm(number(x, 'log() can only be used on numbers: it'), base),
  'pow|power(x y)': (_, x, y) => float(number(x, 'pow() can only be used on numbers: it') ** number(y, 'the exponent')),
  'root(x base?)': (_, x, base) => root(number(x, 'root() can only be used on numbers: it'), base),
  'human_readable(size isbits? unit?)': (_, size, bits, unit) =>
    humanBytes(number(size, 'the size'), flag(bits), optionalText(unit, '')),
  'human_to_bytes(size default_unit? isbits?)': (_, size, unit, bits) =>
    bytesFromHuman(str(size), optionalText(unit, ''), flag(bits)),
  'filesizeformat(value binary?)': (_, value, binary) => fileSize(Number(str(toFloat(value, 0))), flag(binary)),
})

/** Python's `int()` with Jinja2's default for what is no number. */
function toInt(value: Value, fallback: Value, base = 10): Value {
  if (value instanceof Undefined) throw value.problem()
  const already = asInt(value)
  if (already !== null) return already
  const double = asDouble(value)
  if (double !== null) return Number.isFinite(double) ? int(BigInt(Math.trunc(double))) : fallback
  if (typeof value !== 'string') return fallback
  const parsed = parseInteger(strip(value), base)
  if (parsed !== null) return int(parsed)
  const decimal = parseFloatText(value)
  return decimal !== null && Number.isFinite(decimal) ? int(BigInt(Math.trunc(decimal))) : fallback
}

function parseInteger(text: string, base: number): bigint | null {
  const match = /^([+-]?)(0[xX]|0[oO]|0[bB])?_?([0-9a-zA-Z]+(?:_[0-9a-zA-Z]+)*)$/.exec(text)
  if (match === null || base < 0 || base === 1 || base > 36) return null
  const [, sign = '', prefix = '', digits = ''] = match
  const own = prefixBase(prefix)
  const radix = base === 0 ? (own ?? 10) : base
  const usesPrefix = own !== null && own === radix
  const body = (usesPrefix ? '' : prefix) + digits.replaceAll('_', '')
  let value = 0n
  for (const char of body.toLowerCase()) {
    const digit = Number.parseInt(char, 36)
    if (Number.isNaN(digit) || digit >= radix) return null
    value = value * BigInt(radix) + BigInt(digit)
  }
  return sign === '-' ? -value : value
}

function prefixBase(prefix: string): number | null {
  switch (prefix.toLowerCase()) {
    case '0x':
      return 16
    case '0o':
      return 8
    case '0b':
      return 2
    default:
      return null
  }
}

/** Python's `float(text)`; null when it is none. */
function parseFloatText(text: string): number | null {
  const trimmed = strip(text).toLowerCase()
  const special = /^([+-]?)(inf|infinity|nan)$/.exec(trimmed)
  if (special !== null) return special[2] === 'nan' ? Number.NaN : special[1] === '-' ? -Infinity : Infinity
  return /^[+-]?(\d+(_\d+)*\.?(\d+(_\d+)*)?|\.\d+(_\d+)*)(e[+-]?\d+(_\d+)*)?$/.test(trimmed)
    ? Number(trimmed.replaceAll('_', ''))
    : null
}

export function toFloat(value: Value, fallback: Value): Value {
  if (value instanceof Undefined) throw value.problem()
  const double = asDouble(value)
  if (double !== null) return float(double)
  const parsed = typeof value === 'string' ? parseFloatText(value) : null
  return parsed === null ? fallback : float(parsed)
}

function absolute(value: Value): Value {
  if (value instanceof Undefined) throw value.problem()
  const double = asDouble(value)
  if (double === null) throw typeError(`bad operand type for abs(): '${typeName(value)}'`)
  return double < 0 || Object.is(double, -0) ? unary('-', value) : unary('+', value)
}

function round(value: Value, precision: number, method: string): Value {
  const double = number(value, 'round: the value')
  if (method === 'common' && asInt(value) !== null && precision >= 0) return asInt(value)!
  if (method === 'common') return float(roundHalfEven(double, precision))
  if (method !== 'ceil' && method !== 'floor') throw filterError('method must be common, ceil or floor')
  const scale = 10 ** precision
  return float((method === 'ceil' ? Math.ceil(double * scale) : Math.floor(double * scale)) / scale)
}

function logarithm(x: number, base: Value | undefined): Value {
  if (x <= 0) throw filterError('math domain error: the logarithm of zero or less')
  if (base === undefined) return float(Math.log(x))
  const by = number(base, 'the base')
  return float(by === 10 ? Math.log10(x) : Math.log(x) / Math.log(by))
}

function root(x: number, base: Value | undefined): Value {
  const by = base === undefined ? 2 : number(base, 'the base')
  if (x < 0 && by === 2) throw filterError('root() can only be used on numbers: math domain error')
  return float(by === 2 ? Math.sqrt(x) : x ** (1 / by))
}

function fileSize(bytes: number, binary: boolean): string {
  const base = binary ? 1024 : 1000
  if (bytes === 1) return '1 Byte'
  if (bytes < base) return `${Math.trunc(bytes)} Bytes`
  const units = binary
    ? ['KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB', 'ZiB', 'YiB']
    : ['kB', 'MB', 'GB', 'TB', 'PB', 'EB', 'ZB', 'YB']
  const index = Math.max(
    0,
    units.findIndex((_, i) => bytes < base ** (i + 2)),
  )
  const last = bytes >= base ** (units.length + 1) ? units.length - 1 : index
  return `${exactFixed((base * bytes) / base ** (last + 2), 1)} ${units[last]}`
}
