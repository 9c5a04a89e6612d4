import type { Dict, Value } from '../../kernel/value.ts'
import { filterError } from '../problems.ts'
import { int } from '../python/numbers.ts'
import { type Der, firstPart, integerOf, malformed, oidOf, parts, readDer, timeOf } from './der.ts'
import { authorityUri, extensionsByOid, identifierFacts, readExtensions, usageFacts } from './extensions.ts'
import { type HostText, nameFacts } from './names.ts'
import { oidName } from './oid-names.ts'
import { readPem } from './pem.ts'
import { fingerprints, publicKeyFacts } from './public-key.ts'

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
  return new Map<Value, Value>([
    ['signature_algorithm', oidName(oidOf(firstPart(signature).content))],
    ...nameFacts('subject', subject),
    ...nameFacts('issuer', issuer),
    ['version', rest.version],
    ...usageFacts(extensions, host),
    ['not_before', from],
    ['not_after', to],
    ['expired', to < now.toISOString().replace(/\..*|\D/g, '')],
    ...publicKeyFacts(key),
    ['fingerprints', fingerprints(whole)],
    ...identifierFacts(extensions, host),
    ['serial_number', int(integerOf(serial))],
    ['extensions_by_oid', extensionsByOid(extensions)],
    ['ocsp_uri', authorityUri(extensions, '1.3.6.1.5.5.7.48.1')],
    ['issuer_uri', authorityUri(extensions, '1.3.6.1.5.5.7.48.2')],
  ])
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
