import type { Value } from '../../kernel/value.ts'
import { Network, parseNetwork } from '../net/address.ts'
import { mergeNetworks, span } from '../net/merge.ts'
import { usable } from '../net/query.ts'
import { filterError } from '../problems.ts'
import { calls } from '../python/call.ts'
import { integer, optionalText } from '../python/coerce.ts'
import { truthy } from '../python/compare.ts'
import { isInt } from '../python/numbers.ts'
import { str } from '../python/repr.ts'
import { listOf } from '../python/sequence.ts'
import type { Call } from '../python/types.ts'
import { hardwareAddress, slaac } from './hwaddr.ts'
import { ipAddress, recognize } from './ipaddr.ts'
import { ipSubnet } from './ipsubnet.ts'

/** The filters of addresses of ansible.utils and ansible.netcommon. */
export const ipFilters: ReadonlyMap<string, Call> = calls({
  'ipaddr(value query? version? alias?)': (_, value, query, version) =>
    ipAddress(value, query === undefined ? '' : query, asVersion(version)),
  'ipv4(value query?)': (_, value, query) => ipAddress(value, query === undefined ? '' : query, 4, 'ipv4'),
  'ipv6(value query?)': (_, value, query) => ipAddress(value, query === undefined ? '' : query, 6, 'ipv6'),
  'ipwrap(value query?)': (_, value) => wrap(value),
  'ipsubnet(value query? index?)': (_, value, query, index) => ipSubnet(value, optionalText(query, ''), index),
  'ipmath(value amount)': (_, value, amount) => ipMath(str(value), amount),
  'nthhost(value query?)': (_, value, query) => nthHost(value, query),
  'next_nth_usable(value offset)': (_, value, offset) => usableAt(value, offset, 1n),
  'previous_nth_usable(value offset)': (_, value, offset) => usableAt(value, offset, -1n),
  'network_in_usable(value test)': (_, value, test) => {
    const range = wholeNetwork(value)
    const { first, last } = range.size > 1n ? usable(range) : range
    return within(wholeNetwork(test), first, last)
  },
  'network_in_network(value test)': (_, value, test) =>
    within(wholeNetwork(test), wholeNetwork(value).first, wholeNetwork(value).last),
  'reduce_on_network(value network)': (_, value, network) => {
    const range = wholeNetwork(network)
    return listOf(value).filter((address) => within(wholeNetwork(address), range.first, range.last))
  },
  'usable_range(ip)': (_, ip) => usableRange(str(ip)),
  'cidr_merge(value action?)': (_, value, action) => cidrMerge(listOf(value).map(str), optionalText(action, 'merge')),
  'ip4_hex(arg delimiter?)': (_, value, delimiter) =>
    str(value)
      .split('.')
      .map((quad) => Number(quad).toString(16).padStart(2, '0'))
      .join(optionalText(delimiter, '')),
  'hwaddr(value query?)': (_, value, query) => hardwareAddress(str(value), optionalText(query, ''), 'hwaddr'),
  'macaddr(value query?)': (_, value, query) => hardwareAddress(str(value), optionalText(query, ''), 'macaddr'),
  'slaac(value query?)': (_, value, mac) => slaac(recognize(value)?.network ?? null, optionalText(mac, '')),
})

/** Their tests. */
export const ipTests: ReadonlyMap<string, Call> = calls({
  'ipaddr|ip|ip_address(value)': (_, value) => typeof value === 'string' && recognize(value) !== null,
  'ipv4|ipv4_address(value)': (_, value) => recognize(value, 4)?.network.version === 4,
  'ipv6|ipv6_address(value)': (_, value) => recognize(value, 6)?.network.version === 6,
  'in_network(ip network)': (_, ip, network) => wholeNetwork(network).contains(wholeNetwork(ip)),
  'subnet_of(network other)': (_, network, other) => wholeNetwork(other).contains(wholeNetwork(network)),
  'supernet_of(network other)': (_, network, other) => wholeNetwork(network).contains(wholeNetwork(other)),
  'private(ip)': (_, ip) => truthy(ipAddress(ip, 'private', null)),
  'public(ip)': (_, ip) => truthy(ipAddress(ip, 'public', null)),
  'loopback(ip)': (_, ip) => truthy(ipAddress(ip, 'loopback', null)),
  'multicast(ip)': (_, ip) => truthy(ipAddress(ip, 'multicast', null)),
  'mac(value)': (_, value) =>
    /^(?:[\da-f]{2}([:-])(?:[\da-f]{2}\1){4}[\da-f]{2}|[\da-f]{4}\.[\da-f]{4}\.[\da-f]{4})$/i.test(str(value)),
})

function asVersion(version: Value | undefined): 4 | 6 | null {
  return version === 4 ? 4 : version === 6 ? 6 : null
}

function wrap(value: Value): Value {
  if (Array.isArray(value)) return listOf(value).map(wrap)
  const found = ipAddress(value, 'wrap', null)
  return found === false || found === null ? value : found
}

function wholeNetwork(value: Value): Network {
  const subject = recognize(value)
  if (subject === null) throw filterError(`${str(value)} is no address and no network`)
  const { network } = subject
  return network.isNetworkAddress ? network : new Network(network.version, network.first, network.prefix)
}

function within(network: Network, first: bigint, last: bigint): boolean {
  return network.first >= first && network.last <= last
}

function ipMath(value: string, amount: Value): string {
  const network = parseNetwork(value)
  if (network === null) throw filterError(`You must pass a valid IP address; ${value} is invalid`)
  if (!isInt(amount))
    throw filterError(`You must pass an integer for arithmetic; ${str(amount)} is not a valid integer`)
  const moved = network.value + BigInt(amount)
  if (moved < 0n || moved >= 1n << BigInt(network.width))
    throw filterError(`${value} ${str(amount)} is no address any more`)
  return network.text(moved)
}

function nthHost(value: Value, query: Value | undefined): Value {
  const network = recognize(value)?.network
  if (network === undefined || query === undefined || !truthy(query) || !/^-?\d+$/.test(str(query))) return false
  const nth = BigInt(str(query))
  if (nth >= network.size || -nth > network.size) return false
  return network.text(nth < 0n ? network.last + 1n + nth : network.first + nth)
}

function usableAt(value: Value, offset: Value, sign: bigint): Value {
  const subject = recognize(value)
  if (subject === null) return false
  const { network } = subject
  const step = BigInt(integer(offset, 'the offset'))
  if (network.size <= 1n) return null
  const start = network.isNetworkAddress ? network.first : network.value
  const { first, last } = usable(network)
  const found = start + sign * step
  return found >= first && found <= last ? network.text(found) : null
}

function usableRange(text: string): Value {
  const network = parseNetwork(text)
  if (network === null) throw filterError(`Error while using plugin 'usable_range': ${text} is no network`)
  const count = network.size > 65_536n ? 65_536n : network.size
  const addresses = Array.from({ length: Number(count) }, (_, index) => network.text(network.first + BigInt(index)))
  return new Map<Value, Value>([
    ['number_of_ips', Number(network.size)],
    ['usable_ips', addresses],
  ])
}

function cidrMerge(texts: readonly string[], action: string): Value {
  const networks = texts.map((text) => {
    const network = parseNetwork(text)
    if (network === null) throw filterError(`cidr_merge: invalid network ${text}`)
    return network
  })
  if (action === 'merge') return mergeNetworks(networks).map(String)
  if (action !== 'span') throw filterError(`cidr_merge: invalid action '${action}'`)
  const spanned = span(networks)
  return spanned === null ? null : String(spanned)
}
