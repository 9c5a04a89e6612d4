import { createHmac, timingSafeEqual } from 'node:crypto'

export type HostKey = { readonly type: string; readonly key: string; readonly revoked: boolean }

/**
 * The keys that known_hosts files hold for a host (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT): plain, listed, wildcard, negated and hashed
 * names, `[host]:port`, `@revoked`. `@cert-authority` lines are left to OpenSSH.
 */
export function knownKeys(text: string, host: string, port: number): HostKey[] {
  const name = port === 22 ? host : `[${host}]:${port}`
  const keys: HostKey[] = []
  for (const line of text.split('\n')) {
    const words = line.trim().split(/\s+/)
    if (words[0] === '' || words[0]!.startsWith('#')) continue
    const marker = words[0]!.startsWith('@') ? words.shift() : null
    const [names, type, key] = words
    if (names === undefined || type === undefined || key === undefined || marker === '@cert-authority') continue
    if (matches(names, name)) keys.push({ type, key, revoked: marker === '@revoked' })
  }
  return keys
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
  let matched = false
  for (const pattern of names.split(',')) {
    const negated = pattern.startsWith('!')
    if (!matchesPattern(negated ? pattern.slice(1) : pattern, name)) continue
    if (negated) return false
    matched = true
  }
  return matched
}

function matchesHash(hashed: string, name: string): boolean {
  const [, , salt, hash] = hashed.split('|')
  if (salt === undefined || hash === undefined) return false
  const expected = Buffer.from(hash, 'base64')
  const actual = createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest()
  return expected.length === actual.length && timingSafeEqual(expected, actual)
}

function matchesPattern(pattern: string, name: string): boolean {
  if (!/[*?]/.test(pattern)) return pattern.toLowerCase() === name.toLowerCase()
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.')
  return new RegExp(`^${source}$`, 'i').test(name)
}
