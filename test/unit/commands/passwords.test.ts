import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { passwordsOf } from '../../../src/commands/passwords.ts'
import type { Problem } from '../../../src/kernel/problem.ts'
import { Redactor } from '../../../src/kernel/secret.ts'

const rows = [
  { name: 'a file', content: 'a word\n', mode: 0o600, want: 'a word' },
  { name: 'a file with blanks around it', content: '  word \n\n', mode: 0o600, want: 'word' },
  { name: 'a script', content: '#!/bin/sh\necho " word"\n', mode: 0o700, want: ' word' },
  { name: 'an empty file', content: '\n', mode: 0o600, want: 'password.empty' },
  { name: 'a script that fails', content: '#!/bin/sh\necho no >&2; exit 3\n', mode: 0o700, want: 'password.script' },
  { name: 'a script that is none', content: 'word\n', mode: 0o700, want: 'password.script' },
  { name: 'no file', content: null, mode: 0, want: 'password.file' },
]

/** What ansible-playbook makes of the same files (CLI.get_password_from_file). */
describe('passwords', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'provision-passwords-'))
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  for (const { name, content, mode, want } of rows) {
    it(`from ${name}: ${want}`, async () => {
      const file = join(folder, 'file')
      if (content !== null) writeFileSync(file, content, { mode })
      const redactor = new Redactor()
      const asked = { askPass: false, connectionPasswordFile: null, askBecomePass: false, becomePasswordFile: file }
      const result = await passwordsOf(asked, redactor).catch(({ code }: Problem) => ({ become: code }))
      expect(result.become).to.equal(want)
      if ('login' in result) expect(redactor.text(`<${want}>`)).not.to.contain(want)
    })
  }
})
