import { expect } from 'chai'
import { Problem } from '../../../src/kernel/problem.ts'
import { type Dict, Template, templated, type Value } from '../../../src/kernel/value.ts'
import { Foresight } from '../../../src/variables/foresight.ts'
import { LiveDict } from '../../../src/variables/live-dict.ts'
import { Memo } from '../../../src/variables/memo.ts'
import { Reads } from '../../../src/variables/reads.ts'
import { type Layer, Scope } from '../../../src/variables/scope.ts'
import { NotYet, PendingValue, Unknown, UnknownValue } from '../../../src/variables/signals.ts'
import { TemplateRunner } from '../../../src/variables/templates.ts'

const runner = new TemplateRunner(
  {
    kind: () => null,
    list: () => [],
    readText: () => null,
    hosts: () => [],
    decrypt: () => 'plain',
    warn: () => {},
    environment: () => undefined,
    run: () => 'ran',
    start: () => ({ code: 0, out: '', err: '' }),
    secret: () => {},
    write: () => {},
    fetch: () => ({ error: 'no network' }),
    setting: () => undefined,
    collections: [],
  },
  { filters: new Map(), tests: new Map(), lookups: new Map(), builtin: new Map(), explain: () => null },
  { native: false, mergeDicts: false, managed: 'Ansible managed', undefinedFails: true },
)

function layer(vars: { [name: string]: unknown }): Layer {
  return new Map(
    Object.entries(vars).map(([name, value]) => [
      name,
      typeof value === 'string' ? templated(value, null) : (value as Value),
    ]),
  ) as Dict
}

describe('scope', () => {
  const rows: { name: string; given: { [name: string]: unknown }[]; read: string; want: unknown }[] = [
    { name: 'the highest layer wins', given: [{ a: 1 }, { a: 2 }], read: 'a', want: 1 },
    { name: 'lower layers show through', given: [{ a: 1 }, { b: 2 }], read: 'b', want: 2 },
    { name: 'no layer has it', given: [{ a: 1 }], read: 'c', want: undefined },
    { name: 'null counts as a value', given: [{ a: null }, { a: 2 }], read: 'a', want: null },
    { name: 'templates are rendered when read', given: [{ a: '{{ b }}!', b: 'x' }], read: 'a', want: 'x!' },
    {
      name: 'templates see the highest layer',
      given: [{ b: 'high' }, { a: '{{ b }}', b: 'low' }],
      read: 'a',
      want: 'high',
    },
    { name: 'templates of templates', given: [{ a: '{{ b }}', b: '{{ c }}', c: '3' }], read: 'a', want: '3' },
    { name: 'inside lists', given: [{ a: [new Template('{{ b }}', null), 2], b: 'x' }], read: 'a', want: ['x', 2] },
  ]
  for (const { name, given, read, want } of rows) {
    it(name, () => expect(new Scope(given.map(layer), runner).lookup(read)).to.deep.equal(want))
  }

  const raises: {
    name: string
    given: { [name: string]: unknown }
    read: string
    want: new (...args: never[]) => Error
  }[] = [
    { name: 'a variable that needs itself', given: { a: '{{ b }}', b: '{{ a }}' }, read: 'a', want: Problem },
    { name: 'an unknown value', given: { a: '{{ b }}', b: new UnknownValue('b') }, read: 'a', want: Unknown },
    { name: 'a pending value', given: { a: '{{ b }}', b: new PendingValue('b') }, read: 'a', want: NotYet },
  ]
  for (const { name, given, read, want } of raises) {
    it(name, () => expect(() => new Scope([layer(given)], runner).lookup(read)).to.throw(want))
  }

  it('what builds on something undefined fails only where it is used', () => {
    const scope = new Scope([layer({ a: '{{ missing }}' })], runner)
    expect(runner.condition('a is defined', null, scope)).to.equal(false)
    expect(runner.evaluate("a | default('x')", null, scope)).to.equal('x')
  })

  it('a guess runs no lookup with effects', () => {
    const guess = new Scope([layer({ a: "{{ lookup('pipe', 'date') }}" })], runner, new Foresight())
    expect(() => guess.lookup('a')).to.throw(NotYet)
    expect(new Scope([layer({ a: "{{ lookup('pipe', 'date') }}" })], runner).lookup('a')).to.equal('ran')
  })

  const uses: { template: string; varies: boolean }[] = [
    { template: '{{ b }}', varies: false },
    { template: '{{ b | upper }}', varies: false },
    { template: '{{ [1, 2] | random }}', varies: true },
    { template: '{{ [1, 2] | ansible.builtin.shuffle }}', varies: true },
    { template: "{{ 'x' | password_hash('md5') }}", varies: true },
    { template: "{{ '%H' | strftime }}", varies: true },
    { template: "{{ '52:54:00' | community.general.random_mac }}", varies: true },
    { template: "{{ [[1]] | map('random') | list }}", varies: true },
    { template: '{{ now() }}', varies: true },
    { template: '{{ lipsum() }}', varies: true },
    { template: "{{ lookup('env', 'HOME') }}", varies: true },
    { template: "{{ '/etc' is directory }}", varies: true },
    { template: "{{ '~' | expanduser }}", varies: true },
    { template: '{% for x in [1] %}{{ now() }}{% endfor %}', varies: true },
  ]
  for (const { template, varies } of uses) {
    it(`${template} ${varies ? 'varies' : 'is the same for the same variables'}`, () => {
      const reads = new Reads()
      new Scope([layer({ a: template, b: 'x' })], runner).recorded(reads).lookup('a')
      expect(reads.varies).to.equal(varies)
    })
  }

  it('what is read is noted down as it is written, without what was laid on meanwhile', () => {
    const reads = new Reads()
    const scope = new Scope([layer({ a: '{{ b }}{{ own }}', b: 'x' })], runner).recorded(reads)
    expect(scope.with(layer({ own: 1 })).lookup('a')).to.equal('x1')
    expect([...reads.values]).to.deep.equal([
      ['a', templated('{{ b }}{{ own }}', null)],
      ['b', 'x'],
    ])
  })

  it('a memo finds what was read alike, and nothing else', () => {
    const memo = new Memo<string>()
    const rows: { given: { [name: string]: unknown }; want: string | null; keep?: string }[] = [
      { given: { a: 1 }, want: null, keep: 'one' },
      { given: { a: 1, b: 2 }, want: 'one' },
      { given: { a: '1' }, want: null, keep: 'text' },
      { given: { a: '1' }, want: 'text' },
      { given: { a: 1, c: 1 }, want: 'one' },
      { given: {}, want: null, keep: 'none' },
      { given: { b: 2 }, want: 'none' },
    ]
    for (const { given, want, keep } of rows) {
      const scope = new Scope([layer(given)], runner)
      expect(memo.find(scope)).to.equal(want)
      if (keep !== undefined) memo.keep(new Map([['a', scope.raw('a')]]), keep)
    }
  })

  it('variables that are set tell whether one of some names was', () => {
    const dict = new LiveDict()
    const names = new Set(['a'])
    dict.set('b', 1)
    expect(dict.mayHaveSet(names, 0)).to.equal(false)
    dict.set('a', 1)
    expect(dict.mayHaveSet(names, 0)).to.equal(true)
    expect(dict.mayHaveSet(names, dict.version)).to.equal(false)
    const before = dict.version
    for (let count = 0; count < 100; count++) dict.set(`c${count}`, count)
    expect(dict.mayHaveSet(names, before)).to.equal(true)
    const { version } = dict
    dict.clear()
    expect(dict.mayHaveSet(names, version)).to.equal(true)
  })
})
