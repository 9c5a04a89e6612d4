import type { Blob } from '../../kernel/blob.ts'

/** A member of a zip archive: what of it can be compared with a file. */
export type ZipMember = {
  readonly name: string
  readonly size: number
  readonly crc: string
  readonly mode: number | null
}

/** The end of a central directory: 22 bytes and a comment of at most 65535 (APPNOTE.TXT 4.3.16). */
const END_SIZE = 22
const MOST_COMMENT = 0xffff

/**
 * The members of a zip archive, from its central directory (APPNOTE.TXT 4.3.12; 32-bit sizes), of which alone it reads. Null when there is none.
 */
export async function zipMembers(archive: Blob): Promise<readonly ZipMember[] | null> {
  const tailSize = Math.min(archive.size, END_SIZE + MOST_COMMENT)
  const tail = await archive.part(archive.size - tailSize, tailSize)
  const end = tail.lastIndexOf(Buffer.from('504b0506', 'hex'))
  if (end === -1 || end + END_SIZE > tail.length) return null
  const size = Math.min(tail.readUInt32LE(end + 12), archive.size)
  const bytes = await archive.part(tail.readUInt32LE(end + 16), size)
  return directoryMembers(bytes, tail.readUInt16LE(end + 10))
}

function directoryMembers(bytes: Buffer, count: number): readonly ZipMember[] | null {
  const members: ZipMember[] = []
  for (let left = count, at = 0; left > 0; left--) {
    if (at + 46 > bytes.length || bytes.readUInt32LE(at) !== 0x02014b50) return null
    const [nameLength, extra, comment] = [
      bytes.readUInt16LE(at + 28),
      bytes.readUInt16LE(at + 30),
      bytes.readUInt16LE(at + 32),
    ]
    const unix = bytes[at + 5] === 3
    members.push({
      name: bytes.subarray(at + 46, at + 46 + nameLength).toString('utf8'),
      size: bytes.readUInt32LE(at + 24),
      crc: bytes
        .readUInt32LE(at + 16)
        .toString(16)
        .padStart(8, '0'),
      mode: unix ? (bytes.readUInt32LE(at + 38) >>> 16) & 0o7777 : null,
    })
    at += 46 + nameLength + extra + comment
  }
  return members
}

/** The members as `unzip -v` lists them on the host. */
export function listedMembers(text: string): readonly ZipMember[] {
  return [...text.matchAll(/^ *(\d+) +\S+ +\d+ +-?\d+% +\S+ +\S+ +([0-9a-f]{8}) {2}(.+)$/gm)].map(
    ([, size, crc, name]) => ({
      name: name!,
      size: Number(size),
      crc: crc!,
      mode: null,
    }),
  )
}
