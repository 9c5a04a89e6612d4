import { module } from '../../src/modules/assemble.ts'
import { testModule } from '../support/module.ts'

const PARTS = 'mkdir d; printf b >d/2; printf "a\\n" >d/1; printf c >d/.3; mkdir d/4'

export const tests = testModule(module, [
  {
    name: 'joins the fragments on the host',
    given: PARTS,
    args: { src: '/t/d', dest: '/t/f', delimiter: '--\\n', ignore_hidden: true, mode: '0600' },
    want: {
      changes: [
        { what: 'content', before: null, after: 'a\n--\nb' },
        { what: 'mode', before: null, after: '0600' },
      ],
      result: { changed: true, dest: '/t/f', src: '/t/d', size: 6, mode: '0600', checksum: /^[0-9a-f]{40}$/ },
    },
    strings: (text, word) => ({
      given: `mkdir /t/${word}; printf %s ${word} >/t/${word}/${word}`,
      args: { src: `/t/${text}`, dest: '/t/f' },
      want: { after: `[ "$(cat f; echo x)" = ${word}x ]` },
    }),
  },
  {
    name: 'takes names by a pattern',
    given: `${PARTS}; printf "ca\\nb" >f`,
    args: { src: '/t/d', dest: '/t/f', regexp: '^[^.]' },
    want: { changes: [{ what: 'content', before: 'ca\nb', after: 'a\nb' }] },
  },
  {
    name: 'has nothing to change',
    given: `${PARTS}; printf "c\\na\\nb" >f`,
    args: { src: '/t/d', dest: '/t/f' },
    want: { changes: 'none', result: { changed: false, checksum: /^[0-9a-f]{40}$/ } },
  },
  {
    name: 'keeps all bytes, whatever stands at the borders',
    given: `mkdir d; printf 'a\\000b\\377' >d/1; printf '\\000' >d/2; : >d/3; printf 'x\\n' >d/4; printf 'y\\n\\n' >d/5`,
    args: { src: '/t/d', dest: '/t/f', delimiter: `\\x00'\\\\n\\101\\d\\n` },
    want: {
      changes: [{ what: 'content', before: null, after: /^\(binary, 45 bytes, sha1 \w+\)$/ }],
      after: `
        between() { printf "\\000'\\\\\\\\nA\\\\\\\\d\\\\n"; }
        { printf 'a\\000b\\377\\n'; between; printf '\\000\\n'; between; echo; between; echo x; between; printf 'y\\n\\n'; } | cmp - f`,
    },
  },
  {
    name: 'takes names in the order of their bytes',
    given: `mkdir d; for name in ' ' + , - . .. 0 A é '~' .a -n; do [ -e "d/$name" ] || printf "%s\\n" "$name" >"d/$name"; done`,
    args: { src: '/t/d/', dest: '/t/f' },
    want: { after: `[ "$(cat f)" = "$(printf '%s\\n' ' ' + , - -n .a 0 A '~' é)" ]` },
  },
  {
    name: 'has no fragments',
    given: 'mkdir d; echo old >f',
    args: { src: '/t/d', dest: '/t/f' },
    want: { changes: [{ what: 'content', before: 'old\n', after: '' }], result: { size: 0 } },
  },
  {
    name: 'a pattern that takes none of the names',
    given: PARTS,
    args: { src: '/t/d', dest: '/t/f', regexp: 'x(?=y)' },
    want: { after: '[ -f f ]; [ ! -s f ]' },
  },
  {
    name: 'tells of large fragments by their sum',
    given: 'mkdir d; head -c 200000 /dev/zero >d/1; head -c 200000 /dev/zero >d/2; echo old >f',
    args: { src: '/t/d', dest: '/t/f', backup: true },
    want: {
      changes: [{ what: 'content', before: 'old\n', after: /^\(400001 bytes, sha1 [0-9a-f]{40}\)$/ }],
      result: { size: 400001, md5sum: /^[0-9a-f]{32}$/, backup_file: /^\/t\/f\./ },
    },
  },
  {
    name: 'does not take what is about to be put among them',
    given: 'mkdir d; echo a >d/1; echo b >d/2',
    args: { src: '/t/d', dest: '/t/d/3' },
    want: {
      changes: [{ what: 'content', before: null, after: 'a\nb\n' }],
      after: '[ "$(ls -A d)" = "$(printf "1\\n2\\n3")" ]',
    },
    always: true,
  },
  {
    name: 'puts the file where a link is',
    given: `${PARTS}; echo old >g; ln -s g f`,
    args: { src: '/t/d', dest: '/t/f' },
    want: {
      changes: [{ what: 'content', before: 'old\n', after: 'c\na\nb' }],
      after: '[ ! -L f ]; [ "$(cat g)" = old ]',
    },
  },
  {
    name: 'leaves what is there when the new file is refused',
    given: `${PARTS}; echo old >f`,
    args: { src: '/t/d', dest: '/t/f', validate: 'grep -q nothing %s' },
    want: { failure: /^failed to validate: rc:1/, after: '[ "$(cat f)" = old ]' },
  },
  {
    name: 'joins fragments from the controller',
    files: {
      'files/parts/10-a': 'one\n',
      'files/parts/20-b': 'two',
      'files/parts/.30': 'x',
      'files/parts/sub/40': 'no',
    },
    args: { src: 'parts', dest: '/t/f', remote_src: false, ignore_hidden: true, validate: 'grep -q two %s' },
    want: {
      changes: [{ what: 'content', before: null, after: 'one\ntwo' }],
      result: { src: 'parts', diff: { before: '', after: 'one\ntwo' } },
    },
  },
  {
    name: 'a delimiter between fragments of the controller has a newline behind it, even its own',
    files: { 'files/parts/1': Buffer.from([0x61, 0, 0xff]), 'files/parts/2': '', 'files/parts/3': 'x' },
    args: { src: 'parts', dest: '/t/f', remote_src: false, delimiter: '--\\n' },
    want: { after: "printf 'a\\000\\377\\n--\\n\\n\\n--\\n\\nx' | cmp - f" },
  },
  {
    name: 'wants the directory to be there',
    args: { src: '/t/none', dest: '/t/f' },
    want: { failure: /^Source \(\/t\/none\) does not exist$/ },
  },
  {
    name: 'wants a directory',
    given: 'echo >d',
    args: { src: '/t/d', dest: '/t/f', regexp: '^a' },
    want: { failure: /^Source \(\/t\/d\) is not a directory$/ },
  },
  {
    name: 'makes no directory for the file',
    given: PARTS,
    args: { src: '/t/d', dest: '/t/no/f' },
    want: { failure: /^Destination directory \/t\/no does not exist$/ },
  },
])
