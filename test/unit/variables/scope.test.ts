import { expect } from 'chai'
import { Problem } from '../../../src/kernel/problem.ts'
import { type Dict, Template, templated, type Value } from '../../../src/kernel/value.ts'
import { Foresight } from '../../../src/variables/foresight.ts'
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
})
