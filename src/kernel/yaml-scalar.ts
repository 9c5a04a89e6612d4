import { Float, type Value } from './value.ts'

/**
 * The value of a plain (unquoted) scalar by the YAML 1.1 rules that Ansible's parser follows: `yes` and `off` are booleans, `0644`
 * is octal, `1_000` and `1:30` are ints, `1e3` and `08` are text. Dates stay text, as Ansible prints them.
 */
export function plainScalar(text: string): Value {
  if (text === '' || NULLS.has(text)) return null
  if (TRUE.has(text)) return true
  if (FALSE.has(text)) return false
  const first = text.charCodeAt(0)
  const numeric = (first >= 48 && first <= 57) || first === 43 || first === 45 || first === 46
  if (!numeric) return text
  return integer(text) ?? float(text) ?? datetime(text) ?? text
}

/** Python's rules for a number → the number, `Float` when a float is integral, `bigint` when an int is too large. */
export function floatValue(number: number): number | Float {
  return Number.isInteger(number) || !Number.isFinite(number) ? new Float(number) : number
}

/** An int of any size. */
export function intValue(number: bigint): number | bigint {
  const small = Number(number)
  return Number.isSafeInteger(small) ? small : number
}

const NULLS = new Set(['~', 'null', 'Null', 'NULL'])
const TRUE = new Set(['yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON'])
const FALSE = new Set(['no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF'])

const INTEGER = /^([-+]?)(?:(0b[01_]+)|(0x[0-9a-fA-F_]+)|(0[0-7_]*)|([1-9][0-9_]*))$/
const SEXAGESIMAL_INT = /^([-+]?)([1-9][0-9_]*(?::[0-5]?[0-9])+)$/

function integer(text: string): Value | undefined {
  const sexagesimal = SEXAGESIMAL_INT.exec(text)
  if (sexagesimal) return signed(sexagesimal[1]!, base60(sexagesimal[2]!))
  const match = INTEGER.exec(text)
  if (match === null) return undefined
  const [, sign, binary, hex, octal, decimal] = match
  const digits = (binary ?? hex ?? octal ?? decimal)!.replaceAll('_', '')
  if (digits === '0b' || digits === '0x') return undefined
  if (octal !== undefined && digits.length > 1) return signed(sign!, BigInt(`0o${digits.slice(1)}`))
  return signed(sign!, BigInt(digits))
}

function signed(sign: string, number: bigint): number | bigint {
  return intValue(sign === '-' ? -number : number)
}

function base60(text: string): bigint {
  return text
    .replaceAll('_', '')
    .split(':')
    .reduce((sum, part) => sum * 60n + BigInt(part), 0n)
}

const FLOAT = /^[-+]?(?:[0-9][0-9_]*\.[0-9_]*|\.[0-9][0-9_]*)(?:[eE][-+][0-9]+)?$/
const SEXAGESIMAL_FLOAT = /^([-+]?)([0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*)$/
const INFINITY = /^([-+]?)\.(?:inf|Inf|INF)$/
const NAN = /^\.(?:nan|NaN|NAN)$/

function float(text: string): Value | undefined {
  if (FLOAT.test(text)) return floatValue(Number(text.replaceAll('_', '')))
  const infinity = INFINITY.exec(text)
  if (infinity) return new Float(infinity[1] === '-' ? -Infinity : Infinity)
  if (NAN.test(text)) return new Float(NaN)
  const sexagesimal = SEXAGESIMAL_FLOAT.exec(text)
  if (sexagesimal === null) return undefined
  const parts = sexagesimal[2]!.replaceAll('_', '').split(':').map(Number)
  const sum = parts.reduce((total, part) => total * 60 + part, 0)
  return floatValue(sexagesimal[1] === '-' ? -sum : sum)
}

const DATETIME =
  /^(\d{4})-(\d\d?)-(\d\d?)(?:[Tt]|[ \t]+)(\d\d?):(\d\d):(\d\d)(?:\.(\d*))?(?:[ \t]*(Z|([-+])(\d\d?)(?::(\d\d))?))?$/

/** A timestamp as Python prints the datetime that Ansible's parser makes of it. */
function datetime(text: string): string | undefined {
  const match = DATETIME.exec(text)
  if (match === null) return undefined
  const [, year, month, day, hour, minute, second, fraction, zone, sign, zoneHours, zoneMinutes] = match
  const two = (part: string) => part.padStart(2, '0')
  const micros = (fraction ?? '').slice(0, 6).padEnd(6, '0')
  const tail = micros === '000000' ? '' : `.${micros}`
  const offset = zone === undefined ? '' : zone === 'Z' ? '+00:00' : `${sign}${two(zoneHours!)}:${zoneMinutes ?? '00'}`
  return `${year}-${two(month!)}-${two(day!)} ${two(hour!)}:${minute}:${second}${tail}${offset}`
}
