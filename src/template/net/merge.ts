import { Network } from './address.ts'

/** The fewest networks that cover just what the given ones cover. */
export function mergeNetworks(networks: readonly Network[]): Network[] {
  return ([4, 6] as const).flatMap((version) => {
    const ranges: { first: bigint; last: bigint }[] = []
    const sorted = networks.filter((one) => one.version === version).sort((a, b) => (a.first < b.first ? -1 : 1))
    for (const { first, last } of sorted) {
      const before = ranges.at(-1)
      if (before === undefined || first > before.last + 1n) ranges.push({ first, last })
      else if (last > before.last) before.last = last
    }
    return ranges.flatMap(({ first, last }) => cover(version, first, last))
  })
}

function cover(version: 4 | 6, first: bigint, last: bigint): Network[] {
  const width = version === 4 ? 32 : 128
  const found: Network[] = []
  let start = first
  while (start <= last) {
    let prefix = width
    while (prefix > 0) {
      const wider = new Network(version, start, prefix - 1)
      if (wider.first !== start || wider.last > last) break
      prefix--
    }
    const network = new Network(version, start, prefix)
    found.push(network)
    start = network.last + 1n
  }
  return found
}

/** The smallest network around all of them; null for none. */
export function span(networks: readonly Network[]): Network | null {
  const [one] = networks
  if (one === undefined || networks.length === 1) return one ?? null
  let prefix = Math.min(...networks.map((network) => network.prefix))
  const around = (): Network => new Network(one.version, new Network(one.version, one.value, prefix).first, prefix)
  while (prefix > 0 && !networks.every((network) => around().contains(network))) prefix--
  return around()
}
