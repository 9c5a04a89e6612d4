import { expect } from 'chai'
import { Problem } from '../../../src/kernel/problem.ts'
import { type Dict, Float, Template, type Value, VaultText } from '../../../src/kernel/value.ts'
import { loadYaml, Positions } from '../../../src/kernel/yaml.ts'

/** Values as JSON can show them, with the types JSON lacks spelt out. */
function show(value: Value): unknown {
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, item]) => [String(key), show(item)]))
  if (value instanceof Set) return { set: [...value].map((item) => show(item as Value)) }
  if (Array.isArray(value)) return value.map((item) => show(item as Value))
  if (value instanceof Float) return { float: Object.is(value.value, -0) ? '-0' : String(value.value) }
  if (value instanceof Template) return { template: value.source }
  if (value instanceof VaultText) return { vault: value.ciphertext }
  if (typeof value === 'bigint') return { bigint: value.toString() }
  return value
}

describe('loadYaml: plain scalars, as PyYAML 6 reads them', () => {
  const rows: [string, unknown][] = [
    ['yes', true],
    ['On', true],
    ['FALSE', false],
    ['off', false],
    ['y', 'y'],
    ['n', 'n'],
    ['yEs', 'yEs'],
    ['~', null],
    ['Null', null],
    ['', null],
    ['0', 0],
    ['-0', 0],
    ['+1', 1],
    ['0644', 420],
    ['0o644', '0o644'],
    ['08', '08'],
    ['09', '09'],
    ['0_7', 7],
    ['1_000', 1000],
    ['1_', 1],
    ['_1', '_1'],
    ['0x1F', 31],
    ['-0x1f', -31],
    ['0x', '0x'],
    ['0b11', 3],
    ['1:30', 90],
    ['-1:30', -90],
    ['190:20:30.15', 685230.15],
    ['12:99', '12:99'],
    ['9007199254740993', { bigint: '9007199254740993' }],
    ['1.0', { float: '1' }],
    ['1.', { float: '1' }],
    ['.5', 0.5],
    ['+12.5', 12.5],
    ['1.5_0', 1.5],
    ['-0.0', { float: '-0' }],
    ['1e3', '1e3'],
    ['1.5e3', '1.5e3'],
    ['1.0e+3', { float: '1000' }],
    ['1.0e+400', { float: 'Infinity' }],
    ['-.inf', { float: '-Infinity' }],
    ['.nan', { float: 'NaN' }],
    ['1,000', '1,000'],
    ['10.0.0.1', '10.0.0.1'],
    ['2001-01-01', '2001-01-01'],
    ['2001-12-14 21:59:43', '2001-12-14 21:59:43'],
    ['2001-12-14t21:59:43.10-05:00', '2001-12-14 21:59:43.100000-05:00'],
    ['2001-12-15T02:59:43Z', '2001-12-15 02:59:43+00:00'],
    ['"yes"', 'yes'],
    ["'0644'", '0644'],
    ['!!str 0644', '0644'],
    ['!!int "12"', 12],
    ['!!float 3', { float: '3' }],
    ['!!binary aGk=', 'hi'],
    ['"{{ a }}"', { template: '{{ a }}' }],
    ["'{% if a %}x{% endif %}'", { template: '{% if a %}x{% endif %}' }],
    ["'{x}'", '{x}'],
    ["!unsafe '{{ a }}'", '{{ a }}'],
    ['"a\\/b\\u00e9\\x41"', 'a/béA'],
  ]
  for (const [text, want] of rows) {
    it(text === '' ? '(nothing)' : text, () => expect(show(loadYaml(text, 'f'))).to.deep.equal(want))
  }
})

describe('loadYaml: structure', () => {
  const rows: [string, string, unknown][] = [
    ['an empty file', '# only a comment\n', null],
    ['a document start and end', '---\na: 1\n...\n', { a: 1 }],
    ['a dict keeps its order', 'b: 1\na: 2\n', { b: 1, a: 2 }],
    ['a block scalar', 'a: |\n  x\n   y\nb: >-\n  p\n  q\n', { a: 'x\n y\n', b: 'p q' }],
    ['keys are never templates', '"{{ a }}": 1\n', { '{{ a }}': 1 }],
    ['alias', 'a: &x [1]\nb: *x\n', { a: [1], b: [1] }],
    ['merge key', 'a: &x {p: 1, q: 2}\nb:\n  q: 3\n  <<: *x\n', { a: { p: 1, q: 2 }, b: { q: 3, p: 1 } }],
    ['merge list: the first wins', 'a:\n  <<: [{p: 1}, {p: 2, q: 2}]\n', { a: { p: 1, q: 2 } }],
    ['nested unsafe', "a: !unsafe\n  - '{{ x }}'\n  - b: '{% y %}'\n", { a: ['{{ x }}', { b: '{% y %}' }] }],
    [
      'vault',
      'a: !vault |\n  $ANSIBLE_VAULT;1.1;AES256\n  3161\n',
      { a: { vault: '$ANSIBLE_VAULT;1.1;AES256\n3161\n' } },
    ],
    ['set', 'a: !!set {x, y}\n', { a: { set: ['x', 'y'] } }],
    ['JSON with tabs', '{\n\t"a": [1, 2.0, null]\n}\n', { a: [1, { float: '2' }, null] }],
    ['no space needed in flow JSON', '{"a":1,"b":"x"}', { a: 1, b: 'x' }],
    ['CRLF', 'a: 1\r\nb: x\r\n', { a: 1, b: 'x' }],
    ['byte order mark', '\uFEFFa: 1\n', { a: 1 }],
  ]
  for (const [name, text, want] of rows) it(name, () => expect(show(loadYaml(text, 'f'))).to.deep.equal(want))

  it('ints and text are different keys', () => {
    expect([...(loadYaml('1: a\n"1": b\n', 'f') as Dict).keys()]).to.deep.equal([1, '1'])
  })

  it('tells of a key given twice, and the last value counts', () => {
    const warnings: string[] = []
    const value = loadYaml('a: 1\nb: 2\na: 3\n', 'f', {
      repeated: (text, at) => warnings.push(`${at.line}:${at.column} ${text}`),
    })
    expect(show(value)).to.deep.equal({ a: 3, b: 2 })
    expect(warnings).to.deep.equal(['3:1 found a duplicate dict key (a)'])
  })

  it('makes no templates when told so', () => {
    expect(loadYaml('"{{ a }}"', 'f', { templates: false })).to.equal('{{ a }}')
  })
})

describe('loadYaml: positions', () => {
  const text = 'a:\n  - x\n  - b: "{{ y }}"\n    c: |\n\n      {{ z }}\n'
  const positions = new Positions()
  const root = loadYaml(text, 'f.yml', { positions }) as Dict
  const list = root.get('a') as readonly Value[]
  const inner = list[1] as Dict
  const rows: [string, unknown, [number, number]][] = [
    ['the dict', positions.of(root), [1, 1]],
    ['a key', positions.key(root, 'a'), [1, 1]],
    ['a list', positions.item(root, 'a'), [2, 3]],
    ['an item', positions.item(list, 1), [3, 5]],
    ['a value', positions.item(inner, 'b'), [3, 8]],
    ['a template', (inner.get('b') as Template).at, [3, 9]],
    ['a template in a block scalar', (inner.get('c') as Template).at, [6, 7]],
  ]
  for (const [name, at, [line, column]] of rows) {
    it(name, () => expect(at).to.deep.equal({ file: 'f.yml', line, column }))
  }
  it('nothing for what is not there', () => expect(positions.key(root, 'nope')).to.equal(null))
})

describe('loadYaml: problems', () => {
  const rows: [string, string, string, string, RegExp | null][] = [
    ['unquoted template', 'a: {{ b }}\n', 'yaml.syntax', '1:4', /must be quoted/],
    ['unquoted template with a tail', 'x: 1\na: {{ b }}/x\n', 'yaml.syntax', '2:11', /must be quoted/],
    ['tab', 'a:\n\t- b\n', 'yaml.syntax', '2:1', /spaces/],
    ['no space after the colon', 'a:b\nc: d\n', 'yaml.syntax', '1:1', /space after the colon/],
    ['colon in a value', 'a: b: c\n', 'yaml.syntax', '1:4', /quote the value/],
    ['text after a quote', 'a: "x" y\n', 'yaml.syntax', '1:8', /closing quote/],
    ['quote never closed', "a: 'x\nb: 2\n", 'yaml.syntax', '3:1', /opened in line 1/],
    ['bad indentation', 'a: 1\n  b: 2\n', 'yaml.syntax', '1:4', /indented/],
    ['reserved start', 'a: @x\n', 'yaml.syntax', '1:4', /quote a value/],
    ['bad escape', 'a: "\\q"\n', 'yaml.syntax', '1:5', /backslash/],
    ['list among keys', 'a: 1\n- b\n', 'yaml.syntax', '2:1', /indentation/],
    ['two documents', 'a: 1\n---\nb: 2\n', 'yaml.documents', '2:1', /file of its own/],
    ['unknown tag', 'a: !foo bar\n', 'yaml.tag', '1:9', /quote/],
    ['wrong value of a tag', 'a: !!int x\n', 'yaml.tag', '1:10', null],
    ['unknown alias', 'a: *x\n', 'yaml.alias', '1:4', null],
    ['alias in itself', 'a: &x [*x]\n', 'yaml.alias', '1:8', null],
    ['merge of text', 'a:\n  <<: x\n', 'yaml.merge', '2:7', null],
  ]
  for (const [name, text, code, at, hint] of rows) {
    it(name, () => {
      const problem = caught(() => loadYaml(text, 'f.yml'))
      expect([problem.code, `${problem.at?.line}:${problem.at?.column}`]).to.deep.equal([code, at])
      if (hint !== null) expect(problem.hint).to.match(hint)
    })
  }

  it('stops a file whose aliases multiply', () => {
    const levels = Array.from({ length: 12 }, (_, i) => `l${i + 1}: &l${i + 1} [${Array(9).fill(`*l${i}`).join(', ')}]`)
    expect(caught(() => loadYaml(`l0: &l0 x\n${levels.join('\n')}\n`, 'f')).code).to.equal('yaml.alias')
  })
})

function caught(action: () => unknown): Problem {
  try {
    action()
  } catch (error) {
    if (error instanceof Problem) return error
    throw error
  }
  throw new Error('nothing was thrown')
}
