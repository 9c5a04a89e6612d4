import { createHash, randomBytes } from 'node:crypto'
import { expect } from 'chai'
import { Blob } from '../../src/kernel/blob.ts'
import { lines, type Sh, sh } from '../../src/kernel/sh.ts'
import { type Step, TIMED_OUT } from '../../src/kernel/shell.ts'
import { placeTogether } from '../../src/modules/parts/place-together.ts'
import { replaceFile } from '../../src/modules/parts/replace-file.ts'
import { SHELL_NAMES, type ShellName } from '../support/host.ts'
import { testHost } from '../support/test-host.ts'

const CONTENT = randomBytes(2_000_000)
const STREAM = new Blob({
  ...{ size: CONTENT.length, sha1: createHash('sha1').update(CONTENT).digest('hex'), read: () => CONTENT },
  stream: async function* () {
    yield CONTENT
  },
})

const ADJUST = { mode: 0o644, owner: null, group: null }

type Row = {
  readonly name: string
  readonly shells?: readonly ShellName[]
  readonly script: Sh
  readonly timeout: number
  readonly link?: Step['link']
  readonly want: { readonly rc: number; readonly stdout: string; readonly stderr?: string }
}

/** Content that stops arriving after a share of it. */
function late(share: number): Blob {
  return new Blob({
    ...{ size: CONTENT.length, sha1: STREAM.sha1, read: () => CONTENT },
    stream: async function* () {
      yield CONTENT.subarray(0, CONTENT.length * share)
      await new Promise((resolve) => setTimeout(resolve, 2000))
    },
  })
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
    want: { rc: TIMED_OUT, stdout: 'a\n' },
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
  {
    name: 'a shell without words of its own, and takes no signal',
    script: sh`exec 3<<'END'
trap "" TERM; sleep 987
END
(exec sh <&3)`,
    timeout: 1,
    want: { rc: TIMED_OUT, stdout: '' },
  },
  {
    name: 'a script that cleans up',
    script: sh`trap 'echo clean' 0; if ! sleep 987; then echo b; fi`,
    timeout: 1,
    want: { rc: TIMED_OUT, stdout: 'clean\n' },
  },
  {
    // mksh takes the trap of the signal for the first command of the other, and leaves the rest.
    name: 'a script that cleans up because what it waits for fails',
    shells: SHELL_NAMES.filter((shell) => shell !== 'mksh'),
    script: sh`trap 'echo clean' 0; sleep 987; echo b`,
    timeout: 1,
    want: { rc: TIMED_OUT, stdout: 'clean\n' },
  },
  ...[0, 3].map((share) => ({
    name: `a file of which ${share} of 4 parts arrive in time`,
    script: replaceFile({
      dest: '/tmp/late/a',
      content: late(share / 4),
      ...{ now: null, adjust: ADJUST },
    }),
    timeout: 1,
    want: { rc: TIMED_OUT, stdout: '' },
  })),
  {
    name: 'a file that is not checked in time',
    script: replaceFile({
      ...{ dest: '/tmp/late/a', content: Blob.of('a'), validate: 'sh -c "sleep 987; true %s"' },
      ...{ now: null, adjust: ADJUST },
    }),
    timeout: 1,
    want: { rc: TIMED_OUT, stdout: '' },
  },
  {
    name: 'files that are not unpacked in time',
    script: lines([
      sh`
        mkdir -p /tmp/slow-tar
        printf '#!/bin/sh\nsleep 987\n' >/tmp/slow-tar/tar
        chmod 755 /tmp/slow-tar/tar
        PATH=/tmp/slow-tar:$PATH`,
      placeTogether('/tmp/late', [
        { folder: '.', items: [{ path: 'a', content: Blob.of('a'), now: null, adjust: ADJUST }] },
      ]),
    ]),
    timeout: 1,
    want: { rc: TIMED_OUT, stdout: '' },
  },
  {
    name: 'a shell below it that cleans up',
    script: sh`(trap 'exit 1' TERM; trap 'echo clean' 0; sleep 987 | cat; echo b) || echo c`,
    timeout: 1,
    want: { rc: TIMED_OUT, stdout: 'clean\n' },
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
    for (const { name, shells, script, timeout, link, want } of rows) {
      if (shells?.includes(shell) === false) continue
      it(`${name} (${shell})`, async () => {
        const host = await testHost()
        await host.sure('rm -rf /tmp/late; mkdir /tmp/late')
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
        expect(await host.sure('ls -A /tmp/late'), 'files that are left').to.equal('')
      })
    }
  }
})
