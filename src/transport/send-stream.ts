import { Readable } from 'node:stream'
import { createGzip, gzipSync } from 'node:zlib'
import type { Blob } from '../kernel/blob.ts'
import type { AskedStreams } from './asked-streams.ts'
import type { Channel } from './channel.ts'

/** A blob that goes to the host piece by piece. */
export type Stream = { readonly blob: Blob; readonly packed: boolean }

/** What one process on the host reads: so many blocks of this size, each in one piece. */
const BLOCK = 256 * 1024
const BLOCKS = 256

/** What is compressed comes in spans of one block, whose size shows only when it has been filled. */
const PACKED_BLOCK = 1024 * 1024

/** Whether compression pays is judged by so many of the first bytes. */
const SAMPLE = 64 * 1024

export async function streamOf(blob: Blob): Promise<Stream> {
  let sample = Buffer.alloc(0)
  for await (const piece of blob.stream!()) {
    sample = Buffer.concat([sample, piece.subarray(0, SAMPLE - sample.length)])
    if (sample.length === SAMPLE) break
  }
  return { blob, packed: gzipSync(sample, { level: 1 }).length < sample.length / 2 }
}

/**
 * Sends a step the streams it asks for, each no longer than the step lasts; and behind them its mark, up to which the host drops what the step
 * has left. Returns how many bytes went out.
 */
export async function sendStreams(
  channel: Channel,
  streams: readonly Stream[],
  asked: AskedStreams,
  mark: string,
): Promise<number> {
  const out = new Out(channel, asked)
  for await (const index of asked) await sendStream(out, streams[index]!)
  out.end(mark)
  return out.sent
}

/**
 * Writes spans, each behind a line with the size and the number of its blocks; then a line with 0, or with a word that breaks it off
 * when the blob can't be read to its end or is not the one that had been promised.
 */
async function sendStream(out: Out, { blob, packed }: Stream): Promise<void> {
  try {
    if (packed) await sendPacked(out, blob)
    else await sendPlain(out, blob)
    await out.write('0\n')
  } catch {
    await out.write('broken\n')
  }
}

/** Raises what reading raises, the span under way filled up: the host reads it to its end. */
async function sendPlain(out: Out, { size, stream }: Blob): Promise<void> {
  let [span, left] = [0, size]
  try {
    for await (const piece of stream!()) {
      if (out.isOver) return
      for (let from = 0; from < piece.length; ) {
        if (span === 0) {
          const [block, blocks] = spanOf(left)
          span = block * blocks
          left -= span
          await out.write(`${block} ${blocks}\n`)
        }
        const part = piece.subarray(from, from + span)
        await out.write(part)
        from += part.length
        span -= part.length
      }
    }
    if (span + left > 0) throw new Error('there is less than there was')
  } catch (error) {
    for (; span > 0; span -= Math.min(span, BLOCK)) await out.write(Buffer.alloc(Math.min(span, BLOCK)))
    throw error
  }
}

function spanOf(left: number): readonly [block: number, blocks: number] {
  if (left === 0) throw new Error('there is more than there was')
  const blocks = Math.min(BLOCKS, Math.floor(left / BLOCK))
  return blocks === 0 ? [left, 1] : [BLOCK, blocks]
}

async function sendPacked(out: Out, { stream }: Blob): Promise<void> {
  for await (const block of blocks(zipped(stream!()))) {
    if (out.isOver) return
    await out.write(`${block.length} 1\n`)
    await out.write(block)
  }
}

function zipped(source: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
  const readable = Readable.from(copied(source))
  const gzip = createGzip({ level: 1, chunkSize: 256 * 1024 })
  readable.on('error', (error) => gzip.destroy(error))
  gzip.on('close', () => readable.destroy())
  return readable.pipe(gzip)
}

/** A piece of a blob holds only until the next one is asked for. */
async function* copied(source: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
  for await (const piece of source) yield Buffer.from(piece)
}

async function* blocks(source: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
  let held: Buffer[] = []
  let size = 0
  for await (const bytes of source) {
    held.push(bytes)
    size += bytes.length
    if (size < PACKED_BLOCK) continue
    yield Buffer.concat(held)
    held = []
    size = 0
  }
  if (size > 0) yield Buffer.concat(held)
}

/** The shell's input while a step lasts. A write ends when its bytes may be used for something else. */
class Out {
  sent = 0
  readonly #channel: Channel
  readonly #asked: AskedStreams
  #written: () => void = () => {}
  #hasEnded = false

  constructor(channel: Channel, asked: AskedStreams) {
    this.#channel = channel
    this.#asked = asked
    void channel.ended.then(() => {
      this.#hasEnded = true
      this.#written()
    })
  }

  get isOver(): boolean {
    return this.#hasEnded || this.#asked.haveEnded
  }

  write(bytes: Buffer | string): Promise<void> {
    if (this.isOver) return Promise.resolve()
    this.sent += bytes.length
    return new Promise((resolve) => {
      this.#written = resolve
      this.#channel.stdin.write(bytes, () => resolve())
    })
  }

  /** On a line of its own, wherever the last stream was broken off. */
  end(mark: string): void {
    if (!this.#hasEnded) this.#channel.stdin.write(`\n${mark}\n`)
  }
}
