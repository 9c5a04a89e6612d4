import type { Value } from '../../kernel/value.ts'
import { type Network, parseNetwork } from '../net/address.ts'
import { calls } from '../python/call.ts'
import { str } from '../python/repr.ts'
import { listOf } from '../python/sequence.ts'
import type { Call } from '../python/types.ts'

/** Tests of ansible.utils that ask what kind of address or mask a text is; false for what is none. */
export const networkTests: ReadonlyMap<string, Call> = calls({
  'in_any_network(ip networks)': (_, ip, networks) => isInAny(ip, networks),
  'in_one_network(ip networks)': (_, ip, networks) => isInAny(ip, networks),
  'ipv4_netmask(mask)': (_, mask) => isMask(str(mask), /^1+0*$/),
  'ipv4_hostmask(mask)': (_, mask) => isMask(str(mask), /^0*1+$/),
  'ipv6_ipv4_mapped(ip)': (_, ip) => isAmong(ip, ['::ffff:0:0/96'], 6),
  'ipv6_sixtofour(ip)': (_, ip) => isAmong(ip, ['2002::/16'], 6),
  'ipv6_teredo(ip)': (_, ip) => isAmong(ip, ['2001::/32'], 6),
  'reserved(ip)': (_, ip) => isAmong(ip, RESERVED),
  'unspecified(ip)': (_, ip) => isAmong(ip, ['0.0.0.0/32', '::/128']),
})

/** Set aside by the IETF, as Python's `ipaddress` lists it. */
const RESERVED = [
  '240.0.0.0/4',
  ...['::/8', '100::/8', '200::/7', '400::/6', '800::/5', '1000::/4', '4000::/3', '6000::/3', '8000::/3', 'a000::/3'],
  ...['c000::/3', 'e000::/4', 'f000::/5', 'f800::/6', 'fe00::/9'],
]

function isAmong(value: Value, ranges: readonly string[], version?: 4 | 6): boolean {
  const address = addressOf(value)
  if (address === null || (version !== undefined && address.version !== version)) return false
  return ranges.some((range) => parseNetwork(range)!.contains(address))
}

/** A whole address, without a prefix. */
function addressOf(value: Value): Network | null {
  const text = str(value)
  return text.includes('/') || (!text.includes(':') && text.split('.').length !== 4) ? null : parseNetwork(text)
}

function isInAny(ip: Value, networks: Value): boolean {
  const address = parseNetwork(str(ip))
  return address !== null && listOf(networks).some((one) => parseNetwork(str(one))?.contains(address) === true)
}

function isMask(text: string, shape: RegExp): boolean {
  const value = /^\d+\.\d+\.\d+\.\d+$/.test(text) ? parseNetwork(text)?.value : undefined
  return value !== undefined && shape.test(value.toString(2).padStart(32, '0'))
}
