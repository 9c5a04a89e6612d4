import { createHash } from 'node:crypto'

const letters = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** The `$1$` hash of crypt(5), by Poul-Henning Kamp's algorithm. The salt has at most eight characters. */
export function md5Crypt(password: string, salt: string): string {
  const secret = Buffer.from(password, 'utf8')
  const md5 = (...parts: readonly (Buffer | string)[]) => {
    const hash = createHash('md5')
    for (const part of parts) hash.update(part)
    return hash.digest()
  }
  const mixed = md5(secret, salt, secret)
  const first: (Buffer | string)[] = [secret, '$1$', salt]
  for (let left = secret.length; left > 0; left -= 16) first.push(mixed.subarray(0, Math.min(16, left)))
  for (let bits = secret.length; bits > 0; bits >>= 1) first.push(bits & 1 ? Buffer.alloc(1) : secret.subarray(0, 1))
  let digest = md5(...first)
  for (let round = 0; round < 1000; round++) {
    digest = md5(
      round % 2 === 1 ? secret : digest,
      round % 3 === 0 ? '' : salt,
      round % 7 === 0 ? '' : secret,
      round % 2 === 1 ? digest : secret,
    )
  }
  return `$1$${salt}$${encoded(digest)}`
}

/** Three bytes at a time, in the algorithm's own order. */
function encoded(digest: Buffer): string {
  const groups = [[0, 6, 12], [1, 7, 13], [2, 8, 14], [3, 9, 15], [4, 10, 5], [11]]
  return groups
    .map((indices) => {
      let value = indices.reduce((sum, index) => sum * 256 + digest[index]!, 0)
      return Array.from({ length: indices.length + 1 }, () => {
        const letter = letters[value & 63]!
        value >>= 6
        return letter
      }).join('')
    })
    .join('')
}
