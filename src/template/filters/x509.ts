import type { Value } from '../../kernel/value.ts'
import { filterError } from '../problems.ts'
import { calls } from '../python/call.ts'
import { text } from '../python/coerce.ts'
import { typeName } from '../python/type-name.ts'
import { type Call, Undefined } from '../python/types.ts'
import { certificateInfo } from '../x509/certificate.ts'
import { privateKeyFile, publicKeyFile } from '../x509/key.ts'
import type { HostText } from '../x509/names.ts'
import { unicodeHost } from '../x509/punycode.ts'
import { requestInfo } from '../x509/request.ts'
import { revocationInfo } from '../x509/revocations.ts'

/** Filters of community.crypto that read certificates, requests for them, lists of revoked ones, and keys. */
export const x509Filters: ReadonlyMap<string, Call> = calls({
  'x509_certificate_info(data name_encoding?)': (_, data, encoding) =>
    certificateInfo(pem(data, 'x509_certificate_info'), hostText(encoding), new Date()),
  'openssl_csr_info(data name_encoding?)': (_, data, encoding) =>
    requestInfo(pem(data, 'openssl_csr_info'), hostText(encoding)),
  'x509_crl_info(data name_encoding? list_revoked_certificates?)': (_, data, encoding, all = true) =>
    revocationInfo(pem(data, 'x509_crl_info'), hostText(encoding), boolean(all, 'list_revoked_certificates')),
  'openssl_publickey_info(data)': (_, data) => publicKeyFile(pem(data, 'openssl_publickey_info')),
  'openssl_privatekey_info(data passphrase? return_private_key_data?)': (_, data, passphrase = null, all = false) => {
    const phrase = passphrase === null ? null : text(passphrase, 'the passphrase')
    return privateKeyFile(pem(data, 'openssl_privatekey_info'), phrase, boolean(all, 'return_private_key_data'))
  },
})

function pem(data: Value, filter: string): string {
  if (data instanceof Undefined) throw data.problem()
  if (typeof data === 'string') return data
  throw filterError(`The community.crypto.${filter} input must be a text type, not ${typeName(data)}`)
}

function boolean(value: Value, option: string): boolean {
  if (typeof value === 'boolean') return value
  throw filterError(`The ${option} option must be a boolean, not ${typeName(value)}`)
}

/** Host names in certificates are ASCII, so that what `idna` asks for is there. */
function hostText(encoding: Value | undefined): HostText {
  if (encoding === undefined || encoding === 'ignore' || encoding === 'idna') return (host) => host
  if (encoding === 'unicode') return unicodeHost
  throw filterError('The name_encoding option must be one of the values "ignore", "idna", or "unicode"')
}
