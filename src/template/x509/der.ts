import { filterError } from '../problems.ts'

/** A value of ASN.1 in DER: its identifier octet, its contents, and all its octets (X.690, 8.1). */
export type Der = { readonly tag: number; readonly content: Buffer; readonly whole: Buffer }

/** Identifier octets of the universal types (X.690, 8.1.2). */
export const TAG = { boolean: 0x01, integer: 0x02, bits: 0x03, octets: 0x04, oid: 0x06, time: 0x17, sequence: 0x30 }

/** The one value that `bytes` holds. Raises `template.filter` for what is not DER. */
export function readDer(bytes: Buffer): Der {
  const [value, ...rest] = readAll(bytes)
  if (value === undefined || rest.length > 0) throw malformed('one value is expected')
  return value
}

/** The values that a constructed value holds. */
export function parts(value: Der): Der[] {
  return readAll(value.content)
}

/** The first value that a constructed value holds. */
export function firstPart(value: Der): Der {
  const [first] = parts(value)
  if (first === undefined) throw malformed('an empty value')
  return first
}

function readAll(bytes: Buffer): Der[] {
  const values: Der[] = []
  for (let at = 0; at < bytes.length; ) {
    const value = readOne(bytes, at)
    values.push(value)
    at += value.whole.length
  }
  return values
}

/** X.690, 8.1.2 and 8.1.3; 10.1 rules out indefinite lengths. Certificates have no tags above 30. */
function readOne(bytes: Buffer, at: number): Der {
  const tag = bytes[at]!
  const first = bytes[at + 1]
  if (first === undefined || (tag & 0x1f) === 0x1f || first === 0x80) throw malformed('a bad tag or length')
  const more = first < 0x80 ? 0 : first & 0x7f
  if (more > 4 || at + 2 + more > bytes.length) throw malformed('a bad length')
  const length = more === 0 ? first : bytes.readUIntBE(at + 2, more)
  const start = at + 2 + more
  if (start + length > bytes.length) throw malformed('a value is cut short')
  return { tag, content: bytes.subarray(start, start + length), whole: bytes.subarray(at, start + length) }
}

/** X.690, 8.3: two's complement. */
export function integerOf(value: Der): bigint {
  if (value.content.length === 0) throw malformed('an integer without contents')
  return BigInt.asIntN(value.content.length * 8, unsigned(value.content))
}

/** Octets as a number, the highest first. */
export function unsigned(bytes: Buffer): bigint {
  return BigInt(`0x${bytes.toString('hex') || '0'}`)
}

/** X.690, 8.19: the first number holds two, and each goes in groups of 7 bits. Returns it with dots. */
export function oidOf(content: Buffer): string {
  const numbers: bigint[] = []
  let number = 0n
  for (const byte of content) {
    number = (number << 7n) | BigInt(byte & 0x7f)
    if (byte & 0x80) continue
    numbers.push(number)
    number = 0n
  }
  const [first, ...rest] = numbers
  if (first === undefined || content.at(-1)! & 0x80) throw malformed('a bad object identifier')
  const root = first < 80n ? first / 40n : 2n
  return [root, first - root * 40n, ...rest].join('.')
}

/** X.690, 8.6: the octets of a bit string that fills them. */
export function bitsOf(value: Der): Buffer {
  if (value.tag !== TAG.bits || value.content[0] !== 0) throw malformed('a bad bit string')
  return value.content.subarray(1)
}

/** UTCTime and GeneralizedTime as RFC 5280, 4.1.2.5 has them, with all digits of the year: `20190413202428Z`. */
export function timeOf(value: Der): string {
  const digits = value.content.toString('latin1')
  if (!/^\d{12}(?:\d\d)?Z$/.test(digits)) throw malformed(`the time '${digits}'`)
  if (value.tag !== TAG.time) return digits
  return `${Number(digits.slice(0, 2)) < 50 ? '20' : '19'}${digits}`
}

/** Text of any of ASN.1's types (X.680, 41): two octets a character in BMPString, four in UniversalString, else UTF-8 or ASCII. */
export function textOf({ tag, content }: Der): string {
  const size = tag === 0x1e ? 2 : tag === 0x1c ? 4 : 1
  if (content.length % size !== 0) throw malformed('a bad string')
  if (size === 1) return content.toString('utf8')
  const units = Array.from({ length: content.length / size }, (_, index) => content.readUIntBE(index * size, size))
  return units
    .map((unit) => (size === 2 ? String.fromCharCode(unit) : String.fromCodePoint(Math.min(unit, 0x10ffff))))
    .join('')
}

/** What follows is not what RFC 5280 lets stand there. */
export function malformed(what: string) {
  return filterError(`error parsing asn1 value: ${what}`)
}
