/** An IPv4 or IPv6 address with a prefix: what `10.0.0.5/24` says. */
export class Network {
  readonly version: 4 | 6
  readonly value: bigint
  readonly prefix: number

  constructor(version: 4 | 6, value: bigint, prefix: number) {
    this.version = version
    this.value = value
    this.prefix = prefix
  }

  get width(): number {
    return this.version === 4 ? 32 : 128
  }
  get hostMask(): bigint {
    return (1n << BigInt(this.width - this.prefix)) - 1n
  }
  get netMask(): bigint {
    return ((1n << BigInt(this.width)) - 1n) ^ this.hostMask
  }
  get first(): bigint {
    return this.value & this.netMask
  }
  get last(): bigint {
    return this.value | this.hostMask
  }
  get size(): bigint {
    return this.hostMask + 1n
  }
  /** The address itself, without its prefix. */
  get ip(): string {
    return addressText(this.version, this.value)
  }
  get network(): string {
    return addressText(this.version, this.first)
  }
  /** null where the last address is an ordinary one (/31 and /32). */
  get broadcast(): string | null {
    return this.width - this.prefix <= 1 && this.version === 4 ? null : addressText(this.version, this.last)
  }
  get isNetworkAddress(): boolean {
    return this.value === this.first
  }
  /** The whole network: `10.0.0.0/24`. */
  get cidr(): string {
    return `${this.network}/${this.prefix}`
  }
  text(value: bigint): string {
    return addressText(this.version, value)
  }
  toString(): string {
    return `${this.ip}/${this.prefix}`
  }
  contains(other: Network): boolean {
    return this.version === other.version && other.first >= this.first && other.last <= this.last
  }
}

/** `10.0.0.5`, `10.0.0.0/24`, `10.0.0.0/255.255.255.0`, `fe80::1/64`, `10/8`; null for anything else. */
export function parseNetwork(text: string): Network | null {
  const [address = '', mask, ...rest] = text.split('/')
  if (rest.length > 0) return null
  const version = address.includes(':') ? 6 : 4
  const value = version === 6 ? parseV6(address) : parseV4(address, true)
  if (value === null) return null
  const prefix = mask === undefined ? (version === 4 ? 32 : 128) : parsePrefix(mask, version)
  return prefix === null ? null : new Network(version, value, prefix)
}

function parsePrefix(mask: string, version: 4 | 6): number | null {
  const width = version === 4 ? 32 : 128
  if (/^\d+$/.test(mask)) return Number(mask) <= width ? Number(mask) : null
  const value = version === 4 ? parseV4(mask, false) : parseV6(mask)
  if (value === null) return null
  const bits = value.toString(2).padStart(width, '0')
  if (/^1*0*$/.test(bits)) return bits.replaceAll('0', '').length
  return /^0*1*$/.test(bits) ? bits.replaceAll('1', '').length : null
}

/** A dotted quad as a number; with `partial`, missing quads are zeros. */
function parseV4(text: string, partial: boolean): bigint | null {
  const quads = text.split('.')
  if (quads.length > 4 || (!partial && quads.length < 4)) return null
  if (!quads.every((quad) => /^\d{1,3}$/.test(quad) && Number(quad) < 256)) return null
  while (quads.length < 4) quads.push('0')
  return quads.reduce((value, quad) => value * 256n + BigInt(quad), 0n)
}

function parseV6(text: string): bigint | null {
  const dotted = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text)
  if (dotted !== null) {
    const low = parseV4(dotted[2]!, false)
    return low === null ? null : parseV6(`${dotted[1]}${(low >> 16n).toString(16)}:${(low & 0xffffn).toString(16)}`)
  }
  const halves = text.split('::')
  if (halves.length > 2) return null
  const [head = [], tail = []] = halves.map((half) => (half === '' ? [] : half.split(':')))
  const missing = 8 - head.length - tail.length
  if (halves.length === 2 ? missing < 1 : missing !== 0) return null
  const groups = [...head, ...Array.from({ length: missing }, () => '0'), ...tail]
  if (!groups.every((group) => /^[\da-fA-F]{1,4}$/.test(group))) return null
  return groups.reduce((value, group) => value * 65536n + BigInt(`0x${group}`), 0n)
}

export function addressText(version: 4 | 6, value: bigint): string {
  return version === 4 ? v4Text(value) : v6Text(value)
}

function v4Text(value: bigint): string {
  return [24n, 16n, 8n, 0n].map((shift) => (value >> shift) & 255n).join('.')
}

/** The shortest form: the longest run of zero groups, if of two or more, becomes `::`; an IPv4 address in it keeps its dots. */
function v6Text(value: bigint): string {
  const high = value >> 32n
  if (high === 0xffffn) return `::ffff:${v4Text(value & 0xffffffffn)}`
  if (high === 0n && value > 0xffffn) return `::${v4Text(value)}`
  return v6Groups(value)
}

/** The shortest form in which every group is hexadecimal. */
export function v6Groups(value: bigint): string {
  const groups = Array.from({ length: 8 }, (_, index) => ((value >> BigInt(112 - 16 * index)) & 0xffffn).toString(16))
  const { start, length } = longestZeros(groups)
  if (length < 2) return groups.join(':')
  return `${groups.slice(0, start).join(':')}::${groups.slice(start + length).join(':')}`
}

function longestZeros(groups: readonly string[]): { start: number; length: number } {
  let best = { start: 0, length: 0 }
  for (let i = 0; i < groups.length; i++) {
    let length = 0
    while (groups[i + length] === '0') length++
    if (length > best.length) best = { start: i, length }
  }
  return best
}

/** The name reverse DNS knows the address by. */
export function reverseName(network: Network): string {
  if (network.version === 4) return `${network.ip.split('.').reverse().join('.')}.in-addr.arpa.`
  return `${[...network.value.toString(16).padStart(32, '0')].reverse().join('.')}.ip6.arpa.`
}
