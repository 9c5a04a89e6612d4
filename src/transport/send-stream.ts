import { once } from 'node:events'
import { Readable } from 'node:stream'
import { createGzip, gzipSync } from 'node:zlib'
import type { Blob } from '../kernel/blob.ts'
import type { Channel } from './channel.ts'

/** A blob that goes to the host piece by piece. */
export type Stream = { readonly blob: Blob; readonly packed: boolean }

/** One process on the host reads one block. */
const BLOCK = 1024 * 1024

/** Whether compression pays is judged by the first bytes. */
export async function streamOf(blob: Blob): Promise<Stream> {
  for await (const first of blob.stream!()) {
    const sample = first.subarray(0, 64 * 1024)
    return { blob, packed: gzipSync(sample, { level: 1 }).length < sample.length / 2 }
  }
  return { blob, packed: false }
}

/**
 * Writes blocks, each behind a line with its length; then a line with 0, or with a word that breaks it off when the blob can't be
 * read to its end or is not the one that had been promised. Returns how many bytes went out.
 */
export async function sendStream(channel: Channel, { blob, packed }: Stream): Promise<number> {
  let sent = 0
  const write = async (bytes: Buffer | string) => {
    sent += bytes.length
    if (!channel.stdin.write(bytes)) await Promise.race([once(channel.stdin, 'drain'), channel.ended])
  }
  try {
    const source = blob.stream!()
    for await (const block of blocks(packed ? zipped(source) : source)) {
      await write(`${block.length}\n`)
      await write(block)
    }
    await write('0\n')
  } catch {
    await write('broken\n')
  }
  return sent
}

function zipped(source: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
  const readable = Readable.from(source)
  const gzip = createGzip({ level: 1, chunkSize: 256 * 1024 })
  readable.on('error', (error) => gzip.destroy(error))
  return readable.pipe(gzip)
}

async function* blocks(source: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
  let held: Buffer[] = []
  let size = 0
  for await (const bytes of source) {
    held.push(bytes)
    size += bytes.length
    if (size < BLOCK) continue
    yield Buffer.concat(held)
    held = []
    size = 0
  }
  if (size > 0) yield Buffer.concat(held)
}
