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
    name: 'joins fragments from the controller',
    files: { 'files/parts/10-a': 'one\n', 'files/parts/20-b': 'two' },
    args: { src: 'parts', dest: '/t/f', remote_src: false, validate: 'grep -q two %s' },
    want: { changes: [{ what: 'content', before: null, after: 'one\ntwo' }] },
  },
  {
    name: 'wants the directory to be there',
    args: { src: '/t/none', dest: '/t/f' },
    want: { failure: /^Source \(\/t\/none\) does not exist$/ },
  },
])
