import { createHash } from 'node:crypto'

/** `mysql_native_password`: what the server keeps for a password. */
export function nativeHash(password: string): string {
  if (password === '') return ''
  const once = createHash('sha1').update(password).digest()
  return `*${createHash('sha1').update(once).digest('hex').toUpperCase()}`
}

/** True for text of the form `mysql_native_password` keeps. */
export function isNativeHash(text: string): boolean {
  return /^\*[0-9A-Fa-f]{40}$/.test(text)
}

/**
 * Whether a password is the one an account has: true or false where what the server keeps can be worked out again from the password
 * (mysql_native_password, caching_sha2_password, ed25519), null for every other plugin. Nothing of it reaches the host.
 */
export function passwordMatches(plugin: string, kept: Buffer, password: string): boolean | null {
  if (plugin === 'mysql_native_password' || plugin === '') return kept.toString('latin1') === nativeHash(password)
  if (plugin === 'caching_sha2_password' || plugin === 'sha256_password') return sha2Matches(kept, password)
  if (plugin === 'ed25519') return kept.toString('latin1') === ed25519Hash(password)
  return null
}

/** `$A$005$`, 20 bytes of salt, 43 characters of digest (5 × 1000 rounds), or `$5$salt$digest`. */
function sha2Matches(kept: Buffer, password: string): boolean {
  const text = kept.toString('latin1')
  if (text === '' || password === '') return text === password
  const caching = /^\$A\$([0-9A-F]{3})\$([\s\S]{20})([./0-9A-Za-z]{43})$/.exec(text)
  if (caching !== null) {
    return (
      sha256Crypt(password, Buffer.from(caching[2]!, 'latin1'), Number.parseInt(caching[1]!, 16) * 1000) === caching[3]
    )
  }
  const plain = /^\$5\$([\s\S]{1,20})\$([./0-9A-Za-z]{43})$/.exec(text)
  return plain !== null && sha256Crypt(password, Buffer.from(plain[1]!, 'latin1'), 5000) === plain[2]
}

/** SHA-256 crypt (Drepper's specification), its digest only. */
function sha256Crypt(password: string, salt: Buffer, rounds: number): string {
  const key = Buffer.from(password, 'utf8')
  const sha = (...parts: Buffer[]) => createHash('sha256').update(Buffer.concat(parts)).digest()
  const stretch = (block: Buffer, length: number) => Buffer.alloc(length, block)
  const alternate = sha(key, salt, key)
  const bits: Buffer[] = []
  for (let count = key.length; count > 0; count >>= 1) bits.push(count & 1 ? alternate : key)
  let digest = sha(key, salt, stretch(alternate, key.length), ...bits)
  const p = stretch(sha(...Array.from({ length: key.length }, () => key)), key.length)
  const s = stretch(sha(...Array.from({ length: 16 + digest[0]! }, () => salt)), salt.length)
  for (let round = 0; round < rounds; round += 1) {
    const odd = round % 2 === 1
    digest = sha(
      odd ? p : digest,
      round % 3 === 0 ? Buffer.alloc(0) : s,
      round % 7 === 0 ? Buffer.alloc(0) : p,
      odd ? digest : p,
    )
  }
  return encode(digest)
}

const ALPHABET = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

function encode(digest: Buffer): string {
  let text = ''
  const put = (value: number, length: number) => {
    for (let index = 0; index < length; index += 1) text += ALPHABET[(value >> (6 * index)) & 63]
  }
  let [a, b, c] = [0, 10, 20]
  for (let group = 0; group < 10; group += 1) {
    put((digest[a]! << 16) | (digest[b]! << 8) | digest[c]!, 4)
    ;[a, b, c] = [c + 1, a + 1, b + 1]
  }
  put((digest[31]! << 8) | digest[30]!, 3)
  return text
}

const PRIME = 2n ** 255n - 19n
const D = mod(-121665n * inverse(121666n))

type Point = readonly [bigint, bigint, bigint, bigint]

/** MariaDB's `ed25519`: the public key of RFC 8032 whose secret is the password itself, of any length; base64 without padding. */
function ed25519Hash(password: string): string {
  const hash = createHash('sha512').update(password).digest().subarray(0, 32)
  hash[0]! &= 248
  hash[31] = (hash[31]! & 63) | 64
  let scalar = littleEndian(hash)
  const y = mod(4n * inverse(5n))
  const x = 15112221349535400772501151409588531511454012693041857206046113283949847762202n
  let power: Point = [x, y, 1n, mod(x * y)]
  let sum: Point = [0n, 1n, 1n, 0n]
  for (; scalar > 0n; scalar >>= 1n) {
    if (scalar & 1n) sum = add(sum, power)
    power = add(power, power)
  }
  const z = inverse(sum[2])
  const number = mod(sum[1] * z) | ((mod(sum[0] * z) & 1n) << 255n)
  const bytes = Buffer.from(number.toString(16).padStart(64, '0'), 'hex').reverse()
  return bytes.toString('base64').replace(/=+$/, '')
}

function add([x1, y1, z1, t1]: Point, [x2, y2, z2, t2]: Point): Point {
  const a = mod((y1 - x1) * (y2 - x2))
  const b = mod((y1 + x1) * (y2 + x2))
  const c = mod(2n * t1 * t2 * D)
  const d = mod(2n * z1 * z2)
  const [e, f, g, h] = [b - a, d - c, d + c, b + a]
  return [mod(e * f), mod(g * h), mod(f * g), mod(e * h)]
}

function mod(number: bigint): bigint {
  const rest = number % PRIME
  return rest < 0n ? rest + PRIME : rest
}

function inverse(number: bigint): bigint {
  let [result, base, exponent] = [1n, mod(number), PRIME - 2n]
  for (; exponent > 0n; exponent >>= 1n) {
    if (exponent & 1n) result = mod(result * base)
    base = mod(base * base)
  }
  return result
}

function littleEndian(bytes: Buffer): bigint {
  return BigInt(`0x${Buffer.from(bytes).reverse().toString('hex')}`)
}
