import type { Value } from '../../kernel/value.ts'
import { Network, parseNetwork } from '../net/address.ts'
import { queries, type Subject } from '../net/query.ts'
import { filterError } from '../problems.ts'
import { asInt, isInt } from '../python/numbers.ts'
import { str } from '../python/repr.ts'
import { listOf } from '../python/sequence.ts'
import { Undefined } from '../python/types.ts'

/** `ansible.utils.ipaddr`: the address if it is one, or what the query asks of it; false if it is none. */
export function ipAddress(value: Value, query: Value, version: 4 | 6 | null, alias = 'ipaddr'): Value {
  if (value instanceof Undefined) throw value.problem()
  if (Array.isArray(value)) {
    return listOf(value).flatMap((item) => {
      const found = ipAddress(item, str(query), version, alias)
      return found === false || found === null || found === '' ? [] : [found]
    })
  }
  const subject = recognize(value, version)
  if (subject === null || (version !== null && subject.network.version !== version)) return false
  const known = typeof query === 'string' ? queries.get(query) : undefined
  return known === undefined ? other(subject, query, alias) : known(subject)
}

/** The address or network a value stands for: text, or a number. */
export function recognize(value: Value, version: 4 | 6 | null = null): Subject | null {
  if (value === null || value === false || value === true || value === '' || value === 0) return null
  const text = str(value)
  if (/^\d+$/.test(text)) {
    const number = BigInt(text)
    const four = version !== 6 && number < 1n << 32n
    if (number >= 1n << 128n) return null
    const network = new Network(four ? 4 : 6, number, four ? 32 : 128)
    return { network, text: String(network), hasPrefix: false }
  }
  const network = parseNetwork(text)
  if (network !== null && !/^\d+\//.test(text)) return { network, text: value, hasPrefix: text.includes('/') }
  const [, address, prefix] = /^(\d+)\/(\d+)$/.exec(text) ?? []
  if (address === undefined) return null
  return network !== null && Number(address) < 256
    ? { network, text: value, hasPrefix: true }
    : numericCidr(BigInt(address), Number(prefix))
}

function numericCidr(address: bigint, prefix: number): Subject | null {
  const four = address < 1n << 32n && prefix <= 32
  if (!four && (address >= 1n << 128n || prefix > 128)) return null
  const network = new Network(four ? 4 : 6, address, prefix)
  return { network, text: String(network), hasPrefix: true }
}

/** A query that is a network asks whether the address is in it, one that is a number for the n-th address. */
function other({ network, text, hasPrefix }: Subject, query: Value, alias: string): Value {
  if (typeof query === 'string' && !/^-?\d+$/.test(query)) {
    const range = parseNetwork(query)
    if (range === null) throw filterError(`${alias}: unknown filter type: ${query}`)
    return range.contains(network) ? text : null
  }
  if (network.size === 1n) return hasPrefix ? String(network) : network.ip
  const index = isInt(query) ? BigInt(asInt(query)!) : typeof query === 'string' ? BigInt(query) : null
  const value = index === null ? null : index < 0n ? network.last + 1n + index : network.first + index
  if (value === null || value < network.first || value > network.last) return false
  return `${network.text(value)}/${network.prefix}`
}
