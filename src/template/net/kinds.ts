import { type Network, parseNetwork } from './address.ts'

function among(network: Network, ranges: readonly string[]): boolean {
  return ranges.some((range) => parseNetwork(range)?.contains(network) === true)
}

const linkLocal = ['169.254.0.0/16', 'fe80::/10']
const privateRanges = [
  '10.0.0.0/8',
  '100.64.0.0/10',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '239.0.0.0/8',
  'fc00::/7',
  'fec0::/10',
  ...linkLocal,
]

export function isLinkLocal(network: Network): boolean {
  return among(network, linkLocal)
}

export function isPrivate(network: Network): boolean {
  return among(network, privateRanges)
}

export function isMulticast(network: Network): boolean {
  return among(network, ['224.0.0.0/4', 'ff00::/8'])
}

export function isLoopback(network: Network): boolean {
  return among(network, ['127.0.0.0/8', '::1/128'])
}

/** Reachable from everywhere: unicast, not private, not loopback, no mask. */
export function isPublic(network: Network): boolean {
  const bits = network.value.toString(2).padStart(network.width, '0')
  const mask = /^1*0*$/.test(bits) || /^0*1*$/.test(bits)
  return !isMulticast(network) && !isPrivate(network) && !isLoopback(network) && !mask
}
