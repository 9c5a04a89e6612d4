import { createHash, getHashes } from 'node:crypto'
import type { Value } from '../../kernel/value.ts'
import { filterError } from '../problems.ts'
import { calls } from '../python/call.ts'
import { optionalText, text } from '../python/coerce.ts'
import { chooser } from '../python/random.ts'
import { str } from '../python/repr.ts'
import type { Call } from '../python/types.ts'

/** Digests and names made of them. */
export const hashFilters: ReadonlyMap<string, Call> = calls({
  'hash(data hashtype?)': (_, data, type) => digest(optionalText(type, 'sha1'), str(data)),
  'md5(data)': (_, data) => digest('md5', str(data)),
  'sha1|checksum(data)': (_, data) => digest('sha1', str(data)),
  'crc32(value)': (_, value) => crc32(Buffer.from(text(value, 'the value'), 'utf8')).toString(16),
  'to_uuid(string namespace?)': (_, value, namespace) => uuid5(str(value), optionalText(namespace, ansibleNamespace)),
  'random_mac(value seed?)': (_, prefix, seed) => randomMac(str(prefix), seed),
})

function digest(type: string, data: string): string {
  const name = type.toLowerCase().replace('_', '-')
  const known = getHashes().find((hash) => hash.toLowerCase() === name || hash.toLowerCase() === type.toLowerCase())
  if (known === undefined) throw filterError(`unsupported hash type ${type}`)
  return createHash(known).update(data, 'utf8').digest('hex')
}

const ansibleNamespace = '361E6D51-FAEC-444A-9079-341386DA8E2E'

function uuid5(name: string, namespace: string): string {
  const hex = namespace.replace(/^urn:uuid:|[{}-]/g, '')
  if (!/^[\da-fA-F]{32}$/.test(hex)) {
    throw filterError(`Invalid value '${namespace}' for 'namespace': badly formed hexadecimal UUID string`)
  }
  const bytes = createHash('sha1').update(Buffer.from(hex, 'hex')).update(name, 'utf8').digest().subarray(0, 16)
  bytes[6] = (bytes[6]! & 0x0f) | 0x50
  bytes[8] = (bytes[8]! & 0x3f) | 0x80
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

function randomMac(prefix: string, seed: Value | undefined): string {
  const parts = prefix.toLowerCase().split(':')
  if (parts.length > 5) throw filterError(`Invalid value ${prefix} for random_mac: 5 colon(:) separated items max`)
  const wrong = parts.findIndex((part) => part !== '' && !/^[\da-f]{2}$/.test(part))
  if (wrong >= 0) throw filterError(`Invalid value ${prefix} for random_mac: ${parts[wrong]} not hexa byte`)
  const given = parts.filter((part) => part !== '')
  const number = LEAST + chooser(seed)(MOST - LEAST + 1)
  const digits = number.toString(16).slice(0, 2 * (6 - given.length))
  return [...given, ...(digits.match(/../g) ?? [])].join(':')
}

/** The numbers that addresses are cut from: ten hexadecimal digits, of which the first is not 0. */
const LEAST = 0x10_0000_0000
const MOST = 0xff_ffff_ffff

function crc32(bytes: Buffer): number {
  let crc = ~0
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0)
  }
  return ~crc >>> 0
}
