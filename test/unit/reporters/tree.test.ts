import { PassThrough } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'chai'
import type { Event } from '../../../src/kernel/event.ts'
import { createReporter } from '../../../src/reporters/create.ts'
import type { ReporterOptions } from '../../../src/reporters/reporter.ts'
import { item, play, printed, result, runEnd, start, task } from './events.ts'

const config = task('nginx : Write config', { action: 'template', at: { file: 'main.yml', line: 3, column: 3 } })
const command = task('Run it')
const debug = task('Tell', { action: 'debug' })
const many = Array.from({ length: 300 }, (_, index) => `web${index + 1}`)

type Row = {
  readonly name: string
  readonly events: readonly Event[]
  readonly options?: Partial<Omit<ReporterOptions, 'out' | 'err'>>
  readonly out: readonly string[]
}

const mode = [{ what: 'mode', before: '0644', after: '0600' }]

const rows: readonly Row[] = [
  {
    name: 'counts what converged and was skipped, keeps what changed',
    events: [
      play('Web', 'h1', 'h2'),
      start(command, 'h1', 'h2'),
      result(command, 'h1', 'ok'),
      result(command, 'h2', 'skipped'),
      start(task('never'), 'h1'),
      result(task('never'), 'h1', 'skipped'),
      start(config, 'h1', 'h2'),
      result(config, 'h1', 'changed', { changes: mode }),
      result(config, 'h2', 'changed', { changes: mode }),
      runEnd({ h1: { ok: 2, changed: 1 } }),
    ],
    out: [
      '',
      'PLAY Web (2 hosts)',
      '  ● nginx : Write config',
      '      changed: [h1, h2]',
      '          mode: 0644 → 0600',
      '  ✔ 1 task converged, ○ 1 skipped',
      '',
      'PLAY RECAP *********************************************************************',
      'h1                         : ok=2    changed=1    unreachable=0    failed=0    skipped=0    rescued=0    ignored=0   ',
      '',
    ],
  },
  {
    name: 'keeps hosts with different outcomes apart, and names only a few of many',
    events: [
      play('Web', ...many),
      start(config, ...many),
      ...many.map((host, index) =>
        index === 7
          ? result(config, host, 'failed', { result: { failed: true, msg: 'disk full', stderr: 'a\nb' } })
          : result(config, host, 'changed', { changes: mode }),
      ),
    ],
    out: [
      '',
      'PLAY Web (300 hosts)',
      '  ✖ nginx : Write config',
      '      changed: [web1, web2, web3, web4, web5, web6 and 293 more]',
      '          mode: 0644 → 0600',
      '      failed: [web8] => disk full',
      '          stderr:',
      '              a',
      '              b',
    ],
  },
  {
    name: 'loops, ignored failures, delegation, handlers, debug and unknowns',
    events: [
      play('Web', 'h1'),
      start(command, 'h1'),
      item(command, 'h1', 'ok', { item: 'a' }),
      item(command, 'h1', 'changed', { item: 'b', changes: mode }),
      result(command, 'h1', 'changed', { result: { changed: true, results: [] } }),
      start(config, 'h1'),
      result(config, 'h1', 'failed', { ignored: true, delegate: 'lb', result: { msg: 'no' } }),
      start(debug, 'h1'),
      result(debug, 'h1', 'ok', { result: { msg: 'hello' } }),
      start(task('later'), 'h1'),
      result(task('later'), 'h1', 'unknown', { result: { changed: true, msg: 'needs "x"' } }),
      start(task('Reload', { kind: 'handler' }), 'h1'),
      result(task('Reload', { kind: 'handler' }), 'h1', 'changed'),
    ],
    out: [
      '',
      'PLAY Web (1 host)',
      '  ● Run it',
      '      changed: [h1]',
      '          (item=b) changed',
      '              mode: 0644 → 0600',
      '          1 more converged or skipped',
      '  ✖ nginx : Write config',
      '      failed: [h1 -> lb] (ignored) => no',
      '  ✔ Tell',
      '      ok: [h1] => {',
      '          "msg": "hello"',
      '      }',
      '  ? later',
      '      unknown: [h1]',
      '          needs "x"',
      '  ● Reload (handler)',
      '      changed: [h1]',
    ],
  },
  {
    name: 'failures read as text, alike ones together, hosts in the order of the play',
    events: [
      play('Web', 'h1', 'h2', 'h3', 'h4'),
      start(command, 'h1', 'h2', 'h3', 'h4'),
      ...['h3', 'h1'].map((host) =>
        result(command, host, 'failed', {
          changes: mode,
          result: { msg: 'non-zero return code', rc: 3, cmd: ['sh', '-c'], start: host, stdout: '', stderr: 'a\nb\n' },
        }),
      ),
      result(command, 'h2', 'failed', {
        result: { msg: 'no port', problem: 'Error: no port\n  at a.yml:1:2\n  1 | x\n    |  ^' },
      }),
      result(command, 'h4', 'failed', { result: { rc: 1 } }),
    ],
    out: [
      '',
      'PLAY Web (4 hosts)',
      '  ✖ Run it',
      '      failed: [h1, h3] => non-zero return code (exit code 3)',
      '          cmd: sh -c',
      '          stderr:',
      '              a',
      '              b',
      '      failed: [h2] => no port',
      '            at a.yml:1:2',
      '            1 | x',
      '              |  ^',
      '      failed: [h4] => {"rc": 1}',
    ],
  },
  {
    name: 'tasks whose hosts never all reported are told at the end of their play',
    events: [
      play('One', 'h1', 'h2'),
      start(config, 'h1', 'h2'),
      result(config, 'h1', 'changed'),
      play('Two', 'h1'),
      { type: 'no-hosts', pattern: 'db' },
    ],
    out: [
      '',
      'PLAY One (2 hosts)',
      '  ● nginx : Write config',
      '      changed: [h1]',
      '',
      'PLAY Two (1 host)',
      '  ○ no hosts matched db',
    ],
  },
  {
    name: 'in check mode it says so, indents diffs, and sums up',
    events: [
      play('Web', 'h1'),
      start(config, 'h1'),
      result(config, 'h1', 'changed', {
        result: { dest: '/etc/x' },
        changes: [{ what: 'content', before: 'a\nb\n', after: 'a\nc\n' }],
      }),
      runEnd({}),
    ],
    options: { check: true, diff: true, diffContext: 3, hidden: [] },
    out: [
      '',
      'PLAY Web (1 host, check mode)',
      '  ● nginx : Write config',
      '      changed: [h1]',
      '          --- before: /etc/x',
      '          +++ after: /etc/x',
      '          @@ -1,2 +1,2 @@',
      '           a',
      '          -b',
      '          +c',
      '',
      '',
      'PLAY RECAP *********************************************************************',
      '',
      'Check mode: 1 change would be made; nothing was changed.',
    ],
  },
  {
    name: 'in check mode what is unknown is no change',
    events: [
      play('Web', 'h1'),
      start(command, 'h1'),
      result(command, 'h1', 'unknown', { changes: [{ what: 'request', before: null, after: 'GET /', action: true }] }),
      runEnd({}),
    ],
    options: { check: true, diff: false, diffContext: 3, hidden: [] },
    out: [
      '',
      'PLAY Web (1 host, check mode)',
      '  ? Run it',
      '      unknown: [h1]',
      '          request: GET /',
      '',
      'PLAY RECAP *********************************************************************',
      '',
      'Check mode: nothing would change, 1 result unknown; nothing was changed.',
    ],
  },
  {
    name: '-v keeps every task, with its result',
    events: [play('Web', 'h1'), start(command, 'h1'), result(command, 'h1', 'ok', { result: { rc: 0 } })],
    options: { verbosity: 1 },
    out: ['', 'PLAY Web (1 host)', '  ✔ Run it', '      ok: [h1] => {"rc": 0}'],
  },
]

describe('the tree reporter', () => {
  for (const { name, events, options, out } of rows) {
    it(name, async () => {
      expect((await printed('tree', events, options)).out).to.equal(`${out.join('\n')}\n`)
    })
  }

  it('draws what is at work, takes it off before it prints, and leaves the cursor and the stream as they were', async () => {
    const [out, err] = [new PassThrough(), new PassThrough()]
    const [write, listeners] = [out.write, process.listenerCount('SIGINT')]
    const options = {
      colour: false,
      verbosity: 0,
      columns: 80,
      check: false,
      diff: false,
      diffContext: 3,
      hidden: [],
      out,
      err,
    }
    const reporter = await createReporter('tree', options)
    for (const event of [play('Web', 'h1', 'h2'), start(config, 'h1', 'h2'), result(config, 'h1', 'changed')]) {
      reporter.emit(event)
    }
    let written = ''
    while (!written.includes('h2')) {
      await sleep(20)
      written += out.read() ?? ''
    }
    expect(process.listenerCount('SIGINT')).to.equal(listeners + 1)
    const drawn = screen(written)
    expect(drawn.slice(0, 2)).to.deep.equal(['', 'PLAY Web (2 hosts)'])
    expect(drawn[2]).to.match(/^\S PLAY Web$/)
    expect(drawn.slice(3)).to.deep.equal(['  › nginx : Write config  1/2 hosts', '      h2', ''])
    reporter.emit(result(config, 'h2', 'changed'))
    await reporter.end()
    const rest = String(out.read())
    expect(rest).to.match(/\x1b\[\?25h {2}● nginx : Write config\n {6}changed: \[h1, h2\]\n$/)
    expect(out.write).to.equal(write)
    expect(process.listenerCount('SIGINT')).to.equal(listeners)
  })
})

/** The lines a terminal would show, for the few sequences that the drawing uses. */
function screen(text: string): string[] {
  const lines = ['']
  let row = 0
  for (const [part, count, letter] of text.matchAll(/\x1b\[([0-9;?]*)([A-Za-z])|\n|[^\x1b\n]+/g)) {
    if (part === '\n') {
      row += 1
      if (row === lines.length) lines.push('')
    } else if (letter === 'A') row -= Number(count)
    else if (letter === 'K') lines[row] = ''
    else if (letter === undefined) lines[row] += part
  }
  return lines
}
