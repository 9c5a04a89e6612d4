import { Tuple, type Value } from '../../kernel/value.ts'
import { lookupError, typeError, valueError, withinLimit } from '../problems.ts'
import { dictGet, isMapping } from './dict.ts'
import { floatDigits } from './format-spec.ts'
import { asDouble, asInt } from './numbers.ts'
import { repr, str } from './repr.ts'
import { codePoints, textLength } from './text.ts'
import { typeName } from './type-name.ts'
import { Undefined } from './types.ts'

const directive = /%(?:\(((?:[^()]|\([^()]*\))*)\))?([-+ #0]*)(\*|\d+)?(?:\.(\*|\d+)?)?[hlL]?([\s\S])?/g

type Spec = { readonly flags: string; readonly width: number; readonly precision: number | null }

/** Python's `format % values`. Raises TypeError when the values don't fit the format. */
export function percentFormat(format: string, values: Value): string {
  if (values instanceof Undefined) throw values.problem()
  const args: readonly Value[] = values instanceof Tuple ? Array.from(values as Iterable<Value>) : [values]
  let next = 0
  const take = (): Value => {
    if (next >= args.length) throw typeError('not enough arguments for format string')
    return args[next++]!
  }
  const text = format.replace(directive, (whole, key: string | undefined, flags: string, width, precision, code) => {
    if (code === '%') return '%'
    if (code === undefined) throw valueError('incomplete format')
    const star = (given: string | undefined): number => Number(given === '*' ? str(take()) : (given ?? 0))
    const wide = star(width)
    const hasPrecision = /\.[\d*]*[hlL]?.?$/s.test(whole) && whole.includes('.')
    const spec: Spec = {
      flags: wide < 0 ? `${flags}-` : flags,
      width: withinLimit(Math.abs(wide), 'the text'),
      precision: hasPrecision ? withinLimit(star(precision), 'the text') : null,
    }
    return convert(code, key === undefined ? take() : byKey(values, key), spec)
  })
  if (next < args.length && !isMapping(values) && !(Array.isArray(values) && !(values instanceof Tuple) && next > 0)) {
    throw typeError('not all arguments converted during string formatting')
  }
  return text
}

function byKey(values: Value, key: string): Value {
  if (!isMapping(values)) throw typeError('format requires a mapping')
  const value = dictGet(values, key)
  if (value === undefined) throw lookupError(repr(key))
  return value
}

function convert(code: string, value: Value, spec: Spec): string {
  switch (code) {
    case 's':
      return pad('', cut(str(value), spec.precision), spec)
    case 'r':
    case 'a':
      return pad('', cut(repr(value), spec.precision), spec)
    case 'c':
      return pad('', typeof value === 'string' ? value : String.fromCodePoint(Number(wholeNumber(value, code))), spec)
    case 'd':
    case 'i':
    case 'u':
    case 'x':
    case 'X':
    case 'o':
      return integer(code, value, spec)
    case 'e':
    case 'E':
    case 'f':
    case 'F':
    case 'g':
    case 'G':
      return decimal(code, value, spec)
    default:
      throw valueError(`unsupported format character '${code}'`)
  }
}

function cut(text: string, precision: number | null): string {
  return precision === null ? text : codePoints(text).slice(0, precision).join('')
}

function wholeNumber(value: Value, code: string): bigint {
  const int = asInt(value)
  if (int !== null) return BigInt(int)
  if (value instanceof Undefined) throw value.problem()
  const double = asDouble(value)
  if (double !== null && 'diu'.includes(code) && Number.isFinite(double)) return BigInt(Math.trunc(double))
  throw typeError(
    'diu'.includes(code)
      ? `%${code} format: a real number is required, not ${typeName(value)}`
      : `%${code} format: an integer is required, not ${typeName(value)}`,
    typeof value === 'string' ? 'turn it into a number with |int' : undefined,
  )
}

function integer(code: string, value: Value, spec: Spec): string {
  const number = wholeNumber(value, code)
  const radix = code === 'x' || code === 'X' ? 16 : code === 'o' ? 8 : 10
  let digits = (number < 0n ? -number : number).toString(radix)
  if (spec.precision !== null) digits = digits.padStart(spec.precision, '0')
  if (code === 'X') digits = digits.toUpperCase()
  const prefix = spec.flags.includes('#') && radix !== 10 ? `0${code}` : ''
  return pad(sign(number < 0n, spec) + prefix, digits, spec)
}

function decimal(code: string, value: Value, spec: Spec): string {
  const double = asDouble(value)
  if (value instanceof Undefined) throw value.problem()
  if (double === null) throw typeError(`must be real number, not ${typeName(value)}`)
  const digits = floatDigits(Math.abs(double), code, spec.precision, spec.flags.includes('#'))
  return pad(sign(double < 0 || Object.is(double, -0), spec), digits, spec)
}

function sign(negative: boolean, spec: Spec): string {
  return negative ? '-' : spec.flags.includes('+') ? '+' : spec.flags.includes(' ') ? ' ' : ''
}

function pad(prefix: string, body: string, spec: Spec): string {
  const missing = spec.width - textLength(prefix) - textLength(body)
  if (missing <= 0) return prefix + body
  if (spec.flags.includes('-')) return prefix + body + ' '.repeat(missing)
  const zeros = spec.flags.includes('0') && /^[\da-fA-F.]/.test(body)
  return zeros ? prefix + '0'.repeat(missing) + body : ' '.repeat(missing) + prefix + body
}
