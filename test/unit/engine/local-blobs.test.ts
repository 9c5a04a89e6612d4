import { createHash, randomBytes } from 'node:crypto'
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { LocalBlobs } from '../../../src/engine/local-blobs.ts'
import type { Blob } from '../../../src/kernel/blob.ts'

describe('files of the controller', () => {
  const folder = mkdtempSync(join(tmpdir(), 'provision-blobs-'))
  const path = join(folder, 'file')
  after(() => rmSync(folder, { recursive: true }))

  const blobs = () => new LocalBlobs({ exists: () => true, readText: () => '', decrypt: () => Buffer.alloc(0) })

  for (const size of [0, 10, 256 * 1024 + 1, 1_000_000]) {
    it(`${size} bytes, in one piece and in parts`, async () => {
      const bytes = randomBytes(size)
      writeFileSync(path, bytes)
      const blob = await blobs().file(path)
      expect(blob.size).to.equal(size)
      expect(blob.sha1).to.equal(createHash('sha1').update(bytes).digest('hex'))
      expect(blob.stream === null).to.equal(size <= 256 * 1024)
      expect(bytes.equals(blob.stream === null ? await blob.read() : await joined(blob))).to.equal(true)
      for (const [from, length] of [
        [0, 6],
        [Math.max(0, size - 5), 20],
        [size, 3],
      ] as const)
        expect(await blob.part(from, length)).to.deep.equal(bytes.subarray(from, from + length))
    })
  }

  it('one that changes while it is read says so', async () => {
    writeFileSync(path, randomBytes(1_000_000))
    const blob = await blobs().file(path)
    appendFileSync(path, 'more')
    for (const read of [() => joined(blob), () => blob.part(0, 6)]) {
      const words = await read().then(
        () => '',
        ({ message }: Error) => message,
      )
      expect(words).to.equal(`${path} has changed while it was read`)
    }
  })
})

async function joined(blob: Blob): Promise<Buffer> {
  const copies: Buffer[] = []
  for await (const piece of blob.stream!()) copies.push(Buffer.from(piece))
  return Buffer.concat(copies)
}
