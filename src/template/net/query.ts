import type { Value } from '../../kernel/value.ts'
import { filterError } from '../problems.ts'
import { int } from '../python/numbers.ts'
import { addressText, Network, reverseName } from './address.ts'
import { isLinkLocal, isLoopback, isMulticast, isPrivate, isPublic } from './kinds.ts'

/** What a query is asked about: the network, the text it came from, and whether that had a prefix. */
export type Subject = { readonly network: Network; readonly text: Value; readonly hasPrefix: boolean }

type Query = (subject: Subject) => Value

const when =
  (test: (network: Network) => boolean): Query =>
  ({ network, text }) =>
    test(network) ? text : null

const addressOnly = (network: Network): Network => new Network(network.version, network.value, network.width)

const withPrefix: Query = ({ network }) =>
  network.size > 2n && (network.value === network.first || network.value === network.last) ? false : String(network)

const hostWithPrefix =
  (separator: (network: Network) => string): Query =>
  ({ network }) =>
    network.size === 2n || (network.size > 1n && !network.isNetworkAddress) ? network.ip + separator(network) : null

/** The queries that need a network refuse a bare address. */
const onNetwork =
  (query: (network: Network) => Value): Query =>
  ({ network, hasPrefix }) => {
    if (!hasPrefix) throw filterError('Not a network address')
    return network.size > 1n ? query(network) : null
  }

const mask = (network: Network): string => addressText(network.version, network.netMask)
const wildcard = (network: Network): string => addressText(network.version, network.hostMask)

/** The first and last address a host of the network can have. */
export function usable(network: Network): { first: bigint; last: bigint } {
  const edge = network.size === 2n ? 0n : 1n
  return { first: network.first + edge, last: network.last - edge }
}

function neighbour(network: Network, step: bigint): Value {
  const { first, last } = usable(network)
  const value = network.value + step
  return value >= first && value <= last ? network.text(value) : null
}

function peer(network: Network): Value {
  if (network.size === 2n) return network.text(network.value ^ 1n)
  if (network.size !== 4n) throw filterError('Not a point-to-point network')
  if (network.value % 4n === 0n) throw filterError('Network address of /30 has no peer')
  if (network.value % 4n === 3n) throw filterError('Broadcast address of /30 has no peer')
  return network.text(network.value ^ 3n)
}

function to4(network: Network): Value {
  if (network.version === 4) return false
  const low = network.value & 0xffffffffn
  return network.value >> 32n === 0xffffn || network.value >> 32n === 0n
    ? `${addressText(4, low)}/${Math.max(0, network.prefix - 96)}`
    : false
}

function sixToFour({ network, text }: Subject): Value {
  if (network.version === 6)
    return network.value >> 112n === 0x2002n && (network.prefix === 128 || !network.isNetworkAddress) ? text : false
  if (network.size > 1n && network.isNetworkAddress) return false
  const hex = network.value.toString(16).padStart(8, '0')
  return `2002:${hex.slice(0, 4)}:${hex.slice(4)}::1/48`
}

const ip: Query = ({ network }) => {
  const plain = network.size === 1n || !network.isNetworkAddress || network.broadcast === null || network.version === 6
  return plain ? network.ip : null
}

const rows: readonly (readonly [string, Query])[] = [
  ['', ({ network, hasPrefix }) => (hasPrefix ? String(network) : network.ip)],
  ['6to4', sixToFour],
  ['address|ip', ip],
  ['address/prefix|gateway|gw|host/prefix|hostnet|router', withPrefix],
  ['bool', () => true],
  ['broadcast', ({ network }) => (network.size > 2n ? network.broadcast : null)],
  ['cidr', ({ network }) => String(network)],
  ['first_usable', onNetwork((network) => network.text(usable(network).first))],
  ['last_usable', onNetwork((network) => network.text(usable(network).last))],
  ['next_usable', onNetwork((network) => neighbour(network, 1n))],
  ['previous_usable', onNetwork((network) => neighbour(network, -1n))],
  [
    'range_usable',
    onNetwork((network) => `${network.text(usable(network).first)}-${network.text(usable(network).last)}`),
  ],
  ['peer', onNetwork(peer)],
  [
    'host',
    ({ network }) =>
      network.size === 1n || !network.isNetworkAddress || network.broadcast === null ? String(network) : null,
  ],
  ['hostmask|wildcard', ({ network }) => wildcard(network)],
  ['int', ({ network, hasPrefix }) => (hasPrefix ? `${network.value}/${network.prefix}` : int(network.value))],
  ['ip/prefix', hostWithPrefix((network) => `/${network.prefix}`)],
  ['ip_netmask', hostWithPrefix((network) => ` ${mask(network)}`)],
  ['ipv4|v4', (subject) => (subject.network.version === 4 ? subject.text : to4(subject.network))],
  ['ipv6|v6', ({ network, text }) => (network.version === 6 ? text : `::ffff:${network.ip}/${network.prefix + 96}`)],
  ['link-local', when((network) => isLinkLocal(addressOnly(network)))],
  ['lo|loopback', when((network) => isLoopback(addressOnly(network)))],
  ['multicast', when(isMulticast)],
  ['unicast', when((network) => !isMulticast(network))],
  ['private', when(isPrivate)],
  ['public', when((network) => isPublic(addressOnly(network)))],
  ['net', ({ network }) => (network.size > 1n && network.isNetworkAddress ? network.cidr : null)],
  ['netmask', ({ network }) => mask(network)],
  ['network|network_id', ({ network }) => network.network],
  ['network/prefix|subnet', ({ network }) => network.cidr],
  ['network_netmask', ({ network }) => `${network.network} ${mask(network)}`],
  ['network_wildcard', ({ network }) => `${network.network} ${wildcard(network)}`],
  ['prefix', ({ network }) => network.prefix],
  ['revdns', ({ network }) => reverseName(network)],
  ['size', ({ network }) => int(network.size)],
  ['size_usable', ({ network }) => int(network.size === 1n ? 0n : network.size === 2n ? 2n : network.size - 2n)],
  ['type', ({ network }) => (network.size > 1n && network.isNetworkAddress ? 'network' : 'address')],
  ['version', ({ network }) => network.version],
  [
    'wrap',
    ({ network, text, hasPrefix }) =>
      network.version === 4 ? text : `[${network.ip}]${hasPrefix ? `/${network.prefix}` : ''}`,
  ],
]

/** The queries of `ipaddr` by name. */
export const queries: ReadonlyMap<string, Query> = new Map(
  rows.flatMap(([names, query]) => names.split('|').map((name) => [name, query] as const)),
)
