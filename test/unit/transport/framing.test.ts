import { randomBytes } from 'node:crypto'
import { expect } from 'chai'
import { Blob } from '../../../src/kernel/blob.ts'
import { Problem } from '../../../src/kernel/problem.ts'
import { Secret } from '../../../src/kernel/secret.ts'
import { sh } from '../../../src/kernel/sh.ts'
import type { Connection, Step } from '../../../src/kernel/shell.ts'
import { connectionOver } from '../../../src/transport/connection.ts'
import { localLink } from '../../../src/transport/local.ts'

const NASTY = `it's "$x" \`id\` \\ é\n -leading\t`
const BINARY = randomBytes(300_000)

/** Every shell that Debian's bare system has; the contract suite adds busybox and mksh. */
for (const executable of ['/bin/sh', '/bin/bash --posix']) {
  describe(`messages to ${executable}`, () => {
    let connection: Connection
    before(() => {
      connection = connectionOver(localLink(), { executable })
    })
    after(() => connection.close())

    const run = async (...steps: Step[]) => Promise.all((await connection.shell(null)).run(steps))

    const rows: { name: string; given: Step; want: { rc?: number; stdout?: string | Buffer; stderr?: string } }[] = [
      { name: 'output as it is', given: { script: sh`printf 'a\nb'` }, want: { stdout: 'a\nb' } },
      { name: 'no output', given: { script: sh`:` }, want: { rc: 0, stdout: '', stderr: '' } },
      {
        name: 'both streams apart',
        given: { script: sh`echo out; echo err >&2` },
        want: { stdout: 'out\n', stderr: 'err\n' },
      },
      { name: 'the exit code', given: { script: sh`exit 42` }, want: { rc: 42 } },
      { name: 'stops at the first failure', given: { script: sh`false; echo no` }, want: { rc: 1, stdout: '' } },
      { name: 'quotes every value', given: { script: sh`emit ${NASTY}` }, want: { stdout: NASTY } },
      { name: 'short text from a blob', given: { script: sh`${Blob.of(NASTY)}` }, want: { stdout: NASTY } },
      { name: 'bytes from a blob', given: { script: sh`${Blob.of(BINARY)} | cat` }, want: { stdout: BINARY } },
      {
        name: 'long text from a blob',
        given: { script: sh`${Blob.of(NASTY.repeat(5000))}` },
        want: { stdout: NASTY.repeat(5000) },
      },
      {
        name: 'a secret from a blob',
        given: { script: sh`${Blob.of(new Secret('s3cret'))}` },
        want: { stdout: 's3cret' },
      },
      { name: 'empty input', given: { script: sh`cat` }, want: { stdout: '' } },
      {
        name: 'the environment',
        given: { script: sh`emit "$A"`, environment: new Map([['A', NASTY]]) },
        want: { stdout: NASTY },
      },
      { name: 'fields', given: { script: sh`field a ${NASTY}` }, want: { stdout: `a=${NASTY}\0` } },
    ]
    for (const { name, given, want } of rows) {
      it(name, async () => {
        const [output] = await run(given)
        if (want.rc !== undefined) expect(output!.rc).to.equal(want.rc)
        if (want.stdout !== undefined) expect(output!.stdout.equals(Buffer.from(want.stdout))).to.equal(true)
        if (want.stderr !== undefined) expect(output!.stderr.toString()).to.equal(want.stderr)
      })
    }

    it('keeps the steps of a message apart', async () => {
      const outputs = await run(
        { script: sh`cd /; x=1; echo one` },
        { script: sh`exit 3` },
        { script: sh`emit "\${x-unset}"` },
      )
      expect(outputs.map(({ rc, stdout }) => [rc, stdout.toString()])).to.deep.equal([
        [0, 'one\n'],
        [3, ''],
        [0, 'unset'],
      ])
    })

    it('counts a message for all its steps, and which only read', async () => {
      const shell = await connection.shell(null)
      const before = { ...shell.stats }
      await run({ script: sh`:`, reads: true }, { script: sh`:` }, { script: sh`:`, reads: true })
      const count = (name: 'messages' | 'probes' | 'applies') => shell.stats[name] - before[name]
      expect([count('messages'), count('probes'), count('applies')]).to.deep.equal([1, 2, 1])
    })

    it('no secret stands in a process’s arguments', async () => {
      const secret = `s3cret${randomBytes(8).toString('hex')}`
      const [output] = await run({
        script: sh`${Blob.of(new Secret(secret))} | { sleep 0.1; cat >/dev/null; } & ps -eo args; wait`,
      })
      expect(output!.stdout.toString()).to.include('ps -eo args').and.not.include(secret)
    })

    it('a shell that is gone is an unreachable host', async () => {
      const other = connectionOver(localLink(), { executable })
      const shell = await other.shell(null)
      const error = await shell.run([{ script: sh`kill -9 $$` }])[0]!.catch((thrown) => thrown)
      expect(error).to.be.instanceOf(Problem).with.property('code', 'host.unreachable')
      await other.close()
    })
  })
}
