import { createHash } from 'node:crypto'
import { Secret } from './secret.ts'

/** Above this size the bytes of files are never all in memory, and go to hosts piece by piece. */
export const IN_MEMORY = 256 * 1024

/**
 * Bytes that travel to a host: a file's content, a command's input, a secret. A blob stands in a script as a command that writes
 * its bytes to standard output; how they get there (inline, compressed, over a channel of their own) is the transport's affair.
 */
export class Blob {
  readonly size: number
  readonly sha1: string
  readonly secret: boolean
  readonly #read: () => Promise<Buffer> | Buffer
  readonly #part: ((from: number, length: number) => Promise<Buffer>) | null
  /** Gives the bytes piece by piece, each only until the next is asked for; null when they are few and in memory. */
  readonly stream: (() => AsyncIterable<Buffer>) | null

  constructor(details: {
    size: number
    sha1: string
    secret?: boolean
    stream?: () => AsyncIterable<Buffer>
    part?: (from: number, length: number) => Promise<Buffer>
    read: () => Promise<Buffer> | Buffer
  }) {
    this.size = details.size
    this.sha1 = details.sha1
    this.secret = details.secret ?? false
    this.stream = details.stream ?? null
    this.#part = details.part ?? null
    this.#read = details.read
  }

  /** A blob of bytes in memory. */
  static of(content: string | Buffer | Secret): Blob {
    const secret = content instanceof Secret
    const bytes = Buffer.isBuffer(content) ? content : Buffer.from(secret ? content.reveal() : content, 'utf8')
    return new Blob({
      size: bytes.length,
      sha1: createHash('sha1').update(bytes).digest('hex'),
      secret,
      read: () => bytes,
    })
  }

  /** A blob that is made of pieces each time it is read; a piece holds only until the next is asked for. */
  static ofPieces(details: { size: number; sha1: string; secret: boolean }, pieces: () => AsyncIterable<Buffer>): Blob {
    const read = async () => {
      const copies: Buffer[] = []
      for await (const piece of pieces()) copies.push(Buffer.from(piece))
      return Buffer.concat(copies)
    }
    return new Blob(details.size > IN_MEMORY ? { ...details, read, stream: pieces } : { ...details, read })
  }

  /** The same in one piece, for a script that runs where nobody can send it more. */
  get whole(): Blob {
    const { size, sha1, secret } = this
    return this.stream === null ? this : new Blob({ size, sha1, secret, read: this.#read })
  }

  read(): Promise<Buffer> | Buffer {
    return this.#read()
  }

  /** So many of the bytes from there on, fewer at the end; of a large blob no more is in memory. */
  async part(from: number, length: number): Promise<Buffer> {
    if (this.#part !== null) return this.#part(from, length)
    return (await this.#read()).subarray(from, from + length)
  }
}
