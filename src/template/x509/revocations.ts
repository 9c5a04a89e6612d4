import type { Dict, Value } from '../../kernel/value.ts'
import { int } from '../python/numbers.ts'
import { type Der, firstPart, integerOf, malformed, oidOf, parts, readDer, TAG, timeOf } from './der.ts'
import { factsOf, readExtensions } from './extensions.ts'
import { generalName, type HostText, nameFacts } from './names.ts'
import { oidName } from './oid-names.ts'
import { readPem } from './pem.ts'

/**
 * What a list of revoked certificates (RFC 5280, 5.1) says, with the keys of community.crypto's `x509_crl_info`; `text` is PEM or
 * DER in base64. `host` writes host names; the certificates only with `all`. Raises `template.filter` for what is no such list.
 */
export function revocationInfo(text: string, host: HostText, all: boolean): Dict {
  const isPem = /^-----BEGIN [^\n]+-----\r?\n/.test(text)
  const whole = isPem ? readPem(text, ['X509 CRL']) : Buffer.from(text, 'base64')
  const fields = parts(firstPart(readDer(whole)))
  if (fields[0]?.tag === TAG.integer) fields.shift()
  const [signature, issuer, ...rest] = fields
  if (!(signature && issuer)) throw malformed('a list of revoked certificates')
  const [last, next] = rest.filter(isTime).map(timeOf)
  const [names, ordered] = nameFacts('issuer', issuer)
  const facts: [Value, Value][] = [
    ['changed', false],
    ['format', isPem ? 'pem' : 'der'],
    ['last_update', last ?? null],
    ['next_update', next ?? null],
    ['digest', oidName(oidOf(firstPart(signature).content))],
    ordered!,
    names!,
  ]
  const revoked = rest.find(({ tag }) => tag === TAG.sequence)
  const entries = (): Value => (revoked === undefined ? [] : parts(revoked).map((entry) => revocation(entry, host)))
  return new Map(all ? [...facts, ['revoked_certificates', entries()]] : facts)
}

/** UTCTime or GeneralizedTime. */
function isTime({ tag }: Der): boolean {
  return tag === TAG.time || tag === 0x18
}

/** One of them (RFC 5280, 5.3): each extension's value and whether it is critical. */
function revocation(entry: Der, host: HostText): Dict {
  const [serial, date, list] = parts(entry)
  if (!(serial && date)) throw malformed('a revoked certificate')
  const fact = factsOf(list === undefined ? new Map() : readExtensions(list))
  return new Map<Value, Value>([
    ['serial_number', int(integerOf(serial))],
    ['revocation_date', timeOf(date)],
    ...fact('issuer', '2.5.29.29', (value) => parts(value).map((name) => generalName(name, host))),
    ...fact('reason', '2.5.29.21', (value) => REASONS[Number(integerOf(value))] ?? null),
    ...fact('invalidity_date', '2.5.29.24', timeOf),
  ])
}

/** RFC 5280, 5.3.1, by number; 7 is not used. */
const REASONS: readonly (string | null)[] = [
  'unspecified',
  'key_compromise',
  'ca_compromise',
  'affiliation_changed',
  'superseded',
  'cessation_of_operation',
  'certificate_hold',
  null,
  'remove_from_crl',
  'privilege_withdrawn',
  'aa_compromise',
]
