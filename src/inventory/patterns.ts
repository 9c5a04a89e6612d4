import { Problem } from '../kernel/problem.ts'
import { parseAddress } from './address.ts'
import { globPattern } from './fnmatch.ts'
import type { Host } from './groups.ts'
import type { Inventory } from './inventory.ts'
import type { InventorySettings } from './settings.ts'

type PatternOptions = {
  readonly warn: (text: string) => void
  readonly readLimit: (path: string) => string | null
  readonly settings: Pick<InventorySettings, 'patternMismatch'>
}

/**
 * The hosts a pattern means, by Ansible's rules ("Patterns: targeting hosts and groups"): names, groups, globs, `~regex`, parts joined by
 * `,` or `:`, `&` for those also in, `!` for those not in, `[0]` and `[1:3]` for some of a group. Problems `inventory.pattern`, `inventory.limit`.
 */
export function matchHosts(
  inventory: Inventory,
  pattern: string | readonly string[],
  limit: string | null,
  options: PatternOptions,
): Host[] {
  const hosts = evaluate(inventory, splitPattern(pattern), options)
  if (limit === null) return hosts
  const limited = new Set(evaluate(inventory, limitPatterns(limit, options), options))
  return hosts.filter((host) => limited.has(host))
}

/** `a:&b:!c` or `a,b` → parts. A colon inside an IPv6 address, a port or brackets separates nothing. */
function splitPattern(pattern: string | readonly string[]): string[] {
  if (typeof pattern !== 'string') return pattern.flatMap(splitPattern)
  const parts = pattern.includes(',')
    ? pattern.split(',')
    : parseAddress(pattern) !== null
      ? [pattern]
      : (pattern.match(/(?:[^\s:[\]]|\[[^\]]*\])+/g) ?? [])
  return parts.map((part) => part.trim()).filter((part) => part !== '')
}

/** A limit's parts; `@file` stands for the lines of a file. */
function limitPatterns(limit: string, options: PatternOptions): string[] {
  return splitPattern(limit).flatMap((part) => {
    if (!part.startsWith('@')) return [part]
    const text = options.readLimit(part.slice(1))
    if (text !== null) return text.split('\n').map((line) => line.trim())
    throw new Problem({
      code: 'inventory.limit',
      summary: 'File of the limit not found',
      detail: `unable to find limit file ${part.slice(1)}; a limit that starts with "@" must be a file`,
      hint: '"@" starts the name of a file with one host or pattern in each line',
    })
  })
}

function evaluate(inventory: Inventory, parts: readonly string[], options: PatternOptions): Host[] {
  const given = parts.filter((part) => part !== '')
  const plain = given.filter((part) => !part.startsWith('!') && !part.startsWith('&'))
  let hosts = new Set<Host>()
  for (const part of plain.length === 0 ? ['all'] : plain) {
    for (const host of matchPart(inventory, part, options)) hosts.add(host)
  }
  for (const sign of ['&', '!']) {
    for (const part of given.filter((other) => other.startsWith(sign))) {
      const those = new Set(matchPart(inventory, part.slice(1), options))
      hosts = new Set([...hosts].filter((host) => those.has(host) === (sign === '&')))
    }
  }
  return [...hosts]
}

function matchPart(inventory: Inventory, part: string, options: PatternOptions): Host[] {
  if (inventory.isHost(part)) return [inventory.host(part)!]
  const subscript = part.startsWith('~') ? null : /^(.+)\[(?:(-?\d+)|(\d+)[:-](\d*))\]$/.exec(part)
  if (subscript === null) return enumerate(inventory, part, options)
  const [, base, index, start, end] = subscript
  const hosts = enumerate(inventory, base!, options)
  if (hosts.length === 0) return []
  if (index === undefined) return hosts.slice(Number(start), end === '' ? undefined : Number(end) + 1)
  const host = hosts.at(Number(index))
  if (host !== undefined) return [host]
  throw new Problem({
    code: 'inventory.pattern',
    summary: 'No such host in a group',
    detail: `no hosts matched the subscripted pattern '${part}': there are ${hosts.length}`,
  })
}

function enumerate(inventory: Inventory, part: string, options: PatternOptions): Host[] {
  const matches = matcher(part)
  const groups = inventory.groupList.filter((group) => matches(group.name))
  const hosts = groups.flatMap((group) => group.hosts())
  if (groups.length === 0 || part.startsWith('~') || /[.?*[]/.test(part)) {
    hosts.push(...inventory.hostList.filter((host) => matches(host.name)))
  }
  const implicit = hosts.length === 0 ? inventory.host(part) : undefined
  if (implicit !== undefined) return [implicit]
  if (hosts.length === 0 && groups.length === 0 && part !== 'all') {
    mismatch(part, options)
  }
  return [...new Set(hosts)]
}

function mismatch(part: string, { settings, warn }: PatternOptions): void {
  if (settings.patternMismatch === 'warning') warn(`could not match supplied host pattern, ignoring: ${part}`)
  if (settings.patternMismatch !== 'error') return
  throw new Problem({
    code: 'inventory.pattern',
    summary: 'Pattern without hosts',
    detail: `could not match supplied host pattern: ${part}`,
  })
}

function matcher(part: string): (name: string) => boolean {
  try {
    const pattern = part.startsWith('~') ? new RegExp(`^(?:${part.slice(1)})`) : globPattern(part)
    return (name) => pattern.test(name)
  } catch (error) {
    throw new Problem({
      code: 'inventory.pattern',
      summary: 'Invalid host pattern',
      detail: `"${part}" is no valid ${part.startsWith('~') ? 'regular expression' : 'pattern'}`,
      cause: error,
    })
  }
}
