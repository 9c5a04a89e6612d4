import { expect } from 'chai'
import type { Event } from '../../../src/kernel/event.ts'
import type { RunDocument } from '../../../src/reporters/json.ts'
import { item, play, printed, recap, result, runEnd, start, task } from './events.ts'

const copy = task('web : Copy', { action: 'copy', at: { file: 'site.yml', line: 5, column: 7 } })
const loop = task('Loop & <more>')

const events: readonly Event[] = [
  { type: 'run-start', check: true, diff: false },
  { type: 'warning', text: 'odd', at: null },
  play('Web "one"', 'h1', 'h2'),
  start(copy, 'h1', 'h2'),
  { type: 'retry', task: copy, host: 'h1', left: 1, result: {} },
  result(copy, 'h1', 'changed', { changes: [{ what: 'mode', before: '0644', after: '0600' }] }),
  result(copy, 'h2', 'unreachable', { delegate: 'h3', result: { msg: 'refused' } }),
  start(loop, 'h1'),
  item(loop, 'h1', 'failed', { item: { a: 1 }, result: { failed: true, msg: 'no' } }),
  result(loop, 'h1', 'failed', { result: { failed: true, msg: 'One or more items failed', stderr: 'a\n\x1b[1m<b>' } }),
  play('nobody'),
  { type: 'no-hosts', pattern: 'nobody' },
  { type: 'message', text: 'included: a.yml for h1' },
  { type: 'handlers-lost', host: 'h1', handlers: ['Reload'] },
  runEnd({ h1: { ok: 1, changed: 1, failed: 1 }, h2: { unreachable: 1 } }, 4),
]

describe('the json reporter', () => {
  it('prints one document with everything the run said', async () => {
    const { out } = await printed('json', events, { check: true })
    const run = JSON.parse(out) as RunDocument
    const wire = {
      messages: 3,
      probes: 60,
      applies: 1,
      processes: 99,
      bytesSent: 52_340,
      bytesReceived: 912,
      waitMs: 41.6,
    }
    const base = { ignored: false, ms: 12, delegate: null, items: [], retries: 0, changes: [] }
    const want: RunDocument = {
      version: 1,
      check: true,
      diff: false,
      plays: [
        {
          name: 'Web "one"',
          hosts: ['h1', 'h2'],
          tasks: [
            {
              ...copy,
              hosts: {
                h1: {
                  ...base,
                  status: 'changed',
                  changes: [{ what: 'mode', before: '0644', after: '0600' }],
                  result: { changed: true, failed: false },
                  retries: 1,
                },
                h2: { ...base, status: 'unreachable', delegate: 'h3', result: { msg: 'refused' } },
              },
            },
            {
              ...loop,
              hosts: {
                h1: {
                  ...base,
                  status: 'failed',
                  result: { failed: true, msg: 'One or more items failed', stderr: 'a\n\x1b[1m<b>' },
                  items: [
                    {
                      item: { a: 1 },
                      status: 'failed',
                      ignored: false,
                      changes: [],
                      result: { failed: true, msg: 'no' },
                      ms: 12,
                    },
                  ],
                },
              },
            },
          ],
        },
        { name: 'nobody', hosts: [], tasks: [] },
      ],
      messages: ['included: a.yml for h1'],
      warnings: [{ text: 'odd', at: null }],
      handlersLost: { h1: ['Reload'] },
      noHosts: ['nobody'],
      recap: { h1: recap({ ok: 1, changed: 1, failed: 1 }), h2: recap({ unreachable: 1 }) },
      wire: { h1: wire, h2: wire },
      customStats: null,
      exitCode: 4,
    }
    expect(run).to.deep.equal(want)
  })

  it('prints a document for a run that broke off, without an exit code', async () => {
    const run = JSON.parse((await printed('json', events.slice(0, 5))).out) as RunDocument
    expect(run.exitCode).to.equal(null)
    expect(run.plays[0]!.tasks.map((entry) => entry.name)).to.deep.equal(['web : Copy'])
  })
})

describe('the jsonl reporter', () => {
  it('prints every event as a line', async () => {
    const { out } = await printed('jsonl', events)
    const lines = out.trimEnd().split('\n')
    expect(lines.map((line) => JSON.parse(line))).to.deep.equal(events)
  })
})

describe('the junit reporter', () => {
  it('prints a suite a play and a case a task and host, with text that XML can carry', async () => {
    const { out } = await printed('junit', events)
    expect(out.split('\n')).to.deep.equal([
      '<?xml version="1.0" encoding="UTF-8"?>',
      '<testsuites name="provision" tests="3" failures="1" errors="1" skipped="0" time="0.036">',
      '  <testsuite name="Web &quot;one&quot;" tests="3" failures="1" errors="1" skipped="0" time="0.036">',
      '    <testcase classname="Web &quot;one&quot;" name="[h1] web : Copy" file="site.yml" line="5" time="0.012"><system-out>mode: 0644 → 0600&#10;</system-out></testcase>',
      '    <testcase classname="Web &quot;one&quot;" name="[h2] web : Copy" file="site.yml" line="5" time="0.012"><error message="refused" type="unreachable">{&quot;msg&quot;: &quot;refused&quot;}&#10;</error></testcase>',
      '    <testcase classname="Web &quot;one&quot;" name="[h1] Loop &amp; &lt;more&gt;" time="0.012"><failure message="One or more items failed" type="failed">{&quot;msg&quot;: &quot;One or more items failed&quot;}&#10;    stderr:&#10;        a&#10;        \\x1b[1m&lt;b&gt;&#10;</failure></testcase>',
      '  </testsuite>',
      '  <testsuite name="nobody" tests="0" failures="0" errors="0" skipped="0" time="0.000">',
      '  </testsuite>',
      '</testsuites>',
      '',
    ])
  })

  const outcomes: readonly (readonly [string, Event, string])[] = [
    ['ok passes', result(loop, 'h', 'ok'), ''],
    ['an ignored failure passes', result(loop, 'h', 'failed', { ignored: true }), ''],
    [
      'skipped says why',
      result(loop, 'h', 'skipped', { result: { skip_reason: 'Conditional result was False' } }),
      '<skipped message="Conditional result was False"/>',
    ],
    ['unknown is skipped', result(loop, 'h', 'unknown', { result: {} }), '<skipped message="unknown"/>'],
    [
      'a problem is the message',
      result(loop, 'h', 'failed', { result: { problem: 'Error: Bad\n  at a.yml:1:1', msg: 'Bad' } }),
      '<failure message="Error: Bad" type="failed">{&quot;msg&quot;: &quot;Bad&quot;}&#10;Error: Bad&#10;  at a.yml:1:1&#10;</failure>',
    ],
  ]
  for (const [name, event, want] of outcomes) {
    it(name, async () => {
      const { out } = await printed('junit', [event])
      expect(/<testcase[^>]*>(.*)<\/testcase>/.exec(out)?.[1]).to.equal(want)
    })
  }
})
