import { createHash, randomBytes } from 'node:crypto'
import { expect } from 'chai'
import { Blob } from '../../../src/kernel/blob.ts'
import { joinedBlob } from '../../../src/kernel/joined-blob.ts'

const LARGE = randomBytes(600_000)

/** A blob whose pieces are good only until the next is asked for, as those of files are. */
function streamed(bytes: Buffer): Blob {
  const sha1 = createHash('sha1').update(bytes).digest('hex')
  return new Blob({ size: bytes.length, sha1, stream: () => pieces(bytes), read: () => bytes })
}

async function* pieces(bytes: Buffer): AsyncIterable<Buffer> {
  const buffer = Buffer.alloc(100_000)
  for (let at = 0; at < bytes.length; at += buffer.length) {
    yield buffer.subarray(0, bytes.copy(buffer, 0, at, at + buffer.length))
  }
}

describe('blobs as one', () => {
  const rows: { name: string; blobs: Blob[]; bytes: Buffer; isStream: boolean }[] = [
    { name: 'none', blobs: [], bytes: Buffer.alloc(0), isStream: false },
    {
      name: 'small ones',
      blobs: [Blob.of('a'), Blob.of(''), Blob.of('\0')],
      bytes: Buffer.from('a\0'),
      isStream: false,
    },
    {
      name: 'a large one among small ones',
      blobs: [Blob.of('a'), streamed(LARGE), Blob.of('z')],
      bytes: Buffer.concat([Buffer.from('a'), LARGE, Buffer.from('z')]),
      isStream: true,
    },
  ]
  for (const { name, blobs, bytes, isStream } of rows) {
    it(name, async () => {
      const blob = await joinedBlob(blobs)
      expect(blob.size).to.equal(bytes.length)
      expect(blob.sha1).to.equal(createHash('sha1').update(bytes).digest('hex'))
      expect(bytes.equals(await blob.read())).to.equal(true)
      expect(blob.stream !== null).to.equal(isStream)
      const copies: Buffer[] = []
      for await (const piece of blob.stream?.() ?? []) copies.push(Buffer.from(piece))
      if (isStream) expect(bytes.equals(Buffer.concat(copies))).to.equal(true)
    })
  }

  it('the same ones are read once, others anew', async () => {
    const [large, other] = [streamed(LARGE), streamed(LARGE)]
    const blob = await joinedBlob([large, Blob.of('z')])
    expect(await joinedBlob([large, Blob.of('z')])).to.equal(blob)
    expect(await joinedBlob([large, Blob.of('y')])).to.not.equal(blob)
    expect(await joinedBlob([other, Blob.of('z')])).to.not.equal(blob)
  })
})
