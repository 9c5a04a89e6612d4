import { module } from '../../src/modules/replace.ts'
import { testModule } from '../support/module.ts'

export const tests = testModule(module, [
  {
    name: 'replaces every match',
    given: 'printf "old a\\nb old\\n" >f',
    args: { path: '/t/f', regexp: '\\bold\\b', replace: 'new' },
    want: {
      changes: [{ what: 'content', before: 'old a\nb old\n', after: 'new a\nb new\n' }],
      result: { changed: true, msg: '2 replacements made', rc: 0 },
    },
    strings: (text, word) => ({
      args: { path: '/t/f', regexp: '\\bold\\b', replace: text.replaceAll('\\', '\\\\') },
      want: { after: `[ "$(cat f; echo x)" = ${word}" a\nb "${word}"\nx" ]` },
    }),
  },
  {
    name: 'replaces only between two patterns',
    given: 'printf "x\\n[a]\\nx\\n[b]\\nx\\n" >f',
    args: { path: '/t/f', regexp: '^x$', replace: 'y', after: '\\[a\\]', before: '\\[b\\]' },
    want: { changes: [{ what: 'content', before: /x/, after: 'x\n[a]\ny\n[b]\nx\n' }] },
  },
  {
    name: 'says when the section is not there',
    given: 'printf "x\\n" >f',
    args: { path: '/t/f', regexp: 'x', replace: 'y', after: 'zz' },
    want: {
      changes: 'none',
      result: { msg: 'Pattern for before/after params did not match the given file: zz(?P<subsection>.*)' },
    },
  },
  {
    name: 'has nothing to replace',
    given: 'echo a >f',
    args: { path: '/t/f', regexp: 'x' },
    want: { changes: 'none', result: { msg: '', rc: 0 } },
  },
  {
    name: 'wants the file to be there',
    args: { path: '/t/f', regexp: 'x' },
    want: { failure: /^Path \/t\/f does not exist !$/ },
  },
])
