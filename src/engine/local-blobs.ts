import { createHash } from 'node:crypto'
import { closeSync, openSync, readFileSync, readSync, statSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { Blob, IN_MEMORY } from '../kernel/blob.ts'
import type { LocalFiles } from './engine.ts'

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
      if (!firstBytes(path).equals(VAULT_HEADER)) return streamed(path, size, state)
    }
    const bytes = readFileSync(path)
    const isVault = bytes.subarray(0, VAULT_HEADER.length).equals(VAULT_HEADER)
    if (isVault && decrypt) return Blob.of(this.#files.decrypt(bytes.toString('utf8'), path))
    this.#kept += size
    return this.#kept <= KEPT ? Blob.of(bytes) : onDisk(path, bytes)
  }
}

function firstBytes(path: string): Buffer {
  const file = openSync(path, 'r')
  try {
    const bytes = Buffer.alloc(VAULT_HEADER.length)
    return bytes.subarray(0, readSync(file, bytes))
  } finally {
    closeSync(file)
  }
}

async function streamed(path: string, size: number, state: string): Promise<Blob> {
  const hash = createHash('sha1')
  for await (const piece of pieces(path, state, 4 * PIECE)) hash.update(piece)
  return new Blob({
    size,
    sha1: hash.digest('hex'),
    stream: () => pieces(path, state),
    part: (from, length) => part(path, state, from, length),
    read: () => readFileSync(path),
  })
}

/** One piece is used while the next one is read. Each host that a file goes to holds two. */
const PIECE = 256 * 1024

/** The file in pieces, in buffers that are used again; throws at the end when it is not the same file any more. */
async function* pieces(path: string, state: string, size = PIECE): AsyncIterable<Buffer> {
  const file = await open(path)
  const buffers = [Buffer.allocUnsafeSlow(size), Buffer.allocUnsafeSlow(size)]
  // Nobody waits for a piece while the one before it is used: what goes wrong is told when its turn comes.
  const read = (turn: number) => {
    const reading = file.read(buffers[turn % 2]!, 0, size)
    reading.catch(() => {})
    return reading
  }
  let reading = read(0)
  try {
    for (let turn = 1; ; turn++) {
      const { buffer, bytesRead } = await reading
      if (bytesRead === 0) break
      reading = read(turn)
      yield buffer.subarray(0, bytesRead)
    }
  } finally {
    await reading.catch(() => {})
    await file.close()
  }
  if (stateOf(path) !== state) throw changed(path)
}

async function part(path: string, state: string, from: number, length: number): Promise<Buffer> {
  const file = await open(path)
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, from)
    if (stateOf(path) === state) return buffer.subarray(0, bytesRead)
  } finally {
    await file.close()
  }
  throw changed(path)
}

function changed(path: string): Error {
  return new Error(`${path} has changed while it was read`)
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
