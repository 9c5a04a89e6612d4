import { createWriteStream } from 'node:fs'
import { PassThrough } from 'node:stream'
import { expect } from 'chai'
import type { Change } from '../../../src/kernel/change.ts'
import type { Event } from '../../../src/kernel/event.ts'
import type { Json } from '../../../src/kernel/json.ts'
import { changeLine, changesText, unifiedDiff } from '../../../src/reporters/change-text.ts'
import { painter, wantsColour } from '../../../src/reporters/colour.ts'
import { createReporters, guarded } from '../../../src/reporters/create.ts'
import { banner, displayWidth, dumps, printable, pythonText, widthOf, wrapWords } from '../../../src/reporters/text.ts'
import { play, task } from './events.ts'

describe('colour', () => {
  const rows: readonly (readonly [string, { readonly [name: string]: string }, boolean, boolean])[] = [
    ['a terminal', {}, true, true],
    ['no terminal', {}, false, false],
    ['NO_COLOR', { NO_COLOR: '1' }, true, false],
    ['NO_COLOR empty counts as not set', { NO_COLOR: '' }, true, true],
    ['ANSIBLE_NOCOLOR', { ANSIBLE_NOCOLOR: 'True' }, true, false],
    ['ANSIBLE_NOCOLOR=0', { ANSIBLE_NOCOLOR: '0' }, true, true],
    ['ANSIBLE_FORCE_COLOR without a terminal', { ANSIBLE_FORCE_COLOR: 'yes' }, false, true],
    ['ANSIBLE_FORCE_COLOR over NO_COLOR', { ANSIBLE_FORCE_COLOR: '1', NO_COLOR: '1' }, false, true],
    ['a dumb terminal', { TERM: 'dumb' }, true, false],
  ]
  for (const [name, env, terminal, want] of rows) {
    it(name, () => {
      expect(wantsColour(env, terminal)).to.equal(want)
    })
  }

  it('paints each line on its own and leaves empty ones alone', () => {
    expect(painter(true)('failed', 'a\n\nb')).to.equal('\x1b[0;31ma\x1b[0m\n\n\x1b[0;31mb\x1b[0m')
  })
})

describe('text', () => {
  const rows: readonly (readonly [string, unknown, unknown])[] = [
    ['width without a terminal', widthOf(null), 79],
    ['width of a narrow terminal', widthOf(40), 79],
    ['width of a wide terminal', widthOf(120), 119],
    ['banner longer than the width', banner('x'.repeat(90), 79), `\n${'x'.repeat(90)} ***\n`],
    ['wide characters take two columns', displayWidth('日本é'), 5],
    ['combining marks take none', displayWidth('e\u0301'), 1],
    ['words are wrapped, long ones stand alone', wrapWords('aa bb cccccccc d', 5), 'aa bb\ncccccccc\nd'],
    ['control characters are spelt out', printable('a\x1b[2J\x07\tb\r\nc\rd\x9b'), 'a\\x1b[2J\\x07\tb\nc\\x0dd\\x9b'],
  ]
  for (const [name, got, want] of rows) {
    it(name, () => {
      expect(got).to.equal(want)
    })
  }

  const labels: readonly (readonly [Json, string])[] = [
    ["it's", "it's"],
    ['é', 'é'],
    [null, 'None'],
    [true, 'True'],
    [1.5, '1.5'],
    [[1, 'a', null], "[1, 'a', None]"],
    [{ a: "it's", b: `'"` }, `{'a': "it's", 'b': '\\'"'}`],
    [['a\nb\\'], "['a\\nb\\\\']"],
    [[], '[]'],
    [{}, '{}'],
  ]
  for (const [value, want] of labels) {
    it(`Python's str of ${JSON.stringify(value)}`, () => {
      expect(pythonText(value)).to.equal(want)
    })
  }

  const documents: readonly (readonly [Json, boolean, string])[] = [
    [{ b: [1, 2], a: { é: 'x' } }, false, '{"a": {"é": "x"}, "b": [1, 2]}'],
    [{ b: [1], a: {}, c: [] }, true, '{\n    "a": {},\n    "b": [\n        1\n    ],\n    "c": []\n}'],
  ]
  for (const [value, indent, want] of documents) {
    it(`json.dumps of ${JSON.stringify(value)}`, () => {
      expect(dumps(value, indent)).to.equal(want)
    })
  }
})

describe('changes', () => {
  const lines: readonly (readonly [Change, string])[] = [
    [{ what: 'mode', before: '0644', after: '0600' }, 'mode: 0644 → 0600'],
    [{ what: 'comment', before: '', after: 'x' }, 'comment: (empty) → x'],
    [{ what: 'reload', before: null, after: null }, 'reload'],
    [{ what: 'command', before: null, after: 'echo a', action: true }, 'command: echo a'],
    [{ what: 'content', before: 'a\nb\nc\n', after: 'one\n' }, 'content: 3 lines → one'],
    [{ what: 'line', before: null, after: 'y'.repeat(170) }, `line: (none) → ${'y'.repeat(160)}…`],
    [{ what: 'title', before: null, after: '\x1b]0;x\x07' }, 'title: (none) → \\x1b]0;x\\x07'],
  ]
  for (const [change, want] of lines) {
    it(want.slice(0, 40), () => {
      expect(changeLine(change)).to.equal(want)
    })
  }

  const diffs: readonly (readonly [string, string | null, string | null, string])[] = [
    ['a file that goes', 'a\nb\n', null, '--- before: f\n+++ after\n@@ -1,2 +0,0 @@\n-a\n-b\n\n'],
    ['one line of one', 'a\n', 'b\n', '--- before: f\n+++ after: f\n@@ -1 +1 @@\n-a\n+b\n\n'],
    [
      'hunks with three lines of context',
      '1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n',
      'x\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\ny\n',
      '--- before: f\n+++ after: f\n@@ -1,4 +1,4 @@\n-1\n+x\n 2\n 3\n 4\n@@ -9,4 +9,4 @@\n 9\n 10\n 11\n-12\n+y\n\n',
    ],
  ]
  for (const [name, before, after, want] of diffs) {
    it(name, () => {
      expect(unifiedDiff({ what: 'content', before, after }, 'f', { paint: painter(false), diffContext: 3 })).to.equal(
        want,
      )
    })
  }

  it('leaves out what is larger than the settings want', () => {
    const options = { diff: true, diffContext: 3, paint: painter(false), indent: '' }
    const changes = [{ what: 'content', before: 'a\nb\n', after: 'ä\nb\n' }]
    expect(changesText(changes, {}, { ...options, largestDiff: 5 })).to.include('@@')
    expect(changesText(changes, {}, { ...options, largestDiff: 4 })).to.equal(
      'content: 2 lines → 2 lines (diff skipped: larger than 4 bytes)\n',
    )
  })

  it('gives up on texts that are too different, in time', () => {
    const text = (word: string) => Array.from({ length: 20_000 }, (_, index) => `${word}${index}\n`).join('')
    expect(
      unifiedDiff({ what: 'content', before: text('a'), after: text('b') }, 'f', {
        paint: painter(false),
        diffContext: 3,
      }),
    ).to.equal(null)
  }).timeout(10_000)
})

describe('reporters together', () => {
  const options = { colour: false, verbosity: 0, columns: null, check: false, diff: false, diffContext: 3, hidden: [] }
  const event: Event = { type: 'task-start', task: task('a'), hosts: [] }

  it('one that breaks is told of once, is silent from then on, and stops neither the run nor the others', async () => {
    const err = new PassThrough()
    let calls = 0
    const broken = guarded(
      'odd',
      {
        emit: () => {
          calls += 1
          throw new Error('broken')
        },
        suspend: () => undefined,
        end: async () => {
          calls += 1
        },
      },
      err,
    )
    broken.emit(event)
    broken.emit(event)
    broken.suspend()
    await broken.end()
    expect(calls).to.equal(1)
    expect(String(err.read())).to.match(/^\[WARNING\]: the odd reporter failed and is silent from here on; .*broken/)
  })

  it('each prints to its own stream, and a closed pipe is no error', async () => {
    const [terminal, file, err] = [new PassThrough(), new PassThrough(), new PassThrough()]
    const reporter = await createReporters([
      { kind: 'plain', options: { ...options, out: terminal, err } },
      { kind: 'jsonl', options: { ...options, out: file, err } },
    ])
    reporter.emit(play('Web', 'h1'))
    terminal.destroy(Object.assign(new Error('closed'), { code: 'EPIPE' }))
    reporter.emit(event)
    await reporter.end()
    expect(String(file.read()).trimEnd().split('\n')).to.have.lengthOf(2)
    expect(err.read()).to.equal(null)
  })

  it('a file that cannot be written is told', async () => {
    const [file, err] = [createWriteStream('/nonexistent/report.xml'), new PassThrough()]
    const closed = new Promise<void>((resolve) => file.once('close', () => resolve()))
    const reporter = await createReporters([{ kind: 'junit', options: { ...options, out: file, err } }])
    await closed
    await reporter.end()
    expect(String(err.read())).to.match(/^\[WARNING\]: the report could not be written: ENOENT/)
  })
})
