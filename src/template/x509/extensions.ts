import type { Value } from '../../kernel/value.ts'
import { filterError } from '../problems.ts'
import { compareText } from '../python/compare.ts'
import { int } from '../python/numbers.ts'
import { type Der, firstPart, integerOf, malformed, oidOf, parts, readDer, TAG } from './der.ts'
import { generalName, type HostText } from './names.ts'
import { oidName } from './oid-names.ts'
import { colons } from './public-key.ts'

/** An extension's number, flag and octets (RFC 5280, 4.1.2.9), by its number. */
export type Extensions = ReadonlyMap<string, { readonly critical: boolean; readonly value: Buffer }>

type Fact = readonly [string, Value]

export function readExtensions(list: Der): Extensions {
  const found = new Map<string, { critical: boolean; value: Buffer }>()
  for (const extension of parts(list)) {
    const [id, ...rest] = parts(extension)
    const value = rest.at(-1)
    if (id === undefined || value?.tag !== TAG.octets) throw malformed('an extension')
    const oid = oidOf(id.content)
    if (found.has(oid)) throw filterError(`The extension ${oid} is there twice`)
    found.set(oid, { critical: rest[0]!.tag === TAG.boolean && rest[0]!.content[0] !== 0, value: value.content })
  }
  return found
}

/** Reads an extension into its value and whether it is critical: None and false where it is not there. */
export function factsOf(extensions: Extensions): (name: string, oid: string, read: (value: Der) => Value) => Fact[] {
  return (name, oid, read) => {
    const found = extensions.get(oid)
    return [
      [name, found === undefined ? null : read(readDer(found.value))],
      [`${name}_critical`, found?.critical ?? false],
    ]
  }
}

/** What the holder may be called and do: a value and whether it is critical, for each extension of RFC 5280, 4.2.1. */
export function usageFacts(extensions: Extensions, host: HostText): Fact[] {
  const fact = factsOf(extensions)
  return [
    ...fact('key_usage', '2.5.29.15', keyUsage),
    ...fact('extended_key_usage', '2.5.29.37', (value) =>
      parts(value)
        .map((id) => oidName(oidOf(id.content)))
        .sort(compareText),
    ),
    ...fact('basic_constraints', '2.5.29.19', basicConstraints),
    ...fact('ocsp_must_staple', '1.3.6.1.5.5.7.1.24', (value) => parts(value).some((one) => integerOf(one) === 5n)),
    ...fact('subject_alt_name', '2.5.29.17', (value) => parts(value).map((name) => generalName(name, host))),
  ]
}

/** RFC 5280, 4.2.1.3: bits from the highest of the first octet on. The last two speak of key agreement only. */
function keyUsage({ content }: Der): Value[] {
  const set = USAGES.filter((_, bit) => ((content[1 + (bit >> 3)] ?? 0) & (0x80 >> (bit & 7))) !== 0)
  const agrees = set.includes('Key Agreement')
  return set.filter((usage) => agrees || !usage.endsWith(' Only')).sort(compareText)
}

const USAGES = [
  'Digital Signature',
  'Non Repudiation',
  'Key Encipherment',
  'Data Encipherment',
  'Key Agreement',
  'Certificate Sign',
  'CRL Sign',
  'Encipher Only',
  'Decipher Only',
]

/** RFC 5280, 4.2.1.9. */
function basicConstraints(value: Der): Value[] {
  const fields = parts(value)
  const authority = fields.some(({ tag, content }) => tag === TAG.boolean && content[0] !== 0)
  const length = fields.find(({ tag }) => tag === TAG.integer)
  const text = `CA:${authority ? 'TRUE' : 'FALSE'}`
  return length === undefined ? [text] : [text, `pathlen:${integerOf(length)}`]
}

/** Below which names an authority may sign, and below which not: RFC 5280, 4.2.1.10. */
export function constraintFacts(extensions: Extensions, host: HostText): Fact[] {
  const found = extensions.get('2.5.29.30')
  const trees = found === undefined ? [] : parts(readDer(found.value))
  const names = (tag: number): Value => {
    if (found === undefined) return null
    const tree = trees.find((one) => one.tag === tag)
    return tree === undefined ? [] : parts(tree).map((subtree) => generalName(firstPart(subtree), host))
  }
  return [
    ['name_constraints_permitted', names(0xa0)],
    ['name_constraints_excluded', names(0xa1)],
    ['name_constraints_critical', found?.critical ?? false],
  ]
}

/** Whose key it is and whose signed it: RFC 5280, 4.2.1.1 and 4.2.1.2. */
export function identifierFacts(extensions: Extensions, host: HostText): Fact[] {
  const subject = extensions.get('2.5.29.14')
  const authority = extensions.get('2.5.29.35')
  const fields = authority === undefined ? [] : parts(readDer(authority.value))
  const [key, issuer, serial] = [0x80, 0xa1, 0x82].map((tag) => fields.find((field) => field.tag === tag))
  return [
    ['subject_key_identifier', subject === undefined ? null : colons(readDer(subject.value).content)],
    ['authority_key_identifier', key === undefined ? null : colons(key.content)],
    ['authority_cert_issuer', issuer === undefined ? null : parts(issuer).map((name) => generalName(name, host))],
    ['authority_cert_serial_number', serial === undefined ? null : int(integerOf(serial))],
  ]
}

/** All of them by number, their octets in base64. */
export function extensionsByOid(extensions: Extensions): Value {
  return new Map(
    [...extensions].map(([oid, { critical, value }]) => [
      oid,
      new Map<Value, Value>([
        ['critical', critical],
        ['value', value.toString('base64')],
      ]),
    ]),
  )
}

/** The first URI at which the authority offers something (RFC 5280, 4.2.2.1). */
export function authorityUri(extensions: Extensions, method: string): string | null {
  const access = extensions.get('1.3.6.1.5.5.7.1.1')
  if (access === undefined) return null
  const offers = parts(readDer(access.value)).filter((offer) => oidOf(firstPart(offer).content) === method)
  const uri = offers.map((offer) => parts(offer)[1]).find((place) => place?.tag === 0x86)
  return uri === undefined ? null : uri.content.toString('utf8')
}
