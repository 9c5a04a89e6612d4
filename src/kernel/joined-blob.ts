import { createHash } from 'node:crypto'
import { Blob } from './blob.ts'

/** One blob of several, one behind the other: the same as long as they are the same. Raises what reading them raises. */
export function joinedBlob(blobs: readonly Blob[]): Promise<Blob> {
  const first = blobs.find(({ stream }) => stream !== null) ?? blobs[0]
  if (first === undefined) return join(blobs)
  const kept = joined.get(first)
  if (kept !== undefined && areSame(kept.blobs, blobs)) return kept.blob
  const blob = join(blobs)
  joined.set(first, { blobs, blob })
  blob.catch(() => joined.delete(first))
  return blob
}

type Joined = { readonly blobs: readonly Blob[]; readonly blob: Promise<Blob> }

/** By the first that is large, because reading them all is what takes time. */
const joined = new WeakMap<Blob, Joined>()

function areSame(some: readonly Blob[], others: readonly Blob[]): boolean {
  const isSame = (blob: Blob, index: number) => {
    const other = others[index]!
    return blob === other || (blob.stream === null && other.stream === null && blob.sha1 === other.sha1)
  }
  return some.length === others.length && some.every(isSame)
}

async function join(blobs: readonly Blob[]): Promise<Blob> {
  const size = blobs.reduce((sum, blob) => sum + blob.size, 0)
  const secret = blobs.some((blob) => blob.secret)
  const hash = createHash('sha1')
  for await (const piece of pieces(blobs)) hash.update(piece)
  return Blob.ofPieces({ size, secret, sha1: hash.digest('hex') }, () => pieces(blobs))
}

async function* pieces(blobs: readonly Blob[]): AsyncIterable<Buffer> {
  for (const blob of blobs) {
    if (blob.stream === null) yield await blob.read()
    else yield* blob.stream()
  }
}
