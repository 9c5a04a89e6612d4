import { createHash } from 'node:crypto'
import { createReadStream, readFileSync, statSync } from 'node:fs'
import { Blob } from '../kernel/blob.ts'
import type { LocalFiles } from './engine.ts'

/** Files above this size stay on the disk and go to hosts piece by piece. */
const IN_MEMORY = 256 * 1024

/** Small files are kept up to this sum, so that many hosts read each of them once. */
const KEPT = 64 * 1024 * 1024

const VAULT_HEADER = Buffer.from('$ANSIBLE_VAULT')

type Known = { readonly state: string; readonly blob: Blob }

/** Files of the controller as blobs, read and hashed once for all hosts as long as they do not change. */
export class LocalBlobs {
  readonly #files: LocalFiles
  readonly #known = new Map<string, Promise<Known>>()
  #kept = 0

  constructor(files: LocalFiles) {
    this.#files = files
  }

  /** A file's content, a vault file's decrypted unless `decrypt` is false. Raises what reading it raises. */
  async file(path: string, decrypt = true): Promise<Blob> {
    const state = stateOf(path)
    const key = decrypt ? path : `${path}\0as it is`
    const known = await this.#known.get(key)?.catch(() => null)
    if (known?.state === state) return known.blob
    const read = this.#read(path, state, decrypt).then((blob) => ({ state, blob }))
    this.#known.set(key, read)
    return (await read).blob
  }

  async #read(path: string, state: string, decrypt: boolean): Promise<Blob> {
    const { size } = statSync(path)
    if (size > IN_MEMORY) {
      const first = await firstBytes(path)
      if (!first.equals(VAULT_HEADER)) return streamed(path, size, state)
    }
    const bytes = readFileSync(path)
    const isVault = bytes.subarray(0, VAULT_HEADER.length).equals(VAULT_HEADER)
    if (isVault && decrypt) return Blob.of(this.#files.decrypt(bytes.toString('utf8'), path))
    this.#kept += size
    return this.#kept <= KEPT ? Blob.of(bytes) : onDisk(path, bytes)
  }
}

async function firstBytes(path: string): Promise<Buffer> {
  for await (const chunk of createReadStream(path, { end: VAULT_HEADER.length - 1 })) return chunk as Buffer
  return Buffer.alloc(0)
}

async function streamed(path: string, size: number, state: string): Promise<Blob> {
  const hash = createHash('sha1')
  for await (const chunk of pieces(path, state)) hash.update(chunk)
  return new Blob({ size, sha1: hash.digest('hex'), stream: () => pieces(path, state), read: () => readFileSync(path) })
}

/** The file in pieces; throws at the end when it is not the same file any more. */
async function* pieces(path: string, state: string): AsyncIterable<Buffer> {
  for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 })) yield chunk as Buffer
  if (stateOf(path) !== state) throw new Error(`${path} has changed while it was read`)
}

/** Changes when the file does. */
function stateOf(path: string): string {
  const { size, mtimeMs, ctimeMs, ino } = statSync(path)
  return `${ino} ${size} ${mtimeMs} ${ctimeMs}`
}

function onDisk(path: string, bytes: Buffer): Blob {
  const sha1 = createHash('sha1').update(bytes).digest('hex')
  return new Blob({ size: bytes.length, sha1, read: () => readFileSync(path) })
}
