import type { Value } from '../../kernel/value.ts'
import { filterError } from '../problems.ts'
import { calls } from '../python/call.ts'
import { typeName } from '../python/type-name.ts'
import { type Call, Undefined } from '../python/types.ts'
import { certificateInfo } from '../x509/certificate.ts'
import type { HostText } from '../x509/names.ts'
import { unicodeHost } from '../x509/punycode.ts'

/** Filters of community.crypto that read certificates. */
export const x509Filters: ReadonlyMap<string, Call> = calls({
  'x509_certificate_info(data name_encoding?)': (_, data, encoding) =>
    certificateInfo(pem(data, 'x509_certificate_info'), hostText(encoding), new Date()),
})

function pem(data: Value, filter: string): string {
  if (data instanceof Undefined) throw data.problem()
  if (typeof data === 'string') return data
  throw filterError(`The community.crypto.${filter} input must be a text type, not ${typeName(data)}`)
}

/** Host names in certificates are ASCII, so that what `idna` asks for is there. */
function hostText(encoding: Value | undefined): HostText {
  if (encoding === undefined || encoding === 'ignore' || encoding === 'idna') return (host) => host
  if (encoding === 'unicode') return unicodeHost
  throw filterError('The name_encoding option must be one of the values "ignore", "idna", or "unicode"')
}
