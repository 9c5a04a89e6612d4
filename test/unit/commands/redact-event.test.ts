import { expect } from 'chai'
import { redactEvent } from '../../../src/commands/redact-event.ts'
import type { Event } from '../../../src/kernel/event.ts'
import { Redactor } from '../../../src/kernel/secret.ts'

const event: Event = {
  type: 'host-result',
  task: { id: 1, name: 'Give hunter2', action: 'debug', kind: 'control', at: null },
  host: 'web01',
  delegate: null,
  item: 'hunter2',
  status: 'changed',
  ignored: false,
  changes: [{ what: 'content', before: null, after: 'x hunter2 y' }],
  result: { msg: ['hunter2'] },
  ms: 1,
}

const rows: readonly [secret: string, want: Partial<Event> | { [key: string]: unknown }][] = [
  [
    'hunter2',
    {
      type: 'host-result',
      task: { id: 1, name: 'Give ********', action: 'debug', kind: 'control', at: null },
      item: '********',
      changes: [{ what: 'content', before: null, after: 'x ******** y' }],
      result: { msg: ['********'] },
    },
  ],
  ['changed', { type: 'host-result', status: 'changed' }],
  ['host', { type: 'host-result', host: 'web01' }],
  ['control', { task: event.task }],
  ['after', { changes: event.changes }],
]

describe('an event of a run with the secret', () => {
  for (const [secret, want] of rows) {
    it(secret, () => {
      const redactor = new Redactor()
      redactor.add(secret)
      expect(redactEvent(event, redactor)).to.deep.include(want)
    })
  }

  it('keeps the recap, with the names of hosts masked', () => {
    const redactor = new Redactor()
    redactor.add('hunter2')
    const recap = {
      'hunter2.example': {
        ok: 1,
        changed: 0,
        unreachable: 0,
        failed: 0,
        skipped: 0,
        rescued: 0,
        ignored: 0,
        unknown: 0,
      },
    }
    const end: Event = { type: 'run-end', recap, wire: {}, exitCode: 0 }
    expect(redactEvent(end, redactor)).to.deep.equal({
      ...end,
      recap: { '********.example': recap['hunter2.example'] },
    })
  })
})
