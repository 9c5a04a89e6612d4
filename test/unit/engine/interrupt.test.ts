import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { execa } from 'execa'
import { programFile } from '../../support/program.ts'
import { atTerminal, CTRL_C } from '../../support/terminal.ts'

const SLEEP = '- hosts: all\n  gather_facts: false\n  tasks:\n    - command: sleep 2\n    - command: echo never\n'
const QUESTIONS = `
- hosts: all
  gather_facts: false
  vars_prompt:
    - {name: who, prompt: Who, private: false}
    - {name: word, prompt: Word, confirm: true}
  tasks:
    - pause: {prompt: Go on}
      register: answer
    - debug: {msg: "{{ who }} {{ word }} {{ answer.user_input }}"}
`
/** What a run shows is redrawn from here on. */
const DRAWING = /\[\?25l/
const DONE = /changed: \[h1\].*PLAY RECAP.*ok=1 /s

describe('Ctrl-C', () => {
  let folder: string
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'provision-interrupt-'))
    writeFileSync(join(folder, 'sleep.yml'), SLEEP)
    writeFileSync(join(folder, 'questions.yml'), QUESTIONS)
  })
  after(() => rmSync(folder, { recursive: true, force: true }))
  const play = (name: string) => ['playbook', '-i', 'h1,', '-c', 'local', join(folder, name)]

  it('lets the task under way finish, begins none, and tells the rest', async () => {
    const command = [await programFile(), ...play('sleep.yml')]
    const running = execa(process.execPath, command, { reject: false, all: true })
    running.stdout.on('data', (chunk: Buffer) => {
      if (String(chunk).includes('TASK')) running.kill('SIGINT')
    })
    const { exitCode, all } = await running
    expect(exitCode).to.equal(130)
    expect(all).to.match(DONE)
  })

  it('does so on a terminal, where libraries listen for it, too', async () => {
    const { exit, shown } = await atTerminal(play('sleep.yml'), [[DRAWING, CTRL_C]])
    expect(exit).to.equal(130)
    expect(shown).to.match(DONE)
  })

  it('ends the run at once the second time', async () => {
    const typed = [
      [DRAWING, CTRL_C],
      [/break off/, CTRL_C],
    ] as const
    const { exit, shown } = await atTerminal(play('sleep.yml'), typed)
    expect(exit).to.equal(130)
    expect(shown).not.to.match(/RECAP/)
  })

  const answers = [
    [/Who: /, 'bob\r'],
    [/Word: /, 'a\r'],
    [/confirm Word: /, 'b\r'],
    [/not the same.*Word: /s, 'c\r'],
    [/confirm Word: /, 'c\r'],
    [/Go on:/, 'yes\r'],
  ] as const
  for (let index = 0; index < answers.length; index++) {
    it(`ends the run at the question ${answers[index]![0].source}`, async () => {
      const { exit, shown } = await atTerminal(play('questions.yml'), [
        ...answers.slice(0, index),
        [answers[index]![0], CTRL_C],
      ])
      expect(exit).to.equal(130)
      expect(shown).not.to.match(/ok: \[h1\]/)
    })
  }

  it('is not pressed, and each answer is taken', async () => {
    const { exit, shown } = await atTerminal(play('questions.yml'), answers)
    expect(exit).to.equal(0)
    expect(shown).to.match(/"msg": "bob c yes"/)
  })
})
