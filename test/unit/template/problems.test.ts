import { expect } from 'chai'
import { Problem } from '../../../src/kernel/problem.ts'
import type { Value } from '../../../src/kernel/value.ts'
import { Environment, type Scope } from '../../../src/template/index.ts'

const at = { file: 'site.yml', line: 10, column: 5 }
const variables = new Map<string, Value>([
  ['server', new Map<Value, Value>([['address', '10.0.0.1']])],
  ['servers', ['a']],
  ['port', 80],
])
const scope: Scope = { lookup: (name) => variables.get(name), names: () => variables.keys() }
const environment = new Environment()

type Row = readonly [source: string, code: string, detail: string, place: string, hint?: string]

const rows: readonly Row[] = [
  ['{{ sever }}', 'template.undefined', "'sever' is undefined", '10:8', 'did you mean "server"?'],
  [
    '{{ server.adress }}',
    'template.undefined',
    "'dict object' has no attribute 'adress'",
    '10:8',
    'did you mean "address"?',
  ],
  ['{{ servers[3] }}', 'template.undefined', 'list object has no element 3', '10:8'],
  ['a\n  {{ missing }}', 'template.undefined', "'missing' is undefined", '11:10'],
  ['{{ port | uper }}', 'template.syntax', "No filter named 'uper'.", '10:15', 'did you mean "upper"?'],
  ['{{ port is nmber }}', 'template.syntax', "No test named 'nmber'.", '10:16', 'did you mean "number"?'],
  [
    "{{ 'a' + port }}",
    'template.type',
    'can only concatenate str (not "int") to str',
    '10:12',
    'use ~ to join text, or |int to add numbers',
  ],
  ['{{ port / 0 }}', 'template.zero-division', 'division by zero', '10:13'],
  ['{% if port %}', 'template.syntax', "Unexpected end of template. 'endif' is missing", '10:18'],
  ['{{ port', 'template.syntax', 'unexpected end of template: the tag is not closed', '10:5'],
]

describe('template problems', () => {
  for (const [source, code, detail, place, hint] of rows) {
    it(`${JSON.stringify(source)}: ${detail}`, () => {
      const problem = caught(() => environment.compile(source, at).value(scope))
      expect({
        code: problem.code,
        detail: problem.detail,
        place: `${problem.at?.line}:${problem.at?.column}`,
        hint: problem.hint,
      }).to.deep.equal({
        code,
        detail,
        place,
        hint,
      })
    })
  }

  it('what the scope throws passes through untouched, also through default and is defined', () => {
    const signal = new Error('not yet')
    const throwing: Scope = {
      lookup: () => {
        throw signal
      },
    }
    for (const source of ['{{ x }}', "{{ x | default('a') }}", '{{ x is defined }}', '{% for i in x %}{% endfor %}']) {
      expect(() => environment.compile(source).value(throwing)).to.throw(signal)
    }
  })
})

function caught(act: () => unknown): Problem {
  try {
    act()
  } catch (error) {
    if (error instanceof Problem) return error
    throw error
  }
  throw new Error('nothing was thrown')
}
