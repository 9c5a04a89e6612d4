import { expect } from 'chai'
import { customModule } from '../../../src/custom/module.ts'
import { Blob } from '../../../src/kernel/blob.ts'
import { openController } from '../../support/controller.ts'

describe('customModule', () => {
  const rows: { name: string; contents: readonly string[]; hosts: number; want: number }[] = [
    { name: 'reads a binary once for all hosts', contents: ['\x7fELF\0'], hosts: 3, want: 1 },
    { name: 'reads a script once for all hosts', contents: ['#!/bin/sh\n# WANT_JSON\n'], hosts: 3, want: 1 },
    { name: 'reads one that has changed again', contents: ['#!/bin/sh\n', '#!/bin/sh\n:\n'], hosts: 2, want: 2 },
  ]
  for (const { name, contents, hosts, want } of rows) {
    it(name, async () => {
      const { controller, close } = await openController({ name, args: {}, want: {} })
      const module = customModule({ name: 'own', path: 'library/own' }, '2.19.0')
      let reads = 0
      for (const content of contents) {
        const blob = new Blob({
          size: content.length,
          sha1: '',
          read: () => {
            reads += 1
            return Buffer.from(content)
          },
        })
        const each = Array.from({ length: hosts }, () => module.prepare({}, { ...controller, file: async () => blob }))
        await Promise.all(each)
      }
      await close()
      expect(reads).to.equal(want)
    })
  }
})
