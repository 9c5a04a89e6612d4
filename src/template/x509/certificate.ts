import type { Dict, Value } from '../../kernel/value.ts'
import { filterError } from '../problems.ts'
import { int } from '../python/numbers.ts'
import { type Der, firstPart, integerOf, malformed, oidOf, parts, readDer, timeOf } from './der.ts'
import { authorityUri, extensionsByOid, identifierFacts, readExtensions, usageFacts } from './extensions.ts'
import { attributesOf, type HostText } from './names.ts'
import { oidName } from './oid-names.ts'
import { fingerprints, publicKeyInfo } from './public-key.ts'

/**
 * What the first certificate of a PEM text says, with the keys of community.crypto's `x509_certificate_info`. `host` writes host
 * names, `now` is compared with the certificate's end. Raises `template.filter` where there is no certificate, or one that is
 * not as RFC 5280, 4.1 has it.
 */
export function certificateInfo(pem: string, host: HostText, now: Date): Dict {
  const whole = readPem(pem, ['CERTIFICATE', 'X509 CERTIFICATE'])
  const { serial, signature, issuer, validity, subject, key, ...rest } = fieldsOf(whole)
  const extensions = readExtensions(rest.extensions)
  const [from = '', to = ''] = parts(validity).map(timeOf)
  const publicKey = publicKeyInfo(key)
  return new Map<Value, Value>([
    ['signature_algorithm', oidName(oidOf(firstPart(signature).content))],
    ...nameFacts('subject', subject),
    ...nameFacts('issuer', issuer),
    ['version', rest.version],
    ...usageFacts(extensions, host),
    ['not_before', from],
    ['not_after', to],
    ['expired', to < now.toISOString().replace(/\..*|\D/g, '')],
    ['public_key', publicKey.pem],
    ['public_key_type', publicKey.type],
    ['public_key_data', publicKey.data],
    ['public_key_fingerprints', publicKey.prints],
    ['fingerprints', fingerprints(whole)],
    ...identifierFacts(extensions, host),
    ['serial_number', int(integerOf(serial))],
    ['extensions_by_oid', extensionsByOid(extensions)],
    ['ocsp_uri', authorityUri(extensions, '1.3.6.1.5.5.7.48.1')],
    ['issuer_uri', authorityUri(extensions, '1.3.6.1.5.5.7.48.2')],
  ])
}

/** The octets of the first block of one of the kinds (RFC 7468, 2). */
export function readPem(text: string, kinds: readonly string[]): Buffer {
  const blocks = text.matchAll(/^-----BEGIN ([^\n]*?)-----\s*$([^-]*)^-----END \1-----\s*$/gm)
  const found = [...blocks].find(([, kind]) => kinds.includes(kind!))
  if (found === undefined) throw filterError(`Unable to load PEM file: it has no block ${kinds[0]}`)
  return Buffer.from(found[2]!, 'base64')
}

type Fields = Readonly<Record<'serial' | 'signature' | 'issuer' | 'validity' | 'subject' | 'key' | 'extensions', Der>>

function fieldsOf(whole: Buffer): Fields & { readonly version: number } {
  const fields = parts(firstPart(readDer(whole)))
  const version = fields[0]?.tag === 0xa0 ? Number(integerOf(readDer(fields.shift()!.content))) + 1 : 1
  if (version !== 1 && version !== 3) throw filterError(`${version - 1} is not a valid X509 version`)
  const [serial, signature, issuer, validity, subject, key, ...rest] = fields
  if (!(serial && signature && issuer && validity && subject && key)) throw malformed('a certificate')
  const found = rest.find(({ tag }) => tag === 0xa3)
  const extensions = found === undefined ? { tag: 0, content: Buffer.alloc(0), whole } : readDer(found.content)
  return { version, serial, signature, issuer, validity, subject, key, extensions }
}

/** A name as a dict, in which the last of repeated attributes counts, and as a list of pairs. */
export function nameFacts(what: string, name: Der): [string, Value][] {
  const pairs = attributesOf(name).map(([type, value]): [Value, Value] => [oidName(type), value])
  return [
    [what, new Map(pairs)],
    [`${what}_ordered`, pairs],
  ]
}
