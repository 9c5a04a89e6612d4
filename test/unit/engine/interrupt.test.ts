import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { execa } from 'execa'
import { quote } from '../../../src/kernel/sh.ts'

const PLAY = '- hosts: all\n  gather_facts: false\n  tasks:\n    - command: sleep 2\n    - command: echo never\n'

/** What a run shows is redrawn from here on. */
const HIDDEN_CURSOR = /\[\?25l/

/** script(1) gives the program a terminal, where libraries listen for signals, too; Ctrl-C is typed there. */
const rows = [
  { name: 'lets the task under way finish, begins none, and tells the rest', terminal: false, times: 1 },
  { name: 'does so on a terminal', terminal: true, times: 1 },
  { name: 'ends the run at once the second time', terminal: false, times: 2 },
  { name: 'does so on a terminal, too', terminal: true, times: 2 },
]

describe('Ctrl-C', () => {
  let folder: string
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'provision-interrupt-'))
    writeFileSync(join(folder, 'play.yml'), PLAY)
  })
  after(() => rmSync(folder, { recursive: true, force: true }))

  for (const { name, terminal, times } of rows) {
    it(name, async () => {
      const play = ['playbook', '-i', 'h1,', '-c', 'local', join(folder, 'play.yml')]
      const command = [process.execPath, '--import', 'tsx/esm', 'src/main.ts', ...play]
      const [file, ...args] = terminal ? ['script', '-qefc', command.map(quote).join(' '), '/dev/null'] : command
      const running = execa(file!, args, { reject: false, all: true, env: { NO_COLOR: '1' } })
      const when = [terminal ? HIDDEN_CURSOR : /command/, /break off/].slice(0, times)
      let shown = ''
      running.all.on('data', (chunk: Buffer) => {
        shown += chunk
        if (when[0]?.test(shown) !== true) return
        when.shift()
        if (terminal) running.stdin.write('\x03')
        else running.kill('SIGINT')
      })
      const { exitCode, signal } = await running
      expect(signal ?? exitCode).to.equal(times === 2 && !terminal ? 'SIGINT' : 130)
      if (times === 2) expect(shown).not.to.match(/RECAP/)
      else expect(shown).to.match(/changed: \[h1\].*PLAY RECAP.*ok=1 /s)
    })
  }
})
