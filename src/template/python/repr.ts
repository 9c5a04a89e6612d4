import { Float, Tuple, type Value } from '../../kernel/value.ts'
import { limitError } from '../problems.ts'
import { DateTime, TimeDelta } from './datetime.ts'
import { dictEntries } from './dict.ts'
import { Attributes, Callable, DictView, LazyDict, NativeText, Range, Undefined } from './types.ts'

/** Python's `str(value)`. Raises `template.undefined` for an undefined value. */
export function str(value: Value): string {
  if (typeof value === 'string') return value
  if (typeof value === 'number' && Number.isInteger(value)) return String(value)
  if (value instanceof DateTime || value instanceof TimeDelta) return value.toString()
  if (value instanceof NativeText) return value.text
  return repr(value)
}

/** Python's `repr(value)`. Raises `template.undefined` for an undefined value. */
export function repr(value: Value): string {
  return show(value, [])
}

function show(value: Value, parents: Value[]): string {
  if (typeof value === 'string') return quoteText(value)
  if (value === null) return 'None'
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  if (typeof value === 'number') return Number.isInteger(value) ? String(value) : floatRepr(value)
  if (typeof value === 'bigint') return value.toString()
  if (value instanceof Float) return floatRepr(value.value)
  if (value instanceof Undefined) {
    if (value.quiet) return ''
    throw value.problem()
  }
  if (parents.includes(value)) return Array.isArray(value) ? '[...]' : '{...}'
  if (parents.length > 500) throw limitError('a value nests more than 500 levels deep')
  return showContainer(value, [...parents, value])
}

function showContainer(value: object, parents: Value[]): string {
  const each = (items: Iterable<Value>): string => [...items].map((item) => show(item, parents)).join(', ')
  if (value instanceof Tuple) return value.length === 1 ? `(${each(value)},)` : `(${each(value)})`
  if (Array.isArray(value)) return `[${each(value)}]`
  if (value instanceof Map || value instanceof LazyDict) {
    return `{${dictEntries(value)
      .map(([key, item]) => `${show(key, parents)}: ${show(item, parents)}`)
      .join(', ')}}`
  }
  if (value instanceof Set) return value.size === 0 ? 'set()' : `{${each(value)}}`
  if (value instanceof DictView) return `dict_${value.kind}([${each(value.entries())}])`
  if (value instanceof Range) {
    return `range(${value.start}, ${value.stop}${value.step === 1 ? '' : `, ${value.step}`})`
  }
  if (value instanceof NativeText) return quoteText(value.text)
  if (value instanceof DateTime || value instanceof TimeDelta) return value.repr()
  if (value instanceof Callable) return `<function ${value.name}>`
  if (value instanceof Attributes) return `<${value.typeName}>`
  return '<object>'
}

/** A float as Python prints it: the shortest digits that read back, an exponent below 1e-4 and from 1e16. */
export function floatRepr(value: number): string {
  if (Number.isNaN(value)) return 'nan'
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf'
  if (value === 0) return Object.is(value, -0) ? '-0.0' : '0.0'
  const [mantissa = '', power = '0'] = value.toExponential().split('e')
  const exponent = Number(power)
  if (exponent >= 16 || exponent < -4) {
    const digits = Math.abs(exponent).toString().padStart(2, '0')
    return `${mantissa}e${exponent < 0 ? '-' : '+'}${digits}`
  }
  const plain = Math.abs(exponent) < 7 ? String(value) : fixed(mantissa, exponent)
  return plain.includes('.') ? plain : `${plain}.0`
}

function fixed(mantissa: string, exponent: number): string {
  const sign = mantissa.startsWith('-') ? '-' : ''
  const digits = mantissa.replace('-', '').replace('.', '')
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, '0')
  const rest = digits.slice(exponent + 1)
  return sign + whole + (rest === '' ? '' : `.${rest}`)
}

const needsEscape =
  /['\\\x00-\x1f\x7f-\xa0\xad\u0378\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ue000-\uf8ff\ufeff\ufff0-\uffff\u1680\u2000-\u200a\u202f\u205f\u3000]/

/** A string literal as Python's `repr` writes it: single quotes unless only single quotes occur; unprintables escaped. */
function quoteText(text: string): string {
  if (!needsEscape.test(text)) return `'${text}'`
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'"
  let out = quote
  for (const char of text) out += char === quote || char === '\\' ? `\\${char}` : escapeChar(char)
  return out + quote
}

const unprintable = /^[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\p{Zs}]$/u

function escapeChar(char: string): string {
  if (char === ' ' || !unprintable.test(char)) return char
  if (char === '\n') return '\\n'
  if (char === '\r') return '\\r'
  if (char === '\t') return '\\t'
  const code = char.codePointAt(0)!
  if (code <= 0xff) return `\\x${code.toString(16).padStart(2, '0')}`
  return code <= 0xffff ? `\\u${code.toString(16).padStart(4, '0')}` : `\\U${code.toString(16).padStart(8, '0')}`
}
