import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { SharedFiles } from '../../../src/transport/shared-files.ts'

describe('SharedFiles', () => {
  let folder = ''
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'provision-shared-'))
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  const rows: {
    name: string
    contents: readonly (string | null)[]
    want: readonly (string | null)[]
    reads: number
  }[] = [
    { name: 'reads a file once for all hosts', contents: ['one', 'one', 'one'], want: ['one', 'one', 'one'], reads: 1 },
    {
      name: 'reads a file that has changed',
      contents: ['one', 'three', 'three'],
      want: ['one', 'three', 'three'],
      reads: 2,
    },
    { name: 'has nothing of a file that is not there', contents: [null, null], want: [null, null], reads: 0 },
    { name: 'reads a file that comes later', contents: [null, 'one'], want: [null, 'one'], reads: 1 },
    { name: 'forgets a file that is gone', contents: ['one', null], want: ['one', null], reads: 1 },
  ]
  for (const { name, contents, want, reads } of rows) {
    it(name, () => {
      const files = new SharedFiles()
      const path = join(folder, 'file')
      let parsed = 0
      const parse = (bytes: Buffer) => {
        parsed += 1
        return bytes.toString()
      }
      let before: string | null = null
      const got = contents.map((content) => {
        if (content === null) rmSync(path, { force: true })
        else if (content !== before) writeFileSync(path, content)
        before = content
        return files.get(path, parse)
      })
      expect({ got, parsed }).to.deep.equal({ got: want, parsed: reads })
    })
  }

  it('keeps apart what different readers make of a file', () => {
    const files = new SharedFiles()
    writeFileSync(join(folder, 'file'), 'three')
    const path = join(folder, 'file')
    expect([files.get(path, String), files.get(path, ({ length }) => length)]).to.deep.equal(['three', 5])
  })
})
