import { createHash } from 'node:crypto'

/**
 * Ids (16 hexadecimal digits) of every public key and subkey in OpenPGP data (RFC 9580), armored or binary; none for anything else. So
 * neither gpg nor apt-key is needed on a host.
 */
export function keyIds(data: Buffer): readonly string[] {
  const ids: string[] = []
  for (const { tag, body } of packets(dearmored(data))) {
    if ((tag !== 6 && tag !== 14) || body[0] !== 4) continue
    const header = Buffer.from([0x99, body.length >> 8, body.length & 255])
    ids.push(createHash('sha1').update(header).update(body).digest('hex').slice(-16).toUpperCase())
  }
  return ids
}

/** The binary form; data that is not armored as it is. */
export function dearmored(data: Buffer): Buffer {
  const text = data.toString('latin1')
  if (!text.includes('-----BEGIN PGP')) return data
  const blocks = [
    ...text.matchAll(/-----BEGIN PGP [^-]+-----\r?\n(?:[^\r\n]+: .*\r?\n)*\s*\r?\n([\s\S]*?)-----END PGP/g),
  ]
  const bytes = blocks.map((block) => Buffer.from(block[1]!.replace(/^=[A-Za-z0-9+/]{4}\s*$/m, ''), 'base64'))
  return Buffer.concat(bytes)
}

function* packets(data: Buffer): Generator<{ tag: number; body: Buffer }> {
  let at = 0
  while (at < data.length) {
    const first = data[at]!
    if ((first & 0x80) === 0) return
    const modern = (first & 0x40) !== 0
    const length = modern ? modernLength(data, at + 1) : legacyLength(data, at + 1, first & 3)
    if (length === null) return
    yield {
      tag: modern ? first & 0x3f : (first >> 2) & 0x0f,
      body: data.subarray(length.start, length.start + length.size),
    }
    at = length.start + length.size
  }
}

function modernLength(data: Buffer, at: number): { start: number; size: number } | null {
  const first = data[at]
  if (first === undefined) return null
  if (first < 192) return { start: at + 1, size: first }
  if (first < 224 && at + 1 < data.length) return { start: at + 2, size: ((first - 192) << 8) + data[at + 1]! + 192 }
  return first === 255 && at + 4 < data.length ? { start: at + 5, size: data.readUInt32BE(at + 1) } : null
}

function legacyLength(data: Buffer, at: number, kind: number): { start: number; size: number } | null {
  const width = [1, 2, 4][kind]
  if (width === undefined || at + width > data.length) return null
  return { start: at + width, size: data.readUIntBE(at, width) }
}
