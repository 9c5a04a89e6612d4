import { createHash, createPublicKey, ECDH } from 'node:crypto'
import type { Dict, Value } from '../../kernel/value.ts'
import { filterError } from '../problems.ts'
import { int } from '../python/numbers.ts'
import { bitsOf, type Der, firstPart, integerOf, malformed, oidOf, parts, readDer, unsigned } from './der.ts'

/** What community.crypto tells of a public key. */
export type PublicKeyInfo = { readonly pem: string; readonly type: string; readonly data: Dict; readonly prints: Dict }

/** A SubjectPublicKeyInfo (RFC 5280, 4.1.2.7). Raises `template.filter` for a kind of key that is not known. */
export function publicKeyInfo(info: Der): PublicKeyInfo {
  const [algorithm, key] = parts(info)
  if (algorithm === undefined || key === undefined) throw malformed('a public key')
  const id = oidOf(firstPart(algorithm).content)
  const kind = KINDS.get(id)
  if (kind === undefined) throw filterError(`Unsupported public key type: ${id}`)
  return {
    pem: pemOf(info.whole),
    type: kind.type,
    data: new Map(kind.data(bitsOf(key), parts(algorithm)[1])),
    prints: fingerprints(info.whole),
  }
}

/** The same with the keys that a certificate's facts have. */
export function publicKeyFacts(info: Der): [string, Value][] {
  const { pem, type, data, prints } = publicKeyInfo(info)
  return [
    ['public_key', pem],
    ['public_key_type', type],
    ['public_key_data', data],
    ['public_key_fingerprints', prints],
  ]
}

/** By every hash that Python promises to have; the SHAKE ones 32 octets long. */
export function fingerprints(bytes: Buffer): Dict {
  return new Map(
    HASHES.map(([name, hash = name]): [string, string] => {
      const options = name.startsWith('shake') ? { outputLength: 32 } : {}
      return [name, colons(createHash(hash, options).update(bytes).digest())]
    }),
  )
}

/** `00:1f:…` */
export function colons(bytes: Buffer): string {
  return (bytes.toString('hex').match(/../g) ?? []).join(':')
}

const HASHES: readonly (readonly [string, string?])[] = [
  ...['md5', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512'].map((name) => [name] as const),
  ['sha3_224', 'sha3-224'],
  ['sha3_256', 'sha3-256'],
  ['sha3_384', 'sha3-384'],
  ['sha3_512', 'sha3-512'],
  ['shake_128', 'shake128'],
  ['shake_256', 'shake256'],
  ['blake2b', 'blake2b512'],
  ['blake2s', 'blake2s256'],
]

function pemOf(info: Buffer): string {
  try {
    return createPublicKey({ key: info, format: 'der', type: 'spki' })
      .export({ format: 'pem', type: 'spki' })
      .toString()
  } catch (error) {
    throw filterError(`The public key can't be read: ${(error as Error).message}`)
  }
}

type Kind = { readonly type: string; readonly data: (key: Buffer, parameters: Der | undefined) => [string, Value][] }

const none = (): [string, Value][] => []

/** By the identifiers of RFC 3279, 2.3, RFC 5480, 2.1.1 and RFC 8410, 3. */
const KINDS: ReadonlyMap<string, Kind> = new Map([
  ['1.2.840.113549.1.1.1', { type: 'RSA', data: rsa }],
  ['1.2.840.10040.4.1', { type: 'DSA', data: dsa }],
  ['1.2.840.10045.2.1', { type: 'ECC', data: ecc }],
  ['1.3.101.110', { type: 'X25519', data: none }],
  ['1.3.101.111', { type: 'X448', data: none }],
  ['1.3.101.112', { type: 'Ed25519', data: none }],
  ['1.3.101.113', { type: 'Ed448', data: none }],
])

function rsa(key: Buffer): [string, Value][] {
  const [modulus, exponent] = parts(readDer(key)).map(integerOf)
  if (modulus === undefined || exponent === undefined) throw malformed('an RSA key')
  return [
    ['size', bitLength(modulus)],
    ['modulus', int(modulus)],
    ['exponent', int(exponent)],
  ]
}

function dsa(key: Buffer, parameters: Der | undefined): [string, Value][] {
  const [p, q, g] = parameters === undefined ? [] : parts(parameters).map(integerOf)
  if (p === undefined || q === undefined || g === undefined) throw malformed('a DSA key')
  return [
    ['size', bitLength(p)],
    ['p', int(p)],
    ['q', int(q)],
    ['g', int(g)],
    ['y', int(integerOf(readDer(key)))],
  ]
}

function bitLength(value: bigint): number {
  return value.toString(2).length
}

/** A point is 4 and both coordinates, or 2 or 3 and one of them (SEC 1, 2.3.3). */
function ecc(key: Buffer, parameters: Der | undefined): [string, Value][] {
  const id = parameters === undefined ? '' : oidOf(parameters.content)
  const curve = CURVES.get(id)
  if (curve === undefined) throw filterError(`Curve ${id} is not supported`)
  const [name, size, ours = name] = curve
  const point = key[0] === 4 ? key : uncompressed(key, ours)
  const half = (point.length + 1) / 2
  return [
    ['curve', name],
    ['x', int(unsigned(point.subarray(1, half)))],
    ['y', int(unsigned(point.subarray(half)))],
    ['exponent_size', size],
  ]
}

function uncompressed(point: Buffer, curve: string): Buffer {
  try {
    return ECDH.convertKey(point, curve, undefined, undefined, 'uncompressed') as Buffer
  } catch (error) {
    throw filterError(`The point of the curve ${curve} can't be read: ${(error as Error).message}`)
  }
}

/** Names of SEC 2 and RFC 5639, sizes, and OpenSSL's name where it is another. */
const CURVES: ReadonlyMap<string, readonly [string, number, string?]> = new Map([
  ['1.2.840.10045.3.1.1', ['secp192r1', 192, 'prime192v1']],
  ['1.3.132.0.33', ['secp224r1', 224]],
  ['1.2.840.10045.3.1.7', ['secp256r1', 256, 'prime256v1']],
  ['1.3.132.0.34', ['secp384r1', 384]],
  ['1.3.132.0.35', ['secp521r1', 521]],
  ['1.3.132.0.10', ['secp256k1', 256]],
  ['1.3.36.3.3.2.8.1.1.7', ['brainpoolP256r1', 256]],
  ['1.3.36.3.3.2.8.1.1.11', ['brainpoolP384r1', 384]],
  ['1.3.36.3.3.2.8.1.1.13', ['brainpoolP512r1', 512]],
])
