import { createHash, randomBytes } from 'node:crypto'
import { expect } from 'chai'
import { Blob } from '../../src/kernel/blob.ts'
import { Question } from '../../src/kernel/question.ts'
import { plain, type Sh, sh } from '../../src/kernel/sh.ts'
import { HELD, type Step, TIMED_OUT } from '../../src/kernel/shell.ts'
import { replaceFile } from '../../src/modules/parts/replace-file.ts'
import { SHELL_NAMES } from '../support/host.ts'
import { testHost } from '../support/test-host.ts'

const NASTY = `it's "$x" \`id\` \\ é\n -leading\t`

/** More than one systemctl(1) is asked for, and nothing that changes by itself. */
const UNITS = [
  ...['multi-user.target', 'none-such', 'basic.target', 'sysinit.target', 'emergency.target', 'none-such@1.socket'],
  ...['rescue.target', 'sockets.target', 'timers.target', 'paths.target'],
]

const link = (script: Sh, guard: Sh | null = null, answer = ''): Step => ({
  script,
  link: { guard: guard === null ? null : { script: guard, answer: Buffer.from(answer) } },
})

for (const shell of SHELL_NAMES) {
  describe(`messages under ${shell}`, function () {
    this.timeout(60_000)
    const run = async (...steps: Step[]) => Promise.all((await (await testHost()).shell(shell)).run(steps))

    const chains: { name: string; given: Step[]; want: [number, string][] }[] = [
      {
        name: 'all run while they go well',
        given: [link(sh`emit 1`), link(sh`emit 2`)],
        want: [
          [0, '1'],
          [0, '2'],
        ],
      },
      {
        name: 'none runs behind one that failed',
        given: [link(sh`emit 1; exit 3`), link(sh`emit 2`)],
        want: [
          [3, '1'],
          [HELD, ''],
        ],
      },
      {
        name: 'a guard that answers as before lets its step run',
        given: [link(sh`emit 1`), link(sh`emit 2`, sh`field a ${NASTY}`, `a=${NASTY}\0`)],
        want: [
          [0, '1'],
          [0, '2'],
        ],
      },
      {
        name: 'a guard that answers otherwise holds its step and those behind',
        given: [link(sh`emit 1`), link(sh`emit 2`, sh`emit new`, 'old'), link(sh`emit 3`, sh`emit x`, 'x')],
        want: [
          [0, '1'],
          [HELD, ''],
          [HELD, ''],
        ],
      },
      {
        name: 'a guard does not ask again for what another field implies',
        given: [
          link(sh`emit 1`),
          link(sh`emit 2`, sh`implied b touch /tmp/$$.i; field a ${NASTY}; [ ! -e /tmp/$$.i ]`, `+b=x\0a=${NASTY}\0`),
        ],
        want: [
          [0, '1'],
          [0, '2'],
        ],
      },
      {
        name: 'a guard with a long answer holds its step when one byte of it is another',
        given: [
          link(sh`emit 1`),
          link(sh`emit 2`, sh`implied b false; field a ${'long '.repeat(1000)}`, `+b=x\0a=${'long '.repeat(1000)}\0`),
          link(sh`emit 3`, sh`field a ${'long '.repeat(1000)}`, `a=${'long '.repeat(999)}lang \0`),
        ],
        want: [
          [0, '1'],
          [0, '2'],
          [HELD, ''],
        ],
      },
      {
        name: 'a guard that breaks off holds, whatever it had said',
        given: [link(sh`emit 1`), link(sh`emit 2`, sh`emit x; false; emit y`, 'x')],
        want: [
          [0, '1'],
          [HELD, ''],
        ],
      },
      {
        name: 'a guard sees what the steps before it did',
        given: [link(sh`mkdir /tmp/$$.d`), link(sh`rmdir /tmp/$$.d`, sh`[ -d /tmp/$$.d ] && emit yes`, 'yes')],
        want: [
          [0, ''],
          [0, ''],
        ],
      },
      {
        name: 'a step without a link runs whatever came of the chain',
        given: [link(sh`exit 1`), link(sh`emit 2`), { script: sh`emit 3` }],
        want: [
          [1, ''],
          [HELD, ''],
          [0, '3'],
        ],
      },
      { name: 'a link without a script only asks', given: [link(sh``, sh`emit x`, 'x')], want: [[0, '']] },
    ]
    for (const { name, given, want } of chains) {
      it(`chain: ${name}`, async () => {
        const outputs = await run(...given)
        expect(outputs.map(({ rc, stdout }) => [rc, stdout.toString()])).to.deep.equal(want)
      })
    }

    it('many that only read: each has its own output on both streams', async () => {
      const steps = Array.from(
        { length: 40 },
        (_, index): Step => ({
          reads: true,
          script: sh`emit ${`out ${index}`}; emit ${`err ${index}`} >&2; exit ${index % 3}`,
        }),
      )
      const outputs = await run({ script: sh`emit first` }, ...steps, { script: sh`emit last; emit err >&2` })
      expect(outputs.map(({ rc, stdout, stderr }) => `${rc} ${stdout} ${stderr}`)).to.deep.equal([
        '0 first ',
        ...steps.map((_, index) => `${index % 3} out ${index} err ${index}`),
        '0 last err',
      ])
    })

    it('plain probes share a subshell, and each has its own end', async () => {
      const says = (script: Sh): Step => ({ reads: true, script: plain(script) })
      const steps = Array.from({ length: 300 }, (_, index) =>
        index % 7 === 3
          ? says(sh`emit ${`out ${index}`}; exit ${index % 200}; emit never`)
          : index % 7 === 5
            ? says(sh`emit ${`err ${index}`} >&2; (exit ${index % 200}); emit never`)
            : says(sh`set -- a b; emit ${`out ${index}`}; emit $#`),
      )
      const outputs = await run(...steps)
      expect(outputs.map(({ rc, stdout, stderr }) => `${rc} ${stdout}${stderr}`)).to.deep.equal(
        steps.map((_, index) =>
          index % 7 === 3
            ? `${index % 200} out ${index}`
            : index % 7 === 5
              ? `${index % 200} ${index % 200 === 0 ? 'never' : ''}err ${index}`
              : `0 out ${index}2`,
        ),
      )
    })

    it('questions of many are answered as if each asked alone', async () => {
      const asked = [
        ...(['status', 'referent', 'details', 'referent-details', 'target', 'real', 'sha1', 'own-sha1'] as const),
        ...(['flags', 'mime'] as const),
      ]
      const paths = [
        '/etc/passwd',
        '/etc',
        '/none',
        '/bin',
        '/etc/hostname',
        '/etc/os-release',
        "/tmp/it's",
        '/tmp/a b',
        '/tmp/dangling',
        '/tmp/two-lines',
      ]
      const others = [
        ...['dpkg', 'none-such', 'bash'].map((name) => new Question('package', name)),
        ...['test-auto', 'test-manual', 'none-such', 'test-g++'].map((name) => new Question('automatic', name)),
        ...['root', 'none-such', 'daemon', '0'].map((name) => new Question('passwd', name)),
        ...['adm', 'none-such', 'root', '0'].map((name) => new Question('group', name)),
        ...['root', 'none-such', 'daemon'].map((name) => new Question('shadow', name)),
        ...UNITS.map((name) => new Question('unit', name)),
        new Question('groups', 'all'),
        new Question('unit-files', 'system'),
      ]
      const questions = [...asked.flatMap((kind) => paths.map((path) => new Question(kind, path))), ...others]
      const stanzas = ['auto 1', 'manual 0', 'g++ 1'].map((text) => text.split(' '))
      const states = stanzas.map(
        ([name, auto]) => `Package: test-${name}\nArchitecture: amd64\nAuto-Installed: ${auto}\n\n`,
      )
      await run({
        script: sh`
          emit 1 >${paths[6]!}; emit 2 >${paths[7]!}
          ln -sfn none ${paths[8]!}; ln -sfn ${'a\nb'} ${paths[9]!}
          states=/var/lib/apt/extended_states; grep -qs test-auto $states || emit ${states.join('')} >>$states`,
      })
      const scripts = questions.map((question) => {
        const first = /sha1/.test(question.kind) ? sh`answer=\${answer%% *}` : sh`:`
        return sh`set +e; answer=${question} 2>/dev/null; ${first}; emit "$answer"`
      })
      const alone = await Promise.all(scripts.map(async (script) => (await run({ script }))[0]!.stdout.toString()))
      const together = await run(...scripts.map((script): Step => ({ script, reads: true })))
      const told = together.map(({ stdout }) => stdout.toString())
      expect(told.map(withoutAccess)).to.deep.equal(alone.map(withoutAccess))
      expect(alone.filter((answer) => answer !== '')).to.have.length(90)
    })

    const text = Buffer.from('the same line\n'.repeat(300_000))
    const noise = randomBytes(3_000_000)
    const streams: { name: string; bytes: Buffer }[] = [
      { name: 'bytes that do not compress', bytes: noise },
      { name: 'text that compresses', bytes: text },
      { name: 'nothing', bytes: Buffer.alloc(0) },
    ]
    for (const { name, bytes } of streams) {
      it(`stream: ${name}`, async () => {
        const blob = streamed(bytes)
        const outputs = await run(
          { script: sh`emit before` },
          { script: sh`emit a; ${blob} >/tmp/$$.s; sha1sum </tmp/$$.s; rm /tmp/$$.s` },
          { script: sh`emit after` },
        )
        const said = `a${createHash('sha1').update(bytes).digest('hex')}  -\n`
        expect(outputs.map((output) => [output.rc, output.stdout.toString()])).to.deep.equal([
          [0, 'before'],
          [0, said],
          [0, 'after'],
        ])
      })
    }

    const wrong: { name: string; size: number; stream: () => AsyncIterable<Buffer> }[] = [
      { name: 'that breaks off', size: 500_000, stream: broken },
      { name: 'shorter than it was', size: noise.length + 1, stream: () => pieces(noise) },
      { name: 'longer than it was', size: noise.length - 1, stream: () => pieces(noise) },
    ]
    for (const { name, size, stream } of wrong) {
      it(`stream: one ${name} fails its step, and the shell goes on`, async () => {
        const blob = new Blob({ size, sha1: 'x', stream, read: () => Buffer.alloc(0) })
        const outputs = await run({ script: sh`${blob} >/dev/null` }, { script: sh`emit after` })
        expect(outputs.map(({ rc, stdout }) => [rc, stdout.toString()])).to.deep.equal([
          [1, ''],
          [0, 'after'],
        ])
      })
    }

    const full = '/tmp/stream-full'
    const mount = sh`umount ${full} 2>/dev/null || :; mkdir -p ${full}; mount -t tmpfs -o size=1m none ${full}`
    type Unread = { name: string; bytes: Buffer; use: (blob: Blob) => Sh; timeout?: number; rc: number; words: RegExp }
    const unread: Unread[] = [
      ...[noise, text].map((bytes) => ({
        name: `a full disk (${bytes === text ? 'compressed' : 'as it is'})`,
        bytes,
        use: (blob: Blob) => sh`${mount}; ${blob} >${full}/a`,
        rc: 1,
        words: /^\n?(dd|gzip): .*No space left on device\n?$/,
      })),
      ...[noise, text].map((bytes) => ({
        name: `a reader that goes early (${bytes === text ? 'compressed' : 'as it is'})`,
        bytes,
        use: (blob: Blob) => sh`${blob} | head -c 400000 >/dev/null`,
        rc: 0,
        words: /^$/,
      })),
      ...[noise, text].map((bytes) => ({
        name: `a step whose time is over (${bytes === text ? 'compressed' : 'as it is'})`,
        bytes,
        use: (blob: Blob) => sh`${blob} | { head -c 400000 >/dev/null; sleep 20; }`,
        timeout: 1,
        rc: TIMED_OUT,
        words: /^(.*(Terminated|Killed).*\n)*$/,
      })),
      {
        name: 'a step that is killed',
        bytes: noise,
        use: (blob: Blob) => sh`
          step=$(exec sh -c 'echo $PPID')
          (sleep 0.3; kill -KILL "$step") >/dev/null 2>&1 &
          ${blob} | { head -c 400000 >/dev/null; sleep 1; }`,
        rc: 128 + 9,
        words: /^(.*Killed.*)?$/s,
      },
      {
        name: 'a step that does not ask for it',
        bytes: noise,
        use: (blob: Blob) => sh`exit 3; ${blob}`,
        rc: 3,
        words: /^$/,
      },
    ]
    for (const { name, bytes, use, timeout, rc, words } of unread) {
      it(`stream: ${name} does not make commands of what is left`, async () => {
        const outputs = await run(
          { script: use(streamed(bytes)), ...(timeout === undefined ? {} : { timeout }) },
          { script: sh`emit after` },
        )
        expect(outputs.map((output) => [output.rc, output.stdout.toString()])).to.deep.equal([
          [rc, ''],
          [0, 'after'],
        ])
        expect(outputs[0]!.stderr.toString()).to.match(words)
        await run({ script: sh`umount ${full} 2>/dev/null || :` })
      })
    }

    it('stream: a file takes its place only if all of it has arrived', async () => {
      const dest = `/tmp/arrived-${shell}`
      const blob = new Blob({ size: noise.length, sha1: 'x', stream: () => pieces(noise), read: () => noise })
      const adjust = { mode: null, owner: null, group: null }
      const [output, after] = await run(
        { script: replaceFile({ dest, content: blob, now: null, adjust }) },
        { script: sh`cd /tmp; [ ! -e ${dest} ]; set -- .provision.*; [ ! -e "$1" ]` },
      )
      expect([output!.rc, after!.rc]).to.deep.equal([1, 0])
      expect(output!.stderr.toString()).to.equal('the content that arrived is not the one that was sent')
    })

    it('stream: one that is not asked for is not sent', async () => {
      const outputs = await run(
        { script: sh`if false; then ${streamed(noise)}; fi; emit no` },
        { script: sh`emit after` },
      )
      expect(outputs.map(({ stdout }) => stdout.toString())).to.deep.equal(['no', 'after'])
    })
  })
}

/** What was asked before may have read the file. */
function withoutAccess(answer: string): string {
  return answer.replace(/ \d+( \d+ \d+\|)[^|]+\|/, '$1')
}

function streamed(bytes: Buffer): Blob {
  const sha1 = createHash('sha1').update(bytes).digest('hex')
  return new Blob({ size: bytes.length, sha1, stream: () => pieces(bytes), read: () => bytes })
}

async function* pieces(bytes: Buffer): AsyncIterable<Buffer> {
  for (let start = 0; start < bytes.length; start += 100_000) yield bytes.subarray(start, start + 100_000)
}

async function* broken(): AsyncIterable<Buffer> {
  yield Buffer.alloc(300_000, '12')
  throw new Error('the disk is gone')
}
