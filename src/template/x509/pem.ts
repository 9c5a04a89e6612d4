import { filterError } from '../problems.ts'

/** The octets of the first block of one of the kinds (RFC 7468, 2). */
export function readPem(text: string, kinds: readonly string[]): Buffer {
  const blocks = text.matchAll(/^-----BEGIN ([^\n]*?)-----\s*$([^-]*)^-----END \1-----\s*$/gm)
  const found = [...blocks].find(([, kind]) => kinds.includes(kind!))
  if (found === undefined) throw filterError(`Unable to load PEM file: it has no block ${kinds[0]}`)
  return Buffer.from(found[2]!, 'base64')
}
