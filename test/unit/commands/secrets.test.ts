import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { provision } from '../../support/program.ts'

/** A task that is given a password in plain text, changes nothing, and what a later failure tells in every form of output. */
const PLAY = `
- hosts: all
  gather_facts: false
  vars: {pin: 481516}
  tasks:
    - get_url: {url: "file://{{ playbook_dir }}/play.yml", dest: /nowhere/x, GIVEN}
      check_mode: true
      ignore_errors: true
    - fail: {msg: "told TEXT"}
`

const rows: readonly [name: string, given: string, text: string, want: string][] = [
  ['by its name', 'url_password: hunter2', 'hunter2', 'told ********'],
  ['by an alias', 'password: hunter2', 'hunter2', 'told ********'],
  ['a number from a template', 'password: "{{ pin }}"', '481516', 'told ********'],
  ['each line of it', 'password: "hunter2\\nswordfish"', 'swordfish hunter2', 'told ******** ********'],
  ['empty', 'password: ""', 'hunter2', 'told hunter2'],
  ['too short to be masked without hiding everything', 'password: ol', 'old', 'told old'],
  ['no secret', 'headers: {x: hunter2}', 'hunter2', 'told hunter2'],
]

describe('a secret argument in plain text is masked in what follows', () => {
  let folder: string
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'provision-secrets-test-'))
  })
  after(() => rmSync(folder, { recursive: true, force: true }))

  for (const [name, given, text, want] of rows) {
    it(name, async () => {
      writeFileSync(join(folder, 'play.yml'), PLAY.replace('GIVEN', given).replace('TEXT', text))
      const forms = ['plain', 'json', 'jsonl', 'junit'].flatMap((form) => ['--output', `${form}=${form}.out`])
      const run = ['playbook', '-i', 'h1,', '-c', 'local', 'play.yml', '-vvv', ...forms]
      const { stdout, stderr } = await provision(folder, run)
      const files = ['plain', 'json', 'jsonl', 'junit'].map((form) => readFileSync(join(folder, `${form}.out`), 'utf8'))
      for (const output of [stdout + stderr, ...files]) {
        expect(output).to.include(want)
        if (want.includes('*')) for (const secret of text.split(' ')) expect(output).not.to.include(secret)
      }
    })
  }
})
