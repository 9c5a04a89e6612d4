import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { provision } from '../../support/program.ts'

const PLAY = '- hosts: all\n  gather_facts: false\n  tasks:\n    - ping:\n    - stat: {path: /}\n'

const rows = [
  { name: 'of a kind that there is not', vars: 'ansible_connection=winrm', code: 'connection.unknown' },
  {
    name: 'with a way to become that there is not',
    vars: 'ansible_become=true ansible_become_method=magic',
    code: 'become.method',
  },
  {
    name: 'with a shell that there is not',
    vars: 'ansible_shell_executable=/nonexistent',
    code: 'host.unreachable',
  },
  {
    name: 'to an address made of what is undefined',
    vars: 'ansible_connection=ssh ansible_host="{{ nowhere }}.example.com"',
    code: 'template.undefined',
  },
  { name: 'to no address', vars: 'ansible_connection=ssh ansible_host=""', code: 'connection.address' },
  {
    name: 'to a port that is none',
    vars: 'ansible_connection=ssh ansible_host=127.0.0.1 ansible_port=abc',
    code: 'connection.number',
  },
  {
    name: 'with a password for sudo made of what is undefined',
    vars: 'ansible_become=true ansible_become_password="{{ nothing }}"',
    code: 'template.undefined',
  },
  {
    name: 'of a kind made of what is undefined',
    vars: 'ansible_connection="{{ nothing }}"',
    code: 'template.undefined',
  },
  {
    name: 'with options that ssh does not take',
    vars: 'ansible_connection=ssh ansible_ssh_common_args="-F /nonexistent"',
    code: 'ssh.options',
  },
  {
    name: 'to a port where nobody listens',
    vars: 'ansible_connection=ssh ansible_host=127.0.0.1 ansible_port=1',
    code: 'host.unreachable',
  },
]

/** By the bundled program, whose parts are there at once: a connection may have failed before the turn of the event loop ends. */
describe('a connection', () => {
  let folder: string
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'provision-connect-test-'))
    writeFileSync(join(folder, 'play.yml'), PLAY)
  })
  after(() => rmSync(folder, { recursive: true }))

  it('to the controller itself, by its whole name, reboots nothing', async () => {
    writeFileSync(join(folder, 'reboot.yml'), '- hosts: all\n  gather_facts: false\n  tasks: [reboot: ]\n')
    const args = ['-i', 'h1,', '-e', 'ansible_connection=ansible.builtin.local', 'reboot.yml', '--check']
    const { code, stdout } = await provision(folder, ['playbook', ...args])
    expect(code).to.equal(2)
    expect(stdout).to.contain('with local connection would reboot the control node')
  })

  for (const { name, vars, code } of rows) {
    it(`${name} fails its own host alone`, async () => {
      const h2 = 'h2 ansible_user="{{ nobody }}" ansible_ssh_common_args="-F {{ nothing }}"'
      writeFileSync(join(folder, 'hosts'), `h1 ${vars}\n${h2}\n[all:vars]\nansible_connection=local\n`)
      const ended = await provision(folder, ['playbook', '-i', 'hosts', 'play.yml', '--output', 'jsonl'])
      expect(ended.stderr).not.to.match(/^ +at /m)
      const results = ended.stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line))
        .filter(({ type }) => type === 'host-result')
        .map(({ host, status, result }) => [host, result.code ?? status])
      expect(results).to.have.deep.members([
        ['h1', code],
        ['h2', 'ok'],
        ['h2', 'ok'],
      ])
    })
  }
})
