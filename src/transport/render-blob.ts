import { gzipSync } from 'node:zlib'
import type { Blob } from '../kernel/blob.ts'

/** Above this size text goes compressed: a shell parses quoted text at a few hundred MB/s, a network rarely carries that. */
const COMPRESS_FROM = 8 * 1024

/** A command that writes the blob's bytes: a builtin for short text; decoders, fed by a here-document, for the rest. */
export async function renderBlob(blob: Blob): Promise<Buffer> {
  const bytes = await blob.read()
  if (bytes.length < COMPRESS_FROM && !bytes.includes(0)) return Buffer.concat([EMIT, quoteBytes(bytes)])
  const packed = gzipSync(bytes, { level: 3 })
  const pays = packed.length < bytes.length * 0.9
  const encoded = (pays ? packed : bytes).toString('base64').replace(/.{1,4096}/g, '$&\n')
  const decode = pays ? '{ base64 -d | gzip -dc; }' : 'base64 -d'
  // The here-document stands inside a group of its own, so that whatever follows the blob may stay on its line.
  return Buffer.from(`{ ${decode} <<'PROVISION_END'\n${encoded}PROVISION_END\n}`)
}

const EMIT = Buffer.from('emit ')

/** Bytes without a NUL as one shell word. */
export function quoteBytes(bytes: Buffer): Buffer {
  return Buffer.from(`'${bytes.toString('latin1').replaceAll("'", `'\\''`)}'`, 'latin1')
}
