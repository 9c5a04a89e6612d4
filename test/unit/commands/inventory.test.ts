import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { inventory } from '../../../src/commands/inventory.ts'
import { problemsOf } from '../../../src/kernel/problem.ts'
import { type Ended, provision } from '../../support/program.ts'

const HOST = '{\n    "port": 80,\n    "url": "http://{{ name }}:{{ port }}"\n}\n'
const GRAPH = '@all:\n  |--@ungrouped:\n  |--@web:\n  |  |--web01\n'

/** What ansible-inventory prints for the same inventory. */
const rows: readonly [args: string, want: Ended][] = [
  ['-i inv.yml --graph', { code: 0, stdout: GRAPH, stderr: '' }],
  ['inv.yml --graph web', { code: 0, stdout: '@web:\n  |--web01\n', stderr: '' }],
  [
    '-i inv.yml --graph web --vars',
    {
      code: 0,
      stdout: '@web:\n  |--web01\n  |  |--{port = 80}\n  |  |--{url = http://{{ name }}:{{ port }}}\n',
      stderr: '',
    },
  ],
  ['-i inv.yml --host web01', { code: 0, stdout: HOST, stderr: '' }],
  ['inv.yml --host web01 -e port=81', { code: 0, stdout: HOST.replace('80', '"81"'), stderr: '' }],
  [
    'inv.yml --graph db',
    { code: 5, stdout: '', stderr: 'Error: Unknown group: there is no group "db"; a graph starts at a group\n' },
  ],
]

const refused: readonly [args: string, code: string][] = [
  ['inv.yml', 'usage.action'],
  ['inv.yml web --list', 'usage.excess'],
  ['inv.yml --list --graph', 'usage.conflict'],
]

describe('provision inventory', () => {
  let folder: string
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'provision-inventory-test-'))
    const text = 'web:\n  hosts:\n    web01:\n      port: 80\n      url: http://{{ name }}:{{ port }}\n'
    writeFileSync(join(folder, 'inv.yml'), text)
  })
  after(() => rmSync(folder, { recursive: true, force: true }))

  for (const [args, want] of rows) {
    it(args, async () => expect(await provision(folder, ['inventory', ...args.split(' ')])).to.deep.equal(want))
  }

  it('takes a list of hosts that is longer than any name of a file', async () => {
    const hosts = Array.from({ length: 400 }, (_, index) => `host${index}`).join(',')
    const { code, stdout } = await provision(folder, ['inventory', '-i', hosts, '--graph'])
    expect([code, stdout.split('\n').length]).to.deep.equal([0, 403])
  })

  it('writes to a file with --output', async () => {
    const output = join(folder, 'out.json')
    expect(await inventory(['-i', join(folder, 'inv.yml'), '--host', 'web01', '--output', output])).to.equal(0)
    expect(readFileSync(output, 'utf8')).to.equal(HOST.trimEnd())
  })

  for (const [args, code] of refused) {
    it(`refuses ${args}`, async () => {
      const problems = await inventory(args.split(' ')).then(
        () => [],
        (error) => problemsOf(error) ?? [error],
      )
      expect(problems.map((problem) => problem.code)).to.deep.equal([code])
    })
  }
})
