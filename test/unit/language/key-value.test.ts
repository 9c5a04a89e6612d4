import { expect } from 'chai'
import { Problem } from '../../../src/kernel/problem.ts'
import { parseKeyValues } from '../../../src/language/key-value.ts'

/** Text, whether the module's text is a command, and what Ansible's own parse_kv makes of it (null: it refuses). */
type Row = [string, boolean, { [name: string]: string } | null, string]

const ROWS: Row[] = [
  ['src=a dest="b c" mode=0644', false, { src: 'a', dest: 'b c', mode: '0644' }, ''],
  ['src=a dest="b c" mode=0644', true, {}, 'src=a dest="b c" mode=0644'],
  ["a={{ x | default('q w') }} b=1", false, { a: "{{ x | default('q w') }}", b: '1' }, ''],
  ["a={{ x | default('q w') }} b=1", true, {}, "a={{ x | default('q w') }} b=1"],
  ['echo hi  there', false, {}, 'echo hi  there'],
  ['echo hi  there', true, {}, 'echo hi  there'],
  ["ls -l chdir=/tmp creates='/a b'", false, { chdir: '/tmp', creates: '/a b' }, 'ls -l'],
  ["ls -l chdir=/tmp creates='/a b'", true, { chdir: '/tmp', creates: '/a b' }, 'ls -l'],
  ['echo a=b', false, { a: 'b' }, 'echo'],
  ['echo a=b', true, {}, 'echo a=b'],
  ['a=b=c', false, { a: 'b=c' }, ''],
  ['a=b=c', true, {}, 'a=b=c'],
  ["msg='it\\'s'", false, { msg: "it's" }, ''],
  ["msg='it\\'s'", true, {}, "msg='it\\'s'"],
  ['x="a\\nb"', false, { x: 'a\nb' }, ''],
  ['x="a\\nb"', true, {}, 'x="a\\nb"'],
  ['a\\=b', false, {}, 'a=b'],
  ['a\\=b', true, {}, 'a=b'],
  ['name={{ a }}-{{ b }} state=present', false, { name: '{{ a }}-{{ b }}', state: 'present' }, ''],
  ['name={{ a }}-{{ b }} state=present', true, {}, 'name={{ a }}-{{ b }} state=present'],
  ['echo "a  b"\necho c', false, {}, 'echo "a  b"\necho c'],
  ['echo "a  b"\necho c', true, {}, 'echo "a  b"\necho c'],
  ['a=1 \\\nb=2', false, { a: '1', b: '2' }, ''],
  ['a=1 \\\nb=2', true, {}, 'a=1 b=2'],
  ['{% if x == 1 %}a=b{% endif %} c=d', false, { '{% if x': '= 1 %}a=b{% endif %}', c: 'd' }, ''],
  ['{% if x == 1 %}a=b{% endif %} c=d', true, {}, '{% if x == 1 %}a=b{% endif %} c=d'],
  ['k = v', false, {}, 'k = v'],
  ['k = v', true, {}, 'k = v'],
  ['k=', false, { k: '' }, ''],
  ['k=', true, {}, 'k='],
  ['=v', false, {}, '=v'],
  ['=v', true, {}, '=v'],
  ['a="x=y" b=\'p q r\'', false, { a: 'x=y', b: 'p q r' }, ''],
  ['a="x=y" b=\'p q r\'', true, {}, 'a="x=y" b=\'p q r\''],
  ["echo '{{ x }}' > /tmp/a", false, {}, "echo '{{ x }}' > /tmp/a"],
  ["echo '{{ x }}' > /tmp/a", true, {}, "echo '{{ x }}' > /tmp/a"],
  ['echo {{ a\n}} b', false, {}, 'echo {{ a\n}} b'],
  ['echo {{ a\n}} b', true, {}, 'echo {{ a\n}} b'],
  ['echo a \\\n  b c', false, {}, 'echo a  b c'],
  ['echo a \\\n  b c', true, {}, 'echo a  b c'],
  ['path=/a\\ b', false, { path: '/a\\' }, 'b'],
  ['path=/a\\ b', true, {}, 'path=/a\\ b'],
  ['line=\'a "b" c\'', false, { line: 'a "b" c' }, ''],
  ['line=\'a "b" c\'', true, {}, 'line=\'a "b" c\''],
  ['cat <<EOF\nx=1\nEOF\n', false, { x: '1' }, 'cat <<EOF\nEOF\n'],
  ['cat <<EOF\nx=1\nEOF\n', true, {}, 'cat <<EOF\nx=1\nEOF\n'],
  ["a='b' c", false, { a: 'b' }, 'c'],
  ["a='b' c", true, {}, "a='b' c"],
  ['msg={{ \'a\' ~ "b c" }} z=1', false, { msg: '{{ \'a\' ~ "b c" }}', z: '1' }, ''],
  ['msg={{ \'a\' ~ "b c" }} z=1', true, {}, 'msg={{ \'a\' ~ "b c" }} z=1'],
  ['tags=a,b x={{y}}{{z}}', false, { tags: 'a,b', x: '{{y}}{{z}}' }, ''],
  ['tags=a,b x={{y}}{{z}}', true, {}, 'tags=a,b x={{y}}{{z}}'],
]

describe('parseKeyValues', () => {
  for (const [text, command, args, rest] of ROWS) {
    it(`${JSON.stringify(text)}${command ? ' for a command' : ''}`, () => {
      if (args === null) expect(() => parseKeyValues(text, command, null)).to.throw(Problem)
      else {
        const got = parseKeyValues(text, command, null)
        expect([Object.fromEntries(got.args), got.rest]).to.deep.equal([args, rest])
      }
    })
  }
})
