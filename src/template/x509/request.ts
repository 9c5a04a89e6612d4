import { constants, createPublicKey, verify } from 'node:crypto'
import type { Dict, Value } from '../../kernel/value.ts'
import { filterError } from '../problems.ts'
import { bitsOf, type Der, firstPart, malformed, oidOf, parts, readDer } from './der.ts'
import {
  constraintFacts,
  type Extensions,
  extensionsByOid,
  identifierFacts,
  readExtensions,
  usageFacts,
} from './extensions.ts'
import { type HostText, nameFacts } from './names.ts'
import { oidName } from './oid-names.ts'
import { readPem } from './pem.ts'
import { publicKeyFacts } from './public-key.ts'

/**
 * What the first request of a PEM text (RFC 2986, 4) asks for, with the keys of community.crypto's `openssl_csr_info`. `host` writes
 * host names. Raises `template.filter` where there is no request, and where its signature is not by its key.
 */
export function requestInfo(pem: string, host: HostText): Dict {
  const [body, algorithm, signature] = parts(readDer(readPem(pem, ['CERTIFICATE REQUEST', 'NEW CERTIFICATE REQUEST'])))
  if (!(body && algorithm && signature)) throw malformed('a certificate request')
  const [version, subject, key, attributes] = parts(body)
  if (!(version && subject && key)) throw malformed('a certificate request')
  const extensions = requestedExtensions(attributes)
  const facts: (readonly [Value, Value])[] = [
    ...nameFacts('subject', subject),
    ...usageFacts(extensions, host),
    ...constraintFacts(extensions, host),
    ...publicKeyFacts(key),
    ...identifierFacts(extensions, host),
    ['extensions_by_oid', extensionsByOid(extensions)],
    ['signature_valid', true],
  ]
  if (!isSigned(body, key, algorithm, bitsOf(signature))) throw filterError('CSR signature is invalid!')
  return new Map(facts)
}

/** The attribute extensionRequest (RFC 2985, 5.4.2), or Microsoft's of the same form. */
function requestedExtensions(attributes: Der | undefined): Extensions {
  const all = attributes === undefined ? [] : parts(attributes)
  const found = all.find((one) => ['Extension Request', 'Microsoft Extension Request'].includes(nameOf(one)))
  const values = found === undefined ? undefined : parts(found)[1]
  return values === undefined ? new Map() : readExtensions(firstPart(values))
}

function nameOf(value: Der): string {
  return oidName(oidOf(firstPart(value).content))
}

function isSigned(body: Der, key: Der, algorithm: Der, signature: Buffer): boolean {
  const { hash, ...padding } = signing(algorithm)
  try {
    const signer = createPublicKey({ key: key.whole, format: 'der', type: 'spki' })
    return verify(hash, body.whole, { key: signer, ...padding }, signature)
  } catch (error) {
    throw filterError(`The signature of the CSR can't be checked: ${(error as Error).message}`)
  }
}

type Signing = { readonly hash: string | null; readonly padding?: number; readonly saltLength?: number }

/** Most algorithms name their hash; those of Edwards curves have none of their own (RFC 8410, 6). */
function signing(algorithm: Der): Signing {
  const name = nameOf(algorithm)
  if (name === 'rsassaPss') {
    const { RSA_PKCS1_PSS_PADDING: padding, RSA_PSS_SALTLEN_AUTO: saltLength } = constants
    return { hash: pssHash(algorithm), padding, saltLength }
  }
  const hash = /(?:md5|sha3-\d+|sha512-\d+|sha\d+)(?=$|With)/i.exec(name)?.[0].toLowerCase() ?? null
  if (hash === null && !name.startsWith('ED')) throw filterError(`The signature ${name} of the CSR can't be checked`)
  return { hash }
}

/** RFC 4055, 3.1: SHA-1 unless the parameters say otherwise. */
function pssHash(algorithm: Der): string {
  const parameters = parts(algorithm)[1]
  const given = parameters === undefined ? undefined : parts(parameters).find(({ tag }) => tag === 0xa0)
  if (given === undefined) return 'sha1'
  const oid = oidOf(firstPart(readDer(given.content)).content)
  const hash = PSS_HASHES.get(oid)
  if (hash === undefined) throw filterError(`The hash ${oid} of the CSR's signature is not known`)
  return hash
}

const PSS_HASHES: ReadonlyMap<string, string> = new Map([
  ['1.3.14.3.2.26', 'sha1'],
  ['2.16.840.1.101.3.4.2.4', 'sha224'],
  ['2.16.840.1.101.3.4.2.1', 'sha256'],
  ['2.16.840.1.101.3.4.2.2', 'sha384'],
  ['2.16.840.1.101.3.4.2.3', 'sha512'],
])
