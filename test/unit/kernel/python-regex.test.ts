import { expect } from 'chai'
import { pythonRegex, substitute } from '../../../src/kernel/python-regex.ts'

type Row = readonly [pattern: string, text: string, groups: readonly (string | null)[] | null, flags?: string]

/** Answers of Python's `re.search`, as `[whole match, groups…]`. */
const SEARCHES: readonly Row[] = [
  ['^#?\\s*Port\\s+(\\d+)', '# Port 22\n', ['# Port 22', '22']],
  ['(?P<k>\\w+)=(?P=k)', 'a=b c=c', ['c=c', 'c']],
  ['\\Aa\\Z', 'a\n', null],
  ['a$', 'a\n', ['a']],
  ['a$', 'a\nb', null],
  ['a$', 'a\nb', ['a'], 'm'],
  ['^b', 'a\nb', ['b'], 'm'],
  ['^b', 'a\nb', null],
  ['a.b', 'a\nb', null],
  ['(?s)a.b', 'a\nb', ['a\nb']],
  ['(?i)PORT', 'port', ['port']],
  ['(?x) a b # comment\n c', 'abc', ['abc']],
  ['(?s:a.)b.', 'a\nbc', ['a\nbc']],
  ['[]a]+', 'x]a]', [']a]']],
  ['[^]a]+', ']xa', ['x']],
  ['[[a]+', '[a[', ['[a[']],
  ['[\\w.-]+', 'a-b.c d', ['a-b.c']],
  ['[a\\]-]+', 'a]-', ['a]-']],
  ['[+--]+', '+,-.', ['+,-']],
  ['a{,2}', 'aaa', ['aa']],
  ['a{b', 'a{b', ['a{b']],
  ['{{ x }}', '{{ x }}', ['{{ x }}']],
  ['\\bé\\b', 'à é', ['é']],
  ['\\w+', 'naïve', ['naïve']],
  ['\\-\\/\\"\\%\\@', '-/"%@', ['-/"%@']],
  ['(a)|(b)', 'b', ['b', null, 'b']],
  ['(?<!x)y', 'xy y', ['y']],
  ['a(?#comment)b', 'ab', ['ab']],
  ['\\x41\\t\\101', 'A\tA', ['A\tA']],
  ['', 'abc', ['']],
  ['(?i:ab)c', 'ABC ABc', ['ABc']],
  ['(?i:[a-c]+)d', 'ABCD abCd', ['abCd']],
  ['(?i)a(?-i:b)c', 'ABC AbC', ['AbC']],
  ['(?i:é)x', 'Éx', ['Éx']],
  ['(?i:[^a])b', 'Abxb', ['xb']],
  ['(?>a+)b', 'aab', ['aab']],
  ['(?>a|ab)c', 'abc', null],
  ['(x)(?>(a+))(b)\\3', 'xaabb', ['xaabb', 'x', 'aa', 'b']],
  ['a++b', 'aaab', ['aaab']],
  ['a++ab', 'aaab', null],
  ['(a)*+(b)', 'aab', ['aab', 'a', 'b']],
  ['a{1,2}+a', 'aa', null],
  ['a?+a', 'a', null],
  ['a{2,3}?', 'aaa', ['aa']],
  ['(?=a)*b', 'b', ['b']],
  ['[\\W]+', 'a -é_', [' -']],
  ['[^\\W\\d]+', '1ab2', ['ab']],
  ['[\\S]+', ' \x1cab\xa0', ['ab']],
  ['(?x: a b )c', 'abc', ['abc']],
  ['(?P<é>a)(?P=é)', 'aa', ['aa', 'a']],
  ['(?i)(?m)^B', 'a\nb', ['b']],
  ['^(\\()?\\d+(?(1)\\))$', '(12)', ['(12)', '(']],
  ['^(\\()?\\d+(?(1)\\))$', '(12', null],
  ['^(\\()?\\d+(?(1)\\)|;)$', '12;', ['12;', null]],
  ['(?P<q>["\'])?\\w+(?(q)(?P=q))', '"a"', ['"a"', '"']],
  ['(a|b)(?(1)c|d)', 'bd bc', ['bc', 'b']],
  ['(?:(a)|b)\\1', 'b aa', ['aa', 'a']],
  ['(?!(a))\\1', 'b', null],
  ['(?a)\\w+', 'é a', ['a']],
  ['(?<=a){2}b', 'ab', ['b']],
  ['\\B', '', null],
]

describe('regular expressions of Python', () => {
  for (const [pattern, text, groups, flags] of SEARCHES) {
    it(`finds ${JSON.stringify(pattern)} in ${JSON.stringify(text)}`, () => {
      const match = pythonRegex(pattern, { flags: flags ?? '' }).exec(text)
      expect(match === null ? null : [...match].map((group) => group ?? null)).to.deep.equal(groups)
    })
  }

  const substitutions: readonly [string, string, string, string, number][] = [
    ['(a)(b)?', '[\\1\\2]', 'ab a', '[ab] [a]', 2],
    ['(?P<n>\\d+)', '<\\g<n>>\\g<0>\\g<1>0', 'x7', 'x<7>770', 1],
    ['x*', '-', 'abxd', '-a-b--d-', 5],
    ['^', '# ', 'a\nb\n', '# a\n# b\n# ', 3],
    ['a', '\\n\\\\\\.', 'a', '\n\\\\.', 1],
    ['a', '$&$1', 'a', '$&$1', 1],
  ]
  for (const [pattern, template, text, result, count] of substitutions) {
    it(`replaces ${JSON.stringify(pattern)} by ${JSON.stringify(template)}`, () => {
      expect(substitute(pythonRegex(pattern, { flags: 'm' }), template, text)).to.deep.equal({ text: result, count })
    })
  }

  for (const pattern of [
    '(',
    'a)',
    '[a',
    '\\q',
    '*a',
    '(?P<1a>x)',
    'a**',
    '^*',
    'a(?i)b',
    '(?P=x)',
    '\\1',
    '[z-a]',
    '(?(1)a|b)',
    'a\\',
  ])
    it(`refuses ${pattern}`, () => {
      expect(() => pythonRegex(pattern)).to.throw(/Wrong regular expression/)
    })

  it('works on bytes with ASCII classes', () => {
    const bytes = Buffer.from('é\xa0x').toString('latin1')
    expect(pythonRegex('\\w+', { bytes: true }).exec(bytes)![0]).to.equal('x')
    expect(pythonRegex('é', { bytes: true }).exec(bytes)![0]).to.equal(Buffer.from('é').toString('latin1'))
  })
})
