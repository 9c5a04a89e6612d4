import { expect } from 'chai'
import fc from 'fast-check'
import { Problem } from '../../../src/kernel/problem.ts'
import type { Value } from '../../../src/kernel/value.ts'
import { Environment, type Scope } from '../../../src/template/index.ts'

const environment = new Environment()
const scope: Scope = {
  lookup: (name) =>
    new Map<string, Value>([
      ['a', 'text'],
      ['b', [1, 'x', null]],
      ['c', new Map<Value, Value>([['k', 1]])],
      ['n', 5],
    ]).get(name),
}

const pieces = [
  ...'{{ }} {% %} {# #} {%- -%} a b c n k . , | ( ) [ ] { } : = == + - * / // % ** ~ < > in is not and or if else elif endif'.split(
    ' ',
  ),
  ...'for endfor set endset macro endmacro call endcall block endblock filter endfilter with endwith raw endraw do loop'.split(
    ' ',
  ),
  ...'default upper join map select list length sort dictsort to_json to_yaml regex_replace combine int float first'.split(
    ' ',
  ),
  ...'defined none string mapping constructor __proto__ prototype __class__ toString hasOwnProperty'.split(' '),
  ...['1', '2.5', "'s'", '"q"', '"\\x"', ' ', '\n', "'%d'", "'{0}'", 'format', 'true', 'none'],
]

const texts = fc.oneof(
  fc.array(fc.constantFrom(...pieces), { maxLength: 25 }).map((parts) => parts.join(' ')),
  fc.array(fc.constantFrom(...pieces), { maxLength: 12 }).map((parts) => `{{ ${parts.join(' ')} }}`),
  fc.string({ maxLength: 60 }).map((text) => `{{ ${text} }}`),
  fc.string({ maxLength: 60 }),
)

describe('template safety', () => {
  it('no text makes the engine throw anything but a Problem', () => {
    fc.assert(
      fc.property(texts, (text) => {
        try {
          environment.compile(text).render(scope)
          environment.compile(text).value(scope)
        } catch (error) {
          expect(error).to.be.instanceOf(Problem)
        }
      }),
      { numRuns: 3000 },
    )
  })

  it('every problem of a template has a place', () => {
    fc.assert(
      fc.property(texts, (text) => {
        try {
          environment.compile(text, { file: 'x.yml', line: 3, column: 7 }).render(scope)
        } catch (error) {
          const at = (error as Problem).at
          expect(at?.file).to.equal('x.yml')
          expect(at?.line).to.be.at.least(3)
        }
      }),
      { numRuns: 1000 },
    )
  })

  const owners = [
    "'s'",
    '5',
    '1.5',
    '[]',
    '{}',
    '()',
    'none',
    'true',
    'range(3)',
    'dict',
    'a.upper',
    'c.items()',
    'namespace()',
    'cycler(1)',
  ]
  const names = [
    'constructor',
    '__proto__',
    'prototype',
    '__class__',
    '__mro__',
    '__subclasses__',
    '__globals__',
    '__init__',
    'call',
    'apply',
    'bind',
    'length',
    'toString',
    'valueOf',
    'map',
    'then',
  ]
  for (const owner of owners) {
    it(`no attribute of ${owner} is JavaScript's or Python's own`, () => {
      for (const name of names) {
        expect(environment.compile(`{{ (${owner}).${name} is defined }}`).value(scope), name).to.equal(false)
        expect(environment.compile(`{{ (${owner})['${name}'] is defined }}`).value(scope), name).to.equal(false)
        expect(environment.compile(`{{ (${owner}) | attr('${name}') is defined }}`).value(scope), name).to.equal(false)
        expect(
          environment.compile(`{{ [${owner}] | map(attribute='${name}', default='-') | first }}`).value(scope),
          name,
        ).to.equal('-')
      }
    })
  }

  const endless: readonly (readonly [string, string])[] = [
    ['a macro that calls itself', '{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}'],
    ['deep brackets', `{{ ${'['.repeat(5000)}${']'.repeat(5000)} }}`],
    ['a huge text', "{{ 'x' * 10 ** 12 }}"],
    ['a huge number', '{{ 10 ** (10 ** 10) }}'],
    ['a huge list', '{{ [0] * 10 ** 12 }}'],
    ['a huge width', "{{ '%999999999999d' % 1 }}"],
  ]
  for (const [name, source] of endless) {
    it(`${name} is a problem, not a crash`, () => {
      expect(() => environment.compile(source).render(scope)).to.throw(Problem)
    })
  }
})
