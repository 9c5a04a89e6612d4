import { createHash } from 'node:crypto'
import { expect } from 'chai'
import { Blob } from '../../src/kernel/blob.ts'
import { type Sh, sh } from '../../src/kernel/sh.ts'
import { type Step, TIMED_OUT } from '../../src/kernel/shell.ts'
import { SHELL_NAMES } from '../support/host.ts'
import { testHost } from '../support/test-host.ts'

const CONTENT = Buffer.alloc(2_000_000, 'content ')
const STREAM = new Blob({
  ...{ size: CONTENT.length, sha1: createHash('sha1').update(CONTENT).digest('hex'), read: () => CONTENT },
  stream: async function* () {
    yield CONTENT
  },
})

type Row = {
  readonly name: string
  readonly script: Sh
  readonly timeout: number
  readonly link?: Step['link']
  readonly want: { readonly rc: number; readonly stdout: string; readonly stderr?: string }
}

const rows: readonly Row[] = [
  {
    name: 'a script that ends in time',
    script: sh`echo out; echo err >&2; (exit 3)`,
    timeout: 60,
    want: { rc: 3, stdout: 'out\n', stderr: 'err\n' },
  },
  { name: 'the end of a script', script: sh`exit 0`, timeout: 60, want: { rc: 0, stdout: '', stderr: '' } },
  { name: 'no input', script: sh`cat`, timeout: 60, want: { rc: 0, stdout: '', stderr: '' } },
  {
    name: 'a stream',
    script: sh`${STREAM} | wc -c`,
    timeout: 60,
    want: { rc: 0, stdout: '2000000\n' },
  },
  {
    name: 'content in the script',
    script: sh`${Blob.of(CONTENT)} | wc -c`,
    timeout: 60,
    want: { rc: 0, stdout: '2000000\n' },
  },
  {
    name: 'a linked step',
    script: sh`echo a`,
    timeout: 60,
    link: { guard: null },
    want: { rc: 0, stdout: 'a\n', stderr: '' },
  },
  {
    name: 'a command that takes too long',
    script: sh`echo a; sleep 987`,
    timeout: 1,
    want: { rc: TIMED_OUT, stdout: 'a\n', stderr: '' },
  },
  {
    name: 'a pipe, and what stands behind it',
    script: sh`sleep 987 | cat; echo b`,
    timeout: 1,
    want: { rc: TIMED_OUT, stdout: '' },
  },
  {
    name: 'a command that begins one after the other, and takes no signal',
    script: sh`sh -c 'trap "" TERM INT HUP; sleep 987 & while :; do sleep 0.01; done'`,
    timeout: 1,
    want: { rc: TIMED_OUT, stdout: '' },
  },
]

/** Who was killed is gone once it has had its turn, which can take a while on a busy machine; who was not stays. */
const LEFT = `
for try in 1 2 3 4 5 6 7 8 9; do
  left=$(pgrep -af '^(sh -c trap|sleep 987)') || exit 0
  sleep 0.5
done
echo "$left"`

describe('the time a step may take', function () {
  this.timeout(60_000)
  for (const shell of SHELL_NAMES) {
    for (const { name, script, timeout, link, want } of rows) {
      it(`${name} (${shell})`, async () => {
        const host = await testHost()
        const step = { script, timeout, ...(link === undefined ? {} : { link }) }
        const [output, next] = await Promise.all((await host.shell(shell)).run([step, { script: sh`echo next` }]))
        const { rc, stdout, stderr } = output!
        expect({
          rc,
          stdout: stdout.toString(),
          ...(want.stderr === undefined ? {} : { stderr: stderr.toString() }),
        }).to.deep.equal(want)
        expect(next!.stdout.toString()).to.equal('next\n')
        expect(await host.sure(LEFT), 'processes that are left').to.equal('')
      })
    }
  }
})
