import { createHash } from 'node:crypto'
import { Blob } from './blob.ts'

/** Above this size the bytes are never all in memory. */
const IN_MEMORY = 256 * 1024

/** One blob of several, one behind the other. Raises what reading them raises. */
export async function joinedBlob(blobs: readonly Blob[]): Promise<Blob> {
  const size = blobs.reduce((sum, blob) => sum + blob.size, 0)
  const secret = blobs.some((blob) => blob.secret)
  const hash = createHash('sha1')
  for await (const piece of pieces(blobs)) hash.update(piece)
  const read = async () => {
    const copies: Buffer[] = []
    for await (const piece of pieces(blobs)) copies.push(Buffer.from(piece))
    return Buffer.concat(copies)
  }
  const details = { size, secret, sha1: hash.digest('hex'), read }
  return new Blob(size > IN_MEMORY ? { ...details, stream: () => pieces(blobs) } : details)
}

async function* pieces(blobs: readonly Blob[]): AsyncIterable<Buffer> {
  for (const blob of blobs) {
    if (blob.stream === null) yield await blob.read()
    else yield* blob.stream()
  }
}
