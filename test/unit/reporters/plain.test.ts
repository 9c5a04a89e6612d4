import { expect } from 'chai'
import type { Event } from '../../../src/kernel/event.ts'
import type { ReporterOptions } from '../../../src/reporters/reporter.ts'
import { item, play, printed, result, runEnd, start, task } from './events.ts'

const copy = task('web : Write a file', { action: 'copy', at: { file: '/p/site.yml', line: 5, column: 7 } })
const command = task('command')
const debug = task('debug', { action: 'ansible.builtin.debug' })

type Row = {
  readonly name: string
  readonly events: readonly Event[]
  readonly options?: Partial<Omit<ReporterOptions, 'out' | 'err'>>
  readonly out: readonly string[]
  readonly err?: readonly string[]
}

const failing = { changed: true, failed: true, cmd: ['sh'], msg: 'non-zero return code', rc: 3 }

/** The layouts are what ansible-playbook 2.14 prints for the same results, apart from the blocks below a failure. */
const rows: readonly Row[] = [
  {
    name: 'a play, a task and its hosts',
    events: [
      play('First play', 'h1', 'h2', 'h3'),
      start(copy, 'h1', 'h2', 'h3'),
      result(copy, 'h1', 'changed', { changes: [{ what: 'mode', before: '0644', after: '0600' }] }),
      result(copy, 'h2', 'ok'),
      result(copy, 'h3', 'skipped'),
    ],
    out: [
      '',
      'PLAY [First play] **************************************************************',
      '',
      'TASK [web : Write a file] ******************************************************',
      'changed: [h1]',
      'ok: [h2]',
      'skipping: [h3]',
    ],
  },
  {
    name: 'a play without a name, a terminal of 100 columns',
    events: [play('')],
    options: { columns: 100 },
    out: ['', `PLAY ${'*'.repeat(95)}`],
  },
  {
    name: 'a loop: a line an item, none for the sum unless all were skipped',
    events: [
      start(command, 'h1', 'h2'),
      item(command, 'h1', 'changed', { item: 'a' }),
      item(command, 'h1', 'skipped', { item: { a: 1, b: [true, null, "it's"] } }),
      result(command, 'h1', 'changed', { result: { changed: true, results: [] } }),
      item(command, 'h2', 'skipped', { item: 1 }),
      result(command, 'h2', 'skipped', { result: { changed: false, results: [] } }),
    ],
    out: [
      '',
      'TASK [command] *****************************************************************',
      'changed: [h1] => (item=a)',
      "skipping: [h1] => (item={'a': 1, 'b': [True, None, \"it's\"]}) ",
      'skipping: [h2] => (item=1) ',
      'skipping: [h2]',
    ],
  },
  {
    name: 'a failed item, and a loop whose failure is ignored',
    events: [
      start(command, 'h1'),
      item(command, 'h1', 'failed', { item: 'b', result: { ...failing, item: 'b' } }),
      result(command, 'h1', 'failed', { ignored: true, result: { failed: true, results: [] } }),
    ],
    out: [
      '',
      'TASK [command] *****************************************************************',
      'failed: [h1] (item=b) => {"changed": true, "cmd": ["sh"], "item": "b", "msg": "non-zero return code", "rc": 3}',
      '...ignoring',
    ],
  },
  {
    name: 'a short failure is one line; output stands below it, control characters spelt out',
    events: [
      start(command, 'h1', 'h2', 'h3'),
      result(command, 'h1', 'failed', { result: { changed: false, failed: true, msg: 'x' } }),
      result(command, 'h2', 'failed', {
        ignored: true,
        result: {
          ...failing,
          stdout: 'out\ntwo\n',
          stdout_lines: ['out', 'two'],
          stderr: '\x1b[2Jerr',
          stderr_lines: ['\x1b[2Jerr'],
        },
      }),
      result(command, 'h3', 'unreachable', { result: { changed: false, msg: 'refused', unreachable: true } }),
    ],
    out: [
      '',
      'TASK [command] *****************************************************************',
      'fatal: [h1]: FAILED! => {"changed": false, "msg": "x"}',
      'fatal: [h2]: FAILED! => {"changed": true, "cmd": ["sh"], "msg": "non-zero return code", "rc": 3}',
      '    stdout:',
      '        out',
      '        two',
      '    stderr: \\x1b[2Jerr',
      '...ignoring',
      'fatal: [h3]: UNREACHABLE! => {"changed": false, "msg": "refused", "unreachable": true}',
    ],
  },
  {
    name: 'a problem is printed as it was rendered, unless it is the message once more',
    events: [
      start(copy, 'h1', 'h2'),
      result(copy, 'h1', 'failed', {
        result: {
          changed: false,
          failed: true,
          code: 'template.undefined',
          msg: 'Undefined variable: "port"',
          problem: 'Error: Undefined variable: "port"\n  at site.yml:9:11\n  9 | {{ port }}\n    |    ^\n',
        },
      }),
      result(copy, 'h2', 'unreachable', {
        result: { msg: 'Host unreachable: h2', problem: 'Error: Host unreachable: h2' },
      }),
    ],
    out: [
      '',
      'TASK [web : Write a file] ******************************************************',
      'fatal: [h1]: FAILED! => {"changed": false, "code": "template.undefined", "msg": "Undefined variable: \\"port\\""}',
      'Error: Undefined variable: "port"',
      '  at site.yml:9:11',
      '  9 | {{ port }}',
      '    |    ^',
      'fatal: [h2]: UNREACHABLE! => {"msg": "Host unreachable: h2"}',
    ],
  },
  {
    name: 'debug prints its message or its variable only, over several lines',
    events: [
      start(debug, 'h1', 'h2', 'h3'),
      result(debug, 'h1', 'ok', { result: { changed: false, failed: false, msg: 'hello\nworld' } }),
      result(debug, 'h2', 'ok', { result: { changed: false, failed: false, x: [1, { a: 'b' }], y: [] } }),
      result(debug, 'h3', 'skipped', { result: { skipped_reason: 'Verbosity threshold not met.', skipped: true } }),
    ],
    out: [
      '',
      'TASK [debug] *******************************************************************',
      'ok: [h1] => {',
      '    "msg": "hello\\nworld"',
      '}',
      'ok: [h2] => {',
      '    "x": [',
      '        1,',
      '        {',
      '            "a": "b"',
      '        }',
      '    ],',
      '    "y": []',
      '}',
      'skipping: [h3]',
    ],
  },
  {
    name: 'retries, a delegated task, a handler, an include',
    events: [
      start(command, 'h1'),
      { type: 'retry', task: command, host: 'h1', left: 2, result: { rc: 1 } },
      result(command, 'h1', 'changed', { delegate: 'h2' }),
      result(command, 'h3', 'skipped', { delegate: 'h2' }),
      start(task('Tell', { kind: 'handler' }), 'h1'),
      result(task('Tell', { kind: 'handler' }), 'h1', 'changed', { delegate: 'h1' }),
      start(task('include_tasks', { action: 'include_tasks', kind: 'control' }), 'h1'),
      { type: 'message', text: 'included: /p/inc.yml for h1' },
      result(task('include_tasks', { action: 'include_tasks', kind: 'control' }), 'h1', 'ok'),
    ],
    out: [
      '',
      'TASK [command] *****************************************************************',
      'FAILED - RETRYING: [h1]: command (2 retries left).',
      'changed: [h1 -> h2]',
      'skipping: [h3]',
      '',
      'RUNNING HANDLER [Tell] *********************************************************',
      'changed: [h1]',
      '',
      'TASK [include_tasks] ***********************************************************',
      'included: /p/inc.yml for h1',
    ],
  },
  {
    name: 'results of tasks in turn bring the banner back (strategy free)',
    events: [start(command, 'h1', 'h2'), start(copy, 'h1'), result(command, 'h2', 'ok'), result(copy, 'h1', 'ok')],
    out: [
      '',
      'TASK [command] *****************************************************************',
      '',
      'TASK [web : Write a file] ******************************************************',
      '',
      'TASK [command] *****************************************************************',
      'ok: [h2]',
      '',
      'TASK [web : Write a file] ******************************************************',
      'ok: [h1]',
    ],
  },
  {
    name: '-v shows results on one line and changes below',
    events: [
      start(copy, 'h1', 'h2'),
      result(copy, 'h1', 'changed', {
        result: { changed: true, failed: false, dest: '/t/x', diff: [], invocation: {}, _ansible_no_log: false },
        changes: [
          { what: 'mode', before: '0644', after: '0600' },
          { what: 'content', before: 'a\nb\n', after: 'a\nc\n' },
          { what: 'owner', before: null, after: 'www' },
          { what: 'file /t/y', before: 'file', after: null },
          { what: 'reload', before: null, after: null },
        ],
      }),
      result(copy, 'h2', 'skipped', {
        result: { changed: false, skipped: true, skip_reason: 'Conditional result was False', results: [] },
      }),
    ],
    options: { verbosity: 1 },
    out: [
      '',
      'TASK [web : Write a file] ******************************************************',
      'changed: [h1] => {"changed": true, "dest": "/t/x"}',
      '    mode: 0644 → 0600',
      '    content: 2 lines → 2 lines',
      '    owner: (none) → www',
      '    file /t/y: file → (none)',
      '    reload',
      'skipping: [h2] => {"changed": false, "skip_reason": "Conditional result was False"}',
    ],
  },
  {
    name: '-vvv shows results over several lines, and where the task stands',
    events: [start(copy, 'h1'), result(copy, 'h1', 'ok', { result: { changed: false, é: 1.5 } })],
    options: { verbosity: 3 },
    out: [
      '',
      'TASK [web : Write a file] ******************************************************',
      'task path: /p/site.yml:5',
      'ok: [h1] => {',
      '    "changed": false,',
      '    "é": 1.5',
      '}',
    ],
  },
  {
    name: '--check shows changes, and unknowns with their reason',
    events: [
      start(command, 'h1', 'h2'),
      result(command, 'h1', 'unknown', {
        result: { changed: true, failed: false, msg: 'unknown until "x" is applied' },
      }),
      result(command, 'h2', 'changed', { changes: [{ what: 'package nginx', before: null, after: '1.26' }] }),
    ],
    options: { check: true },
    out: [
      '',
      'TASK [command] *****************************************************************',
      'unknown: [h1]',
      '    unknown until "x" is applied',
      'changed: [h2]',
      '    package nginx: (none) → 1.26',
    ],
  },
  {
    name: '--diff shows texts of several lines as unified diffs',
    events: [
      start(copy, 'h1', 'h2'),
      result(copy, 'h1', 'changed', {
        result: { changed: true, path: '/etc/x' },
        changes: [{ what: 'content', before: '1\n2\n3\n4\n5\n', after: '1\n2\n3\n4\nfive' }],
      }),
      result(copy, 'h2', 'changed', {
        result: { changed: true, dest: '/etc/x' },
        changes: [
          { what: 'content', before: null, after: 'one\ntwo\n' },
          { what: 'mode', before: null, after: '0600' },
        ],
      }),
    ],
    options: { diff: true },
    out: [
      '',
      'TASK [web : Write a file] ******************************************************',
      'changed: [h1]',
      '--- before: /etc/x',
      '+++ after: /etc/x',
      '@@ -2,4 +2,4 @@',
      ' 2',
      ' 3',
      ' 4',
      '-5',
      '+five',
      '\\ No newline at end of file',
      '',
      'changed: [h2]',
      '--- before',
      '+++ after: /etc/x',
      '@@ -0,0 +1,2 @@',
      '+one',
      '+two',
      '',
      '    mode: (none) → 0600',
    ],
  },
  {
    name: 'no hosts, warnings once and on the other stream, lost handlers, the recap',
    events: [
      play('nobody'),
      { type: 'no-hosts', pattern: 'nobody' },
      { type: 'warning', text: 'odd', at: { file: 'a.yml', line: 2, column: 3 } },
      { type: 'warning', text: 'odd', at: { file: 'a.yml', line: 2, column: 3 } },
      { type: 'handlers-lost', host: 'h1', handlers: ['Reload nginx'] },
      runEnd({
        'longhostname-that-is-longer-than-26-characters': { ok: 11, changed: 4, skipped: 6, ignored: 2 },
        h1: { ok: 14, changed: 6, failed: 1, rescued: 1 },
      }),
    ],
    out: [
      '',
      'PLAY [nobody] ******************************************************************',
      'skipping: no hosts matched',
      '',
      'PLAY RECAP *********************************************************************',
      'h1                         : ok=14   changed=6    unreachable=0    failed=1    skipped=0    rescued=1    ignored=0   ',
      'longhostname-that-is-longer-than-26-characters : ok=11   changed=4    unreachable=0    failed=0    skipped=6    rescued=0    ignored=2   ',
      '',
    ],
    err: [
      '[WARNING]: odd (a.yml:2:3)',
      '',
      '[WARNING]: h1: a notified handler did not run because the host failed before:',
      '"Reload nginx". The next run will not notify it again, since the changes are',
      'made: repair what failed, then run it by hand, or start with --force-handlers',
      'next time.',
      '',
    ],
  },
  {
    name: 'the recap with unknowns and, with -vv, what went over the wire',
    events: [runEnd({ h1: { ok: 1, unknown: 2 }, h2: { ok: 3 } })],
    options: { verbosity: 2 },
    out: [
      '',
      'PLAY RECAP *********************************************************************',
      'h1                         : ok=1    changed=0    unreachable=0    failed=0    skipped=0    rescued=0    ignored=0    unknown=2   ',
      'h2                         : ok=3    changed=0    unreachable=0    failed=0    skipped=0    rescued=0    ignored=0    unknown=0   ',
      '',
      'WIRE ***************************************************************************',
      'h1                         : messages=3    probes=60   applies=1    processes=99    sent=52.3kB   received=912B     wait=42ms',
      'h2                         : messages=3    probes=60   applies=1    processes=99    sent=52.3kB   received=912B     wait=42ms',
      '',
    ],
  },
  {
    name: 'colours, as Ansible has them',
    events: [
      start(command, 'h1', 'h2'),
      result(command, 'h1', 'unreachable', { ignored: true, result: { msg: 'refused' } }),
      result(debug, 'h2', 'ok', { result: { msg: 'm' } }),
      runEnd({ h1: { unreachable: 1, ignored: 1 }, h2: { ok: 1 } }),
    ],
    options: { colour: true },
    out: [
      '',
      'TASK [command] *****************************************************************',
      '\x1b[1;31mfatal: [h1]: UNREACHABLE! => {"msg": "refused"}\x1b[0m',
      '\x1b[0;36m...ignoring\x1b[0m',
      '',
      'TASK [debug] *******************************************************************',
      '\x1b[0;32mok: [h2] => {\x1b[0m',
      '\x1b[0;32m    "msg": "m"\x1b[0m',
      '\x1b[0;32m}\x1b[0m',
      '',
      'PLAY RECAP *********************************************************************',
      '\x1b[0;31mh1\x1b[0m                         : ok=0    changed=0    \x1b[1;31munreachable=1   \x1b[0m failed=0    skipped=0    rescued=0    \x1b[1;35mignored=1   \x1b[0m',
      '\x1b[0;32mh2\x1b[0m                         : \x1b[0;32mok=1   \x1b[0m changed=0    unreachable=0    failed=0    skipped=0    rescued=0    ignored=0   ',
      '',
    ],
  },
]

describe('the plain reporter', () => {
  for (const { name, events, options, out, err } of rows) {
    it(name, async () => {
      const text = await printed('plain', events, options)
      expect(text.out).to.equal(`${out.join('\n')}\n`)
      expect(text.err).to.equal(err === undefined ? '' : `${err.join('\n')}\n`)
    })
  }
})
