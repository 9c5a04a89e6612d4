import type { Value } from '../../kernel/value.ts'
import { typeError, valueError, withinLimit } from '../problems.ts'
import { asDouble, asInt, exactFixed, isFloat } from './numbers.ts'
import { floatRepr, str } from './repr.ts'
import { codePoints, textLength } from './text.ts'
import { typeName } from './type-name.ts'

type Spec = {
  readonly fill: string
  readonly align: string
  readonly sign: string
  readonly alternate: boolean
  readonly width: number
  readonly grouping: string
  readonly precision: number | null
  readonly type: string
}

const pattern = /^(?:(.)?([<>=^]))?([ +-]?)(#?)(0?)(\d*)([,_]?)(?:\.(\d+))?([bcdeEfFgGnosxX%]?)$/su

/** Python's `format(value, spec)`. */
export function formatValue(value: Value, text: string): string {
  if (text === '') return str(value)
  const match = pattern.exec(text)
  if (match === null) throw valueError(`Invalid format specifier '${text}'`)
  const [, fill, align = '', sign = '', alternate, zero, width, grouping = '', precision, type = ''] = match
  const spec: Spec = {
    fill: fill ?? (zero === '0' ? '0' : ' '),
    align: align === '' && zero === '0' ? '=' : align,
    sign,
    alternate: alternate === '#',
    width: withinLimit(Number(width), 'the text'),
    grouping,
    precision: precision === undefined ? null : withinLimit(Number(precision), 'the text'),
    type,
  }
  if (typeof value === 'string') return formatText(value, spec)
  if (typeof value === 'boolean' && type === '') return formatText(str(value), spec)
  const number = asDouble(value)
  if (number === null) throw typeError(`unsupported format string passed to ${typeName(value)}.__format__`)
  return isFloat(value) || 'eEfFgG%'.includes(type || ' ') ? formatFloat(number, spec) : formatInt(asInt(value)!, spec)
}

function formatText(value: string, spec: Spec): string {
  if (spec.type !== '' && spec.type !== 's')
    throw valueError(`Unknown format code '${spec.type}' for object of type 'str'`)
  const shown = spec.precision === null ? value : codePoints(value).slice(0, spec.precision).join('')
  return align('', shown, spec, '<')
}

function formatInt(value: number | bigint, spec: Spec): string {
  if (spec.type === 'c') return align('', String.fromCodePoint(Number(value)), spec, '<')
  if (spec.type === 's') throw valueError("Unknown format code 's' for object of type 'int'")
  const negative = value < 0
  const magnitude = BigInt(value) < 0n ? -BigInt(value) : BigInt(value)
  const radix = { b: 2, o: 8, x: 16, X: 16 }[spec.type] ?? 10
  let digits = magnitude.toString(radix)
  if (spec.type === 'X') digits = digits.toUpperCase()
  const prefix = spec.alternate && radix !== 10 ? `0${spec.type}` : ''
  return align(signOf(negative, spec) + prefix, group(digits, spec.grouping, radix === 10 ? 3 : 4), spec, '>')
}

function formatFloat(value: number, spec: Spec): string {
  const negative = value < 0 || Object.is(value, -0)
  const magnitude = Math.abs(value)
  const text = floatDigits(magnitude, spec.type, spec.precision, spec.alternate)
  const [whole = '', rest] = /^\d/.test(text)
    ? text.split(/(?=[.e%E])/, 1).concat(text.replace(/^\d+/, ''))
    : [text, '']
  return align(signOf(negative, spec), group(whole, spec.grouping, 3) + (rest ?? ''), spec, '>')
}

/** A non-negative float in one of printf's notations. */
export function floatDigits(value: number, type: string, precision: number | null, alternate: boolean): string {
  if (!Number.isFinite(value)) {
    const name = Number.isNaN(value) ? 'nan' : 'inf'
    return type === 'F' || type === 'E' || type === 'G' ? name.toUpperCase() : name
  }
  switch (type) {
    case 'f':
    case 'F':
      return exactFixed(value, precision ?? 6)
    case '%':
      return `${exactFixed(value * 100, precision ?? 6)}%`
    case 'e':
    case 'E':
      return cased(exponential(value, precision ?? 6), type)
    case 'g':
    case 'G':
    case 'n':
      return cased(general(value, precision ?? 6, alternate), type)
    default: {
      if (precision === null) return floatRepr(value)
      const shown = general(value, precision, false)
      return /[.e]/.test(shown) ? shown : `${shown}.0`
    }
  }
}

function cased(text: string, type: string): string {
  return type === type.toUpperCase() ? text.toUpperCase() : text
}

function exponential(value: number, precision: number): string {
  const [mantissa, exponent = '0'] = value.toExponential(Math.min(precision, 100)).split('e')
  return `${mantissa}e${exponent[0] === '-' ? '-' : '+'}${exponent.replace(/[+-]/, '').padStart(2, '0')}`
}

function general(value: number, precision: number, alternate: boolean): string {
  const digits = Math.max(1, precision)
  const exponent = value === 0 ? 0 : Number(value.toExponential(Math.min(digits - 1, 100)).split('e')[1])
  const scientific = exponent < -4 || exponent >= digits
  const text = scientific ? exponential(value, digits - 1) : exactFixed(value, digits - 1 - exponent)
  if (alternate) return text
  return text.replace(/(\.\d*?)0+(?=e|$)/, '$1').replace(/\.(?=e|$)/, '')
}

function signOf(negative: boolean, spec: Spec): string {
  return negative ? '-' : spec.sign === '+' || spec.sign === ' ' ? spec.sign : ''
}

function group(digits: string, separator: string, size: number): string {
  if (separator === '') return digits
  return digits.replace(new RegExp(`\\B(?=(?:\\w{${size}})+$)`, 'g'), separator)
}

function align(prefix: string, body: string, spec: Spec, fallback: string): string {
  const missing = spec.width - textLength(prefix) - textLength(body)
  if (missing <= 0) return prefix + body
  const side = spec.align === '' ? fallback : spec.align
  if (side === '=') return prefix + spec.fill.repeat(missing) + body
  if (side === '<') return prefix + body + spec.fill.repeat(missing)
  if (side === '>') return spec.fill.repeat(missing) + prefix + body
  const left = Math.floor(missing / 2)
  return spec.fill.repeat(left) + prefix + body + spec.fill.repeat(missing - left)
}
