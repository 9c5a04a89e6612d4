import { createHash } from 'node:crypto'
import { Blob } from '../../kernel/blob.ts'

/** A file of an archive: its name below the folder that tar(1) works in, and its permission bits. */
export type Member = { readonly name: string; readonly mode: number; readonly content: Blob }

/** So much of an archive is in memory. */
const PIECE = 256 * 1024

const BLOCK = 512

/**
 * The files as one archive for tar(1): the header of POSIX.1-1988, and, for names above 100 bytes, the block that GNU tar puts before it (tar(5)).
 * It is read when it is sent. What has changed since then breaks it off: it has no end, and misses the last file.
 */
export function archiveOf(members: readonly Member[]): Blob {
  const size = members.reduce((sum, member) => sum + headOf(member).length + padded(member.content.size), 2 * BLOCK)
  // Tells archives apart without reading all files once more.
  const sums = members.map(({ name, mode, content }) => `${content.sha1} ${mode} ${name}\0`)
  const sha1 = createHash('sha1').update(sums.join('')).digest('hex')
  const secret = members.some(({ content }) => content.secret)
  return Blob.ofPieces({ size, sha1, secret }, () => pieces(members))
}

async function* pieces(members: readonly Member[]): AsyncIterable<Buffer> {
  let held: Buffer[] = []
  let size = 0
  for (const member of members) {
    const bytes = await contentOf(member)
    const head = headOf(member)
    held.push(head, bytes, Buffer.alloc(padded(bytes.length) - bytes.length))
    size += head.length + padded(bytes.length)
    if (size < PIECE) continue
    yield Buffer.concat(held)
    held = []
    size = 0
  }
  yield Buffer.concat([...held, Buffer.alloc(2 * BLOCK)])
}

async function contentOf({ name, content }: Member): Promise<Buffer> {
  const bytes = await content.read()
  if (createHash('sha1').update(bytes).digest('hex') === content.sha1) return bytes
  throw new Error(`${name} has changed while it was read`)
}

function headOf({ name, mode, content }: Member): Buffer {
  const bytes = Buffer.from(name)
  const header = headerOf(bytes, mode, content.size, '0')
  if (bytes.length <= 100) return header
  const long = Buffer.alloc(padded(bytes.length + 1))
  bytes.copy(long)
  return Buffer.concat([headerOf(Buffer.from('././@LongLink'), 0, bytes.length + 1, 'L'), long, header])
}

function headerOf(name: Buffer, mode: number, size: number, type: string): Buffer {
  const header = Buffer.alloc(BLOCK)
  const octal = (value: number, at: number, length: number) =>
    header.write(value.toString(8).padStart(length - 1, '0'), at)
  name.copy(header, 0, 0, 100)
  octal(mode, 100, 8)
  octal(0, 108, 8)
  octal(0, 116, 8)
  octal(size, 124, 12)
  octal(0, 136, 12)
  header.write(`        ${type}`, 148)
  header.write('ustar  ', 257)
  octal(
    header.reduce((sum, byte) => sum + byte, 0),
    148,
    7,
  )
  return header
}

function padded(size: number): number {
  return Math.ceil(size / BLOCK) * BLOCK
}
