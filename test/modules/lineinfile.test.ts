import { module } from '../../src/modules/lineinfile.ts'
import { testModule } from '../support/module.ts'

export const tests = testModule(module, [
  {
    name: 'replaces the line that matches',
    given: 'printf "a\\n#Port 22\\nb\\n" >f; chmod 600 f',
    args: { path: '/t/f', regexp: '^#?Port ', line: 'Port 2222' },
    want: {
      changes: [{ what: 'content', before: 'a\n#Port 22\nb\n', after: 'a\nPort 2222\nb\n' }],
      result: { changed: true, msg: 'line replaced', backup: '' },
      after: '[ "$(sed -n 2p f)" = "Port 2222" ] && [ "$(stat -c %a f)" = 600 ]',
    },
  },
  {
    name: 'leaves a line that is there',
    given: 'printf "Port 2222\\n" >f',
    args: { path: '/t/f', regexp: '^#?Port ', line: 'Port 2222' },
    want: { changes: 'none', result: { changed: false, msg: '', backup: '' } },
  },
  {
    name: 'fills groups of the match into the line',
    given: 'printf "x = 1 # why\\n" >f',
    args: { path: '/t/f', regexp: '^(?P<name>x) = \\d+(.*)$', line: '\\g<name> = 2\\2', backrefs: true },
    want: { changes: [{ what: 'content', before: 'x = 1 # why\n', after: 'x = 2 # why\n' }] },
  },
  {
    name: 'puts a line after another, and bytes that are no text stay as they are',
    given: 'printf "a\\n\\377\\000\\nb" >f',
    args: { path: '/t/f', insertafter: '^a', line: 'new é' },
    want: {
      result: { msg: 'line added' },
      after: '[ "$(od -An -tx1 f | tr -d " \\n")" = 610a6e657720c3a90aff000a62 ]',
    },
  },
  {
    name: 'ends the last line before it adds one',
    given: 'printf a >f',
    args: { path: '/t/f', line: 'b' },
    want: { after: '[ "$(cat f)" = "a\nb" ]' },
    strings: (text, word) => ({
      args: { path: '/t/f', line: text },
      want: { after: `[ "$(cat f; echo x)" = "a\n"${word}"\nx" ]` },
    }),
    texts: ['quotes', 'spaces', 'dash', 'accent'],
  },
  {
    name: 'makes the file and its directory',
    args: { path: '/t/d/f', line: 'x', create: true, mode: '0640' },
    want: {
      changes: [
        { what: 'content', before: null, after: 'x\n' },
        { what: 'mode', before: null, after: '0640' },
      ],
      after: '[ "$(stat -c %a d/f)" = 640 ]',
    },
    strings: (text, word) => ({
      args: { path: `/t/${text}`, line: 'x', create: true },
      want: { after: `[ "$(cat /t/${word})" = x ]` },
    }),
  },
  {
    name: 'removes lines',
    given: 'printf "a\\nb\\na\\n" >f',
    args: { path: '/t/f', state: 'absent', line: 'a', backup: true },
    want: {
      changes: [{ what: 'content', before: 'a\nb\na\n', after: 'b\n' }],
      result: { changed: true, found: 2, msg: '2 line(s) removed', backup: /^\/t\/f\.\d+\./ },
    },
  },
  {
    name: 'has nothing to remove from what is not there',
    args: { path: '/t/f', state: 'absent', line: 'a' },
    want: { changes: 'none', result: { msg: 'file not present' } },
  },
  {
    name: 'says what it changed beside the line',
    given: 'echo a >f',
    args: { path: '/t/f', line: 'a', mode: '0600' },
    want: {
      changes: [{ what: 'mode', before: '0644', after: '0600' }],
      result: { msg: 'ownership, perms or SE linux context changed' },
    },
  },
  {
    name: 'follows a link',
    given: 'echo a >real; ln -s real f',
    args: { path: '/t/f', line: 'b' },
    want: { after: '[ -L f ] && [ "$(sed -n 2p real)" = b ]' },
  },
  {
    name: 'keeps the old file when the new one is not valid',
    given: 'echo a >f',
    args: { path: '/t/f', line: 'bad', validate: 'sh -c "! grep bad %s"' },
    want: { failure: /^failed to validate: rc:1 error:bad/, after: '[ "$(cat f)" = a ]' },
  },
  {
    name: 'does not make a file unasked',
    args: { path: '/t/f', line: 'x' },
    want: { failure: /^Destination \/t\/f does not exist !$/ },
  },
  {
    name: 'does not edit a directory',
    given: 'mkdir f',
    args: { path: '/t/f', line: 'x' },
    want: { failure: /^Path \/t\/f is a directory !$/ },
  },
  { name: 'wants a line', args: { path: '/t/f' }, want: { failure: /line is required with state=present/ } },
  {
    name: 'refuses a wrong pattern',
    given: ': >f',
    args: { path: '/t/f', line: 'x', regexp: '(' },
    want: { failure: /Wrong regular expression/ },
  },
])
