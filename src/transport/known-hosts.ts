import { createHmac, timingSafeEqual } from 'node:crypto'
import { matchesPatterns } from './host-patterns.ts'

export type HostKey = { readonly type: string; readonly key: string; readonly revoked: boolean }

type Line = HostKey & { readonly names: string }

/**
 * Known_hosts files (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT): plain, listed, wildcard, negated and hashed names, `[host]:port`, `@revoked`.
 * Of `@cert-authority` it is only known for whom they are: certificates are left to OpenSSH.
 */
export class KnownHosts {
  /** Lines by each of their names in lower case, which is most of them. */
  readonly #named = new Map<string, HostKey[]>()
  readonly #others: Line[] = []
  readonly #authorities: string[] = []

  constructor(text: string) {
    for (const line of text.split('\n')) this.#add(line.trim().split(/\s+/))
  }

  /** The keys of a host. */
  keys(host: string, port: number): HostKey[] {
    const name = nameOf(host, port)
    return [...(this.#named.get(name.toLowerCase()) ?? []), ...this.#others.filter(({ names }) => matches(names, name))]
  }

  /** Whether an authority signs the keys of a host. */
  hasAuthority(host: string, port: number): boolean {
    return this.#authorities.some((names) => matches(names, nameOf(host, port)))
  }

  #add(words: string[]): void {
    if (words[0] === '' || words[0]!.startsWith('#')) return
    const marker = words[0]!.startsWith('@') ? words.shift() : null
    const [names, type, key] = words
    if (names === undefined || type === undefined || key === undefined) return
    if (marker === '@cert-authority') return void this.#authorities.push(names)
    const known = { type, key, revoked: marker === '@revoked' }
    if (/[*?!|]/.test(names)) return void this.#others.push({ names, ...known })
    for (const name of new Set(names.toLowerCase().split(','))) {
      const keys = this.#named.get(name)
      if (keys === undefined) this.#named.set(name, [known])
      else keys.push(known)
    }
  }
}

export function readKnownHosts(bytes: Buffer): KnownHosts {
  return new KnownHosts(bytes.toString('utf8'))
}

/** How a host stands in these files. */
export function nameOf(host: string, port: number): string {
  return port === 22 ? host : `[${host}]:${port}`
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
