import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'
import type { Dict, Value } from '../../kernel/value.ts'
import { filterError } from '../problems.ts'
import { int } from '../python/numbers.ts'
import { type Der, firstPart, integerOf, malformed, oidOf, parts, readDer, unsigned } from './der.ts'
import { publicKeyInfo } from './public-key.ts'

/** What a PEM text says of a public key, with the keys of community.crypto's `openssl_publickey_info`. Raises `template.filter`. */
export function publicKeyFile(pem: string): Dict {
  if (!/^-----BEGIN (?:RSA )?PUBLIC KEY-----/m.test(pem)) throw filterError('Could not find a public key')
  const { prints, type, data } = publicKeyInfo(readDer(infoOf(read(() => createPublicKey(pem)))))
  return new Map<Value, Value>([
    ['fingerprints', prints],
    ['type', type],
    ['public_data', data],
  ])
}

/**
 * The same of a private key, as `openssl_privatekey_info` has it, its own numbers only with `all`. Raises `template.filter` for what is
 * no key, and for a passphrase that is missing, wrong or of no use.
 */
export function privateKeyFile(pem: string, passphrase: string | null, all: boolean): Dict {
  if (/ENCRYPTED/.test(pem) !== (passphrase !== null))
    throw filterError(
      passphrase === null
        ? 'No passphrase provided for private key'
        : 'Passphrase provided, but private key is not password-protected!',
    )
  const key = read(() => createPrivateKey({ key: pem, ...(passphrase === null ? {} : { passphrase }) }))
  const info = publicKeyInfo(readDer(infoOf(createPublicKey(key))))
  const facts: [Value, Value][] = [
    ['public_key', info.pem],
    ['public_key_fingerprints', info.prints],
    ['type', info.type],
    ['public_data', info.data],
  ]
  return new Map(all ? [...facts, ['private_data', privateData(key)]] : facts)
}

function infoOf(key: KeyObject): Buffer {
  return key.export({ format: 'der', type: 'spki' })
}

function read(make: () => KeyObject): KeyObject {
  try {
    return make()
  } catch (error) {
    throw filterError(`Error loading key: ${(error as Error).message}`)
  }
}

/** From PrivateKeyInfo (RFC 5208, 5): RSAPrivateKey (RFC 8017, A.1.2), ECPrivateKey (RFC 5915, 3) or the number of DSA. */
function privateData(key: KeyObject): Dict {
  const [, algorithm, octets] = parts(readDer(key.export({ format: 'der', type: 'pkcs8' })))
  if (algorithm === undefined || octets === undefined) throw malformed('a private key')
  const inner = (): Der => readDer(octets.content)
  switch (oidOf(firstPart(algorithm).content)) {
    case '1.2.840.113549.1.1.1': {
      const [, , , exponent, p, q] = parts(inner()).map((value) => int(integerOf(value)))
      return new Map<Value, Value>([
        ['p', p!],
        ['q', q!],
        ['exponent', exponent!],
      ])
    }
    case '1.2.840.10040.4.1':
      return new Map([['x', int(integerOf(inner()))]])
    case '1.2.840.10045.2.1':
      return new Map([['multiplier', int(unsigned(parts(inner())[1]!.content))]])
    default:
      return new Map()
  }
}
