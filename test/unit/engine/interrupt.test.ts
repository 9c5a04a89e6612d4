import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { execa } from 'execa'

describe('Ctrl-C', () => {
  it('lets the task under way finish, begins none, and tells the rest', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'provision-interrupt-'))
    const play = '- hosts: all\n  gather_facts: false\n  tasks:\n    - command: sleep 1\n    - command: echo never\n'
    writeFileSync(join(folder, 'play.yml'), play)
    try {
      const args = [
        '--import',
        'tsx/esm',
        'src/main.ts',
        'playbook',
        '-i',
        'h1,',
        '-c',
        'local',
        join(folder, 'play.yml'),
      ]
      const running = execa(process.execPath, args, { reject: false, all: true })
      running.stdout.on('data', (chunk: Buffer) => {
        if (String(chunk).includes('TASK')) running.kill('SIGINT')
      })
      const { exitCode, all } = await running
      expect(exitCode).to.equal(130)
      expect(all)
        .to.match(/changed: \[h1\]/)
        .and.match(/PLAY RECAP/)
        .and.match(/ok=1 /)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
})
