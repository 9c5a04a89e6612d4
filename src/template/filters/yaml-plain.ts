import { Float, type Value } from '../../kernel/value.ts'
import { DateTime } from '../python/datetime.ts'
import { float, int } from '../python/numbers.ts'

const bools: ReadonlyMap<string, boolean> = new Map([
  ...['yes', 'true', 'on'].map((word) => [word, true] as const),
  ...['no', 'false', 'off'].map((word) => [word, false] as const),
])
const boolWord = /^(?:yes|Yes|YES|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF)$/
const floatWord = /^(?:[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+][0-9]+)?|[-+]?\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?)$/
const intWord = /^(?:[-+]?0b[01_]+|[-+]?0[0-7_]+|[-+]?(?:0|[1-9][0-9_]*)|[-+]?0x[0-9a-fA-F_]+)$/
const sexagesimal = /^[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$/
const dateWord = /^(\d{4})-(\d\d)-(\d\d)$/

/** Plain YAML 1.1 text → the value PyYAML reads. */
export function plainScalar(text: string): Value {
  if (text === '' || /^(?:~|null|Null|NULL)$/.test(text)) return null
  if (boolWord.test(text)) return bools.get(text.toLowerCase())!
  if (intWord.test(text)) return integer(text.replaceAll('_', ''))
  if (floatWord.test(text)) return float(Number(text.replaceAll('_', '')))
  if (/^[-+]?\.(?:inf|Inf|INF)$/.test(text)) return new Float(text.startsWith('-') ? -Infinity : Infinity)
  if (/^\.(?:nan|NaN|NAN)$/.test(text)) return Number.NaN
  if (sexagesimal.test(text)) return baseSixty(text.replaceAll('_', ''))
  const date = dateWord.exec(text)
  return date === null ? text : DateTime.of(Number(date[1]), Number(date[2]), Number(date[3])).isoformat().slice(0, 10)
}

function integer(text: string): Value {
  const negative = text.startsWith('-')
  const digits = text.replace(/^[-+]/, '')
  const body = /^0[0-7]+$/.test(digits) ? BigInt(`0o${digits.slice(1)}`) : BigInt(digits)
  return int(negative ? -body : body)
}

function baseSixty(text: string): Value {
  const sign = text.startsWith('-') ? -1 : 1
  const value = text
    .replace(/^[-+]/, '')
    .split(':')
    .reduce((total, part) => total * 60 + Number(part), 0)
  return text.includes('.') ? float(sign * value) : sign * value
}
