import type { Value } from '../../kernel/value.ts'
import { addressText, type Network } from '../net/address.ts'
import { filterError } from '../problems.ts'
import { int } from '../python/numbers.ts'

/** A MAC address in another notation, or whether it is one. */
export function hardwareAddress(value: string, query: string, alias: string): Value {
  const hex = parseMac(value)
  if (hex === null) {
    if (query !== '' && query !== 'bool') throw filterError(`${alias}: not a hardware address: ${value}`)
    return null
  }
  const bytes = hex.match(/../g)!
  switch (query) {
    case '':
      return value
    case 'bool':
      return true
    case 'int':
      return int(BigInt(`0x${hex}`))
    case 'bare':
      return hex.toUpperCase()
    case 'cisco':
      return hex.match(/.{4}/g)!.join('.')
    case 'eui48':
    case 'win':
      return bytes.join('-').toUpperCase()
    case 'linux':
      return bytes.join(':')
    case 'pgsql':
    case 'postgresql':
    case 'psql':
      return `${hex.slice(0, 6)}:${hex.slice(6)}`
    case 'unix':
      return bytes.map((byte) => byte.replace(/^0/, '')).join(':')
    default:
      throw filterError(`${alias}: unknown filter type: ${query}`)
  }
}

function parseMac(value: string): string | null {
  const text = value.toLowerCase()
  if (/^[\da-f]{12}$/.test(text)) return text
  const parts = text.split(/[:-]/)
  if (parts.length === 6 && parts.every((part) => /^[\da-f]{1,2}$/.test(part)))
    return parts.map((part) => part.padStart(2, '0')).join('')
  const words = text.split(/[.:-]/)
  return words.length === 3 && words.every((word) => /^[\da-f]{1,4}$/.test(word))
    ? words.map((word) => word.padStart(4, '0')).join('')
    : null
}

/** The address a host with that MAC gives itself in an IPv6 network. */
export function slaac(network: Network | null, mac: string): Value {
  const hex = parseMac(mac)
  if (network === null || network.version !== 6 || hex === null) return false
  const id = (BigInt(`0x${hex.slice(0, 6)}fffe${hex.slice(6)}`) ^ (1n << 57n)) & ((1n << 64n) - 1n)
  return addressText(6, network.first + id)
}
