import { module } from '../../src/modules/shell.ts'
import { testModule } from '../support/module.ts'

export const tests = testModule(module, [
  {
    name: 'runs shell text',
    args: { cmd: 'echo one | tr a-z A-Z; echo "$((1 + 1))" >&2', chdir: '/t' },
    want: {
      changes: [{ what: 'command', before: null, after: /^echo one/ }],
      result: { changed: true, rc: 0, stdout: 'ONE', stderr: '2', cmd: /^echo one/, stderr_lines: ['2'] },
    },
    always: true,
  },
  {
    name: 'is in the folder itself, and not in the link that leads to it',
    given: 'mkdir real; ln -s real link',
    args: { cmd: 'echo "$PWD"', chdir: '/t/link' },
    want: { result: { stdout: '/t/real' } },
    always: true,
  },
  {
    name: 'passes the text as it is',
    args: { cmd: 'printf %s plain' },
    want: { result: { stdout: 'plain' } },
    always: true,
    strings: (text, word) => ({
      args: { cmd: `printf %s ${word}` },
      want: { result: { stdout: text.replace(/\n$/, '') } },
    }),
  },
  {
    name: 'does not go on after errexit of its own only',
    args: { cmd: 'false; echo on' },
    want: { result: { stdout: 'on', rc: 0 } },
    always: true,
  },
  {
    name: 'sees nothing of the engine’s own functions and variables',
    args: { cmd: 'command -v field emit tick; echo "$rc$tick"; set | grep -c "^PROVISION" || true' },
    want: { result: { stdout: /^\s*\d$/ } },
    always: true,
  },
  {
    name: 'runs another shell when asked',
    args: { cmd: 'a=(1 2 3); echo "${#a[@]}"', executable: '/bin/bash' },
    want: { result: { stdout: '3' } },
    always: true,
  },
  {
    name: 'says what is missing when the shell is not there',
    args: { cmd: 'true', executable: '/bin/no-shell' },
    want: { failure: /No such file or directory: b'\/bin\/no-shell'/ },
    always: true,
  },
  {
    name: 'runs until what it creates is there',
    args: { cmd: 'echo made >made', creates: 'made', chdir: '/t' },
    want: { result: { changed: true }, after: '[ "$(cat made)" = made ]' },
  },
  {
    name: 'does not run when what it creates is there',
    given: ': >made',
    args: { cmd: 'echo new >made', creates: '/t/made' },
    want: {
      changes: 'none',
      result: { changed: false, rc: 0, cmd: 'echo new >made', stdout: 'skipped, since /t/made exists' },
    },
  },
  {
    name: 'feeds standard input',
    args: { cmd: 'cat', stdin: 'one\ntwo' },
    want: { result: { stdout: 'one\ntwo', stdout_lines: ['one', 'two'] } },
    always: true,
    strings: (text) => ({ args: { cmd: 'cat', stdin: text }, want: { result: { stdout: text } } }),
  },
  {
    name: 'fails with the exit code of the text',
    args: { cmd: 'echo out; exit 42' },
    want: { failure: /^non-zero return code$/ },
    always: true,
  },
])
