import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { exec } from '../../../src/commands/exec.ts'
import { problemsOf } from '../../../src/kernel/problem.ts'
import { type Ended, provision } from '../../support/program.ts'

const LOCAL = ['localhost', '-c', 'local']

/** What the ansible command prints for the same arguments. */
const rows: readonly [args: readonly string[], want: Ended][] = [
  [
    [...LOCAL, '-m', 'ping'],
    { code: 0, stdout: 'localhost | SUCCESS => {\n    "changed": false,\n    "ping": "pong"\n}\n', stderr: '' },
  ],
  [[...LOCAL, '-a', 'echo a "b  c"'], { code: 0, stdout: 'localhost | CHANGED | rc=0 >>\na b  c\n', stderr: '' }],
  [
    [...LOCAL, '-m', 'shell', '-a', 'echo out; echo err >&2; exit 3'],
    { code: 2, stdout: 'localhost | FAILED | rc=3 >>\nouterrnon-zero return code\n', stderr: '' },
  ],
  [
    [...LOCAL, '-m', 'shell', '-a', 'echo a; echo b', '-o'],
    { code: 0, stdout: 'localhost | CHANGED | rc=0 | (stdout) a\\nb\n', stderr: '' },
  ],
  [['all', '-i', 'a,b,', '--list-hosts'], { code: 0, stdout: '  hosts (2):\n    a\n    b\n', stderr: '' }],
  [
    ['all', '-i', 'a,', '-l', '!a', '-m', 'ping'],
    {
      code: 1,
      stdout: '',
      stderr:
        'Error: No hosts: the limit "!a" leaves none of the hosts\n  see which hosts there are: --list-hosts without the limit\n',
    },
  ],
]

const refused: readonly [args: readonly string[], code: string][] = [
  [LOCAL, 'usage.args'],
  [['site.yml'], 'usage.args'],
  [[...LOCAL, '-m', 'import_playbook', '-a', 'x.yml'], 'usage.module'],
  [[...LOCAL, '-m', 'pong'], 'module.unknown'],
  [[], 'usage.missing'],
  [[...LOCAL, '--tags', 'x'], 'usage.option'],
]

describe('provision exec', () => {
  let folder: string
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'provision-exec-test-'))
  })
  after(() => rmSync(folder, { recursive: true, force: true }))

  for (const [args, want] of rows) {
    it(args.join(' '), async () => expect(await provision(folder, ['exec', ...args])).to.deep.equal(want))
  }

  for (const [args, code] of refused) {
    it(`refuses ${args.join(' ') || 'nothing'}: ${code}`, async () => {
      const problems = await exec(args).then(
        () => [],
        (error) => problemsOf(error) ?? [error],
      )
      expect(problems.map((problem) => problem.code)).to.deep.equal([code])
    })
  }

  it('changes nothing with --check', async () => {
    const file = join(folder, 'new')
    const args = ['exec', ...LOCAL, '-m', 'copy', '-a', `dest=${file} content=x`, '--check', '--diff']
    const first = await provision(folder, args)
    expect(first.stdout).to.include('localhost | CHANGED => {')
    expect((await provision(folder, args)).stdout).to.equal(first.stdout)
  })
})

describe('a run with an ansible.cfg', () => {
  let folder: string
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'provision-config-test-'))
    const write = (name: string, text: string) => writeFileSync(join(folder, name), text)
    write('ansible.cfg', '[defaults]\ninventory = hosts\nforks = 7\ngathering = explicit\nnull_representation = x\n')
    write('hosts', 'localhost ansible_connection=local\n')
    write('site.yml', "- hosts: all\n  tasks:\n    - debug: msg='{{ ansible_forks }} {{ ansible_config_file }}'\n")
  })
  after(() => rmSync(folder, { recursive: true, force: true }))

  it('takes its inventory, forks and gathering, and warns once of what it leaves out', async () => {
    const { code, stdout, stderr } = await provision(folder, ['playbook', 'site.yml', '--output', 'plain'])
    expect(code).to.equal(0)
    expect(stdout).to.include(`"msg": "7 ${folder}/ansible.cfg"`)
    expect(stdout).not.to.include('Gathering Facts')
    expect(stderr.match(/null_representation/g)).to.have.length(1)
  })

  const plays: readonly [name: string, env: string, tasks: string, code: number, want: RegExp][] = [
    [
      'a key given twice',
      'DUPLICATE_YAML_DICT_KEY=warn',
      '[{debug: {msg: a, msg: b}}]',
      0,
      /found a duplicate dict key \(msg\). Using last/,
    ],
    ['that is an error', 'DUPLICATE_YAML_DICT_KEY=error', '[{debug: {msg: a, msg: b}}]', 4, /Error: Key given twice/],
    ['that is nothing', 'DUPLICATE_YAML_DICT_KEY=ignore', '[{debug: {msg: a, msg: b}}]', 0, /^(?!.*duplicate).*"b"/s],
    [
      'a keyword nobody knows',
      'INVALID_TASK_ATTRIBUTE_FAILED=no',
      '[{debug: {msg: a}, colour: red}, {include_tasks: more.yml, become: true}]',
      0,
      /"more".*Ignoring invalid attribute: colour/s,
    ],
    [
      'a keyword nobody knows of a block',
      'INVALID_TASK_ATTRIBUTE_FAILED=no',
      '[{block: [{debug: {msg: a}}], colour: red}]',
      4,
      /'colour' is not a valid attribute for a Block/,
    ],
  ]
  for (const [name, setting, tasks, want, text] of plays) {
    it(name, async () => {
      writeFileSync(join(folder, 'more.yml'), '- debug: {msg: more}\n')
      writeFileSync(join(folder, 'play.yml'), `- {hosts: all, tasks: ${tasks}}\n`)
      const env = Object.fromEntries([`ANSIBLE_${setting}`.split('=')])
      const { code, stdout, stderr } = await provision(folder, ['playbook', 'play.yml', '--output', 'plain'], { env })
      expect(stdout + stderr).to.match(text)
      expect(code).to.equal(want)
    })
  }

  it('reaches hosts by the program that it names', async () => {
    writeFileSync(join(folder, 'my-ssh'), '#!/bin/sh\necho "my own ssh: $*" >&2\nexit 255\n', { mode: 0o755 })
    const env = { ANSIBLE_SSH_EXECUTABLE: join(folder, 'my-ssh') }
    const { code, stdout } = await provision(folder, ['exec', '-i', 'nowhere.test,', 'all', '-m', 'ping'], { env })
    expect(code).to.equal(4)
    expect(stdout).to.match(/my own ssh: .*-M .*nowhere.test/)
  })
})
