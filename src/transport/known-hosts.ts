import { createHmac, timingSafeEqual } from 'node:crypto'
import { matchesPatterns } from './host-patterns.ts'

export type HostKey = { readonly type: string; readonly key: string; readonly revoked: boolean }

type Line = HostKey & { readonly names: string }

/**
 * Known_hosts files (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT): plain, listed, wildcard, negated and hashed names, `[host]:port`, `@revoked`.
 * `@cert-authority` lines are left to OpenSSH.
 */
export class KnownHosts {
  /** Lines by each of their names in lower case, which is most of them. */
  readonly #named = new Map<string, HostKey[]>()
  readonly #others: Line[] = []

  constructor(text: string) {
    for (const line of text.split('\n')) this.#add(line.trim().split(/\s+/))
  }

  /** The keys of a host. */
  keys(host: string, port: number): HostKey[] {
    const name = port === 22 ? host : `[${host}]:${port}`
    return [...(this.#named.get(name.toLowerCase()) ?? []), ...this.#others.filter(({ names }) => matches(names, name))]
  }

  #add(words: string[]): void {
    if (words[0] === '' || words[0]!.startsWith('#')) return
    const marker = words[0]!.startsWith('@') ? words.shift() : null
    const [names, type, key] = words
    if (names === undefined || type === undefined || key === undefined || marker === '@cert-authority') return
    const known = { type, key, revoked: marker === '@revoked' }
    if (/[*?!|]/.test(names)) return void this.#others.push({ names, ...known })
    for (const name of new Set(names.toLowerCase().split(','))) {
      const keys = this.#named.get(name)
      if (keys === undefined) this.#named.set(name, [known])
      else keys.push(known)
    }
  }
}

export type Verdict = 'known' | 'unknown' | 'changed' | 'revoked'

/** What known keys say about the key a host shows (base64). */
export function judge(keys: readonly HostKey[], type: string, key: string): Verdict {
  if (keys.some((known) => known.revoked && known.key === key)) return 'revoked'
  if (keys.some((known) => !known.revoked && known.key === key)) return 'known'
  return keys.some((known) => !known.revoked && known.type === type) ? 'changed' : 'unknown'
}

function matches(names: string, name: string): boolean {
  if (names.startsWith('|1|')) return matchesHash(names, name)
  return matchesPatterns(names.split(','), name)
}

function matchesHash(hashed: string, name: string): boolean {
  const [, , salt, hash] = hashed.split('|')
  if (salt === undefined || hash === undefined) return false
  const expected = Buffer.from(hash, 'base64')
  const actual = createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest()
  return expected.length === actual.length && timingSafeEqual(expected, actual)
}
