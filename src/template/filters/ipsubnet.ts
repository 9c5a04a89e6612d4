import type { Value } from '../../kernel/value.ts'
import { Network } from '../net/address.ts'
import { filterError } from '../problems.ts'
import { str } from '../python/repr.ts'
import { recognize } from './ipaddr.ts'

/** `ansible.utils.ipsubnet`: the subnet, how many of a size fit in it, the n-th of them, or the place of one in another. */
export function ipSubnet(value: Value, query: string, index: Value | undefined): Value {
  const subject = recognize(value)
  if (subject === null) return false
  const { network: given } = subject
  const isAddress = given.size === 1n || !given.isNetworkAddress
  const network = new Network(given.version, given.first, given.prefix)
  if (query === '') return network.cidr
  if (!/^\d+$/.test(query)) return placeIn(network, query)
  const size = Number(query)
  if (size > network.width) return false
  const at = index === undefined || index === null ? null : BigInt(str(index))
  return isAddress && network.size === 1n ? supernet(network, size, at) : subnet(network, size, at)
}

function subnet(network: Network, size: number, index: bigint | null): Value {
  if (size < network.prefix) throw filterError(`Requested subnet size of ${size} is invalid`)
  const count = 1n << BigInt(size - network.prefix)
  if (index === null) return String(count)
  const position = index < 0n ? index + count : index
  if (position < 0n || position >= count) return false
  return `${network.text(network.first + (position << BigInt(network.width - size)))}/${size}`
}

/** The networks around an address from `size` bits up; `index` picks one. */
function supernet(network: Network, size: number, index: bigint | null): Value {
  const position = index ?? 0n
  const count = BigInt(network.prefix - size)
  const at = position < 0n ? position + count : position
  if (at < 0n || at >= count) {
    if (index === null) throw filterError(`there is no network of ${size} bits around ${network.cidr}`)
    return false
  }
  return new Network(network.version, network.value, size + Number(at)).cidr
}

function placeIn(network: Network, query: string): Value {
  const outer = recognize(query)?.network
  if (outer === undefined) throw filterError(`You must pass a valid subnet or IP address; ${query} is invalid`)
  if (!outer.contains(network)) throw filterError(`${network.cidr} is not in the subnet ${outer.cidr}`)
  return String(((network.first - outer.first) >> BigInt(network.width - network.prefix)) + 1n)
}
