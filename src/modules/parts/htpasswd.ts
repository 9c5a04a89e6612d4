import { createHash, pbkdf2Sync, timingSafeEqual } from 'node:crypto'

export const SCHEMES = ['apr_md5_crypt', 'ldap_sha1', 'plaintext'] as const
type Scheme = (typeof SCHEMES)[number]

/**
 * The hash of a password for a line of an htpasswd file. The salt follows, by a slow function, from the password and `place`, so that the
 * same task writes the same line.
 */
export function htpasswdHash(password: string, scheme: Scheme, place: string): string {
  switch (scheme) {
    case 'plaintext':
      return password
    case 'ldap_sha1':
      return `{SHA}${createHash('sha1').update(password, 'utf8').digest('base64')}`
    case 'apr_md5_crypt': {
      const bytes = pbkdf2Sync(password, place, 100_000, 8, 'sha256')
      const salt = [...bytes].map((byte) => ALPHABET[byte & 63]).join('')
      return `$apr1$${salt}$${md5Crypt(password, salt, '$apr1$')}`
    }
  }
}

/** Whether a hash is that of the password; false for schemes that can't be worked out here. */
export function htpasswdMatches(hash: string, password: string): boolean {
  const crypt = /^(\$apr1\$|\$1\$)([^$]{0,8})\$(.*)$/.exec(hash)
  if (crypt !== null) return same(crypt[3]!, md5Crypt(password, crypt[2]!, crypt[1]!))
  if (hash.startsWith('{SHA}')) return same(hash, htpasswdHash(password, 'ldap_sha1', ''))
  return same(hash, password)
}

function same(a: string, b: string): boolean {
  const [one, other] = [Buffer.from(a), Buffer.from(b)]
  return one.length === other.length && timingSafeEqual(one, other)
}

const ALPHABET = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** MD5-based crypt (Kamp's `$1$`, and Apache's `$apr1$`, which differs in its mark alone), its digest only. */
function md5Crypt(password: string, salt: string, mark: string): string {
  const [key, grain] = [Buffer.from(password, 'utf8'), Buffer.from(salt, 'latin1')]
  const md5 = (...parts: Buffer[]) => createHash('md5').update(Buffer.concat(parts)).digest()
  const alternate = md5(key, grain, key)
  const bits: Buffer[] = []
  for (let count = key.length; count > 0; count >>= 1) bits.push(count & 1 ? Buffer.alloc(1) : key.subarray(0, 1))
  let digest = md5(key, Buffer.from(mark), grain, Buffer.alloc(key.length, alternate), ...bits)
  for (let round = 0; round < 1000; round++) {
    digest = md5(
      round & 1 ? key : digest,
      ...(round % 3 === 0 ? [] : [grain]),
      ...(round % 7 === 0 ? [] : [key]),
      round & 1 ? digest : key,
    )
  }
  const order = [0, 6, 12, 1, 7, 13, 2, 8, 14, 3, 9, 15, 4, 10, 5]
  let text = ''
  for (let index = 0; index < 15; index += 3)
    text += base64((digest[order[index]!]! << 16) | (digest[order[index + 1]!]! << 8) | digest[order[index + 2]!]!, 4)
  return text + base64(digest[11]!, 2)
}

function base64(value: number, length: number): string {
  return Array.from({ length }, (_, index) => ALPHABET[(value >> (6 * index)) & 63]).join('')
}
