import { module } from '../../src/modules/blockinfile.ts'
import { testModule } from '../support/module.ts'

const BLOCK = '# BEGIN ANSIBLE MANAGED BLOCK\nx\ny\n# END ANSIBLE MANAGED BLOCK\n'

export const tests = testModule(module, [
  {
    name: 'adds a block',
    given: 'printf a >f',
    args: { path: '/t/f', block: 'x\ny\n' },
    want: {
      changes: [{ what: 'content', before: 'a', after: `a\n${BLOCK}` }],
      result: { changed: true, msg: 'Block inserted' },
    },
    strings: (text, word) => ({
      args: { path: '/t/f', block: text, marker: `# {mark} ${text === 'one\ntwo' ? 'x' : text}` },
      want: { after: `case $(cat f; echo x) in *${word}*) ;; *) exit 1 ;; esac` },
    }),
  },
  {
    name: 'replaces a block where it is',
    given: 'printf "a\\n# BEGIN ANSIBLE MANAGED BLOCK\\nold\\n# END ANSIBLE MANAGED BLOCK\\nb\\n" >f',
    args: { path: '/t/f', block: 'x\ny' },
    want: { changes: [{ what: 'content', before: /old/, after: `a\n${BLOCK}b\n` }] },
  },
  {
    name: 'leaves a block that is there',
    given: `printf %s "${BLOCK}" >f`,
    args: { path: '/t/f', block: 'x\ny' },
    want: { changes: 'none', result: { changed: false, msg: '' } },
  },
  {
    name: 'removes a block',
    given: `printf %s "${BLOCK}" >f`,
    args: { path: '/t/f', state: 'absent', backup: true },
    want: { result: { msg: 'Block removed', backup_file: /^\/t\/f\./ }, after: '[ ! -s f ]' },
  },
  {
    name: 'makes the file',
    args: { path: '/t/f', block: 'x\ny', create: true, insertbefore: 'BOF' },
    want: { changes: [{ what: 'content', before: null, after: BLOCK }], result: { msg: 'File created' } },
  },
  {
    name: 'does not make a file unasked',
    args: { path: '/t/f', block: 'x' },
    want: { failure: /^Path \/t\/f does not exist !$/ },
  },
])
