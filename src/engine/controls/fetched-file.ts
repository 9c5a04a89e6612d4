import { createHash, randomBytes } from 'node:crypto'
import {
  chmodSync,
  closeSync,
  createReadStream,
  mkdirSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs'
import { dirname, join } from 'node:path'

export type Sums = { readonly sha1: string; readonly md5: string }

/** The checksums of a file of the controller; null when there is none. Raises what reading it raises. */
export async function sumsOf(path: string): Promise<Sums | null> {
  if (!statSync(path, { throwIfNoEntry: false })?.isFile()) return null
  const hashes = new Hashes()
  for await (const piece of createReadStream(path)) hashes.update(piece as Buffer)
  return hashes.sums
}

class Hashes {
  readonly #sha1 = createHash('sha1')
  readonly #md5 = createHash('md5')

  update(bytes: Buffer): void {
    this.#sha1.update(bytes)
    this.#md5.update(bytes)
  }

  get sums(): Sums {
    return { sha1: this.#sha1.digest('hex'), md5: this.#md5.digest('hex') }
  }
}

/** The checksum that stands on the first line of what the host writes. */
const FIRST_LINE = 41

/**
 * What the host writes to be fetched: a line with the checksum, and the content, which goes beside its place piece by piece, and there
 * when all of it has come. What a link at the place points to is the place; a device there takes the content itself.
 */
export class FetchedFile {
  readonly #dest: string
  readonly #hashes = new Hashes()
  #head = Buffer.alloc(0)
  #staged: { readonly path: string; readonly place: string | null; readonly file: number } | null = null
  #error: Error | null = null

  constructor(dest: string) {
    this.#dest = dest
  }

  readonly take = (bytes: Buffer): void => {
    const missing = FIRST_LINE - this.#head.length
    if (missing > 0) this.#head = Buffer.concat([this.#head, bytes.subarray(0, missing)])
    if (this.#error !== null || bytes.length <= missing) return
    try {
      this.#write(bytes.subarray(Math.max(0, missing)))
    } catch (error) {
      this.#error = error as Error
    }
  }

  /** What the host says the checksum is. */
  get promised(): string {
    return this.#head.toString('latin1').trim()
  }

  /** Puts the content in place if it is what was promised, and gives its checksums; null if it is not. Raises what writing it raised. */
  place(): Sums | null {
    if (this.#error !== null) throw this.#error
    this.#write(Buffer.alloc(0))
    const sums = this.#hashes.sums
    const { path, place } = this.#staged!
    if (sums.sha1 !== this.promised) return null
    if (place === null) return sums
    chmodSync(path, 0o644)
    renameSync(path, place)
    return sums
  }

  /** Closes the file, and takes away what was not placed. */
  end(): void {
    if (this.#staged === null) return
    const { path, place, file } = this.#staged
    closeSync(file)
    if (place !== null) rmSync(path, { force: true })
  }

  #write(bytes: Buffer): void {
    this.#staged ??= stage(this.#dest)
    this.#hashes.update(bytes)
    for (let from = 0; from < bytes.length; ) from += writeSync(this.#staged.file, bytes, from)
  }
}

/** `place` is null for what is no file: it can't be replaced, and is written to. */
function stage(dest: string) {
  mkdirSync(dirname(dest), { recursive: true })
  const found = statSync(dest, { throwIfNoEntry: false })
  if (found !== undefined && !found.isFile()) return { path: dest, place: null, file: openSync(dest, 'w') }
  const place = found === undefined ? dest : realpathSync(dest)
  const path = join(dirname(place), `.provision.${randomBytes(6).toString('hex')}`)
  return { path, place, file: openSync(path, 'wx', 0o600) }
}
