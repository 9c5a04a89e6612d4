import { createHash, createHmac } from 'node:crypto'

/** A line of a known_hosts file (sshd(8)). */
export type KnownHost = {
  readonly marker: string | null
  readonly hosts: string
  readonly type: string
  readonly key: string
}

/** A line; null for a comment or nothing. */
export function parseKnownHost(line: string): KnownHost | null {
  const words = line.trim().split(/\s+/)
  if (words[0] === '' || words[0]!.startsWith('#')) return null
  const marker = words[0]!.startsWith('@') ? words.shift()! : null
  const [hosts, type, key] = words
  return hosts === undefined || type === undefined || key === undefined ? null : { marker, hosts, type, key }
}

/** Whether a line is of a host: by name, by pattern, or by the keyed hash of its name. */
export function isOfHost({ hosts }: KnownHost, host: string): boolean {
  const hashed = /^\|1\|([^|]+)\|(.+)$/.exec(hosts)
  if (hashed !== null) return hmac(Buffer.from(hashed[1]!, 'base64'), host) === hashed[2]
  return hosts.split(',').some((name) => name.toLowerCase() === host)
}

/** The line with its host hashed. The salt comes from the line itself: the same task gives the same line. */
export function hashed(line: string, host: string): string {
  const words = line.trim().split(/\s+/)
  const salt = createHash('sha1').update(`${host}\n${line.trim()}`).digest()
  words[words[0]!.startsWith('@') ? 1 : 0] = `|1|${salt.toString('base64')}|${hmac(salt, host)}`
  return words.join(' ')
}

function hmac(salt: Buffer, host: string): string {
  return createHmac('sha1', salt).update(host).digest('base64')
}
