import { module } from '../../src/modules/script.ts'
import { testModule } from '../support/module.ts'

export const tests = testModule(module, [
  {
    name: 'runs a script of the controller with its arguments, and removes it',
    files: { 'files/hello.sh': '#!/bin/sh\necho "$# $1 $2 $(basename "$PWD")"; echo "${0%/*}" >&2\n' },
    args: { cmd: 'hello.sh one "two  three"', chdir: '/t' },
    want: {
      changes: [{ what: 'command', before: null, after: 'hello.sh one "two  three"' }],
      result: { changed: true, rc: 0, stdout: '2 one two  three t\n', stderr: '/tmp\n' },
    },
    always: true,
  },
  {
    name: 'gives arguments to the shell, as Ansible does',
    files: { 'files/a b.sh': '#!/bin/sh\necho "$1"\n' },
    args: { cmd: '"a b.sh" $HOME' },
    want: { result: { stdout: '/root\n' } },
    always: true,
  },
  {
    name: 'runs it with another program when asked',
    files: { 'hello.txt': 'print "perl @ARGV\\n";' },
    args: { cmd: 'hello.txt one', executable: 'perl' },
    want: { result: { stdout: 'perl one\n' } },
    always: true,
  },
  {
    name: 'is skipped when what it creates is there',
    given: ': >made',
    files: { 'hello.sh': 'x' },
    args: { cmd: 'hello.sh', creates: '/t/made' },
    want: {
      changes: 'none',
      result: { skipped: true, changed: false, msg: '/t/made exists, matching creates option' },
    },
  },
  {
    name: 'is skipped when what it removes is gone',
    files: { 'hello.sh': 'x' },
    args: { cmd: 'hello.sh', removes: '/t/gone' },
    want: { changes: 'none', result: { skipped: true, msg: '/t/gone does not exist, matching removes option' } },
  },
  {
    name: 'fails with the script’s exit code and leaves nothing behind',
    given: 'rm -f /tmp/provision.*',
    files: { 'hello.sh': '#!/bin/sh\nexit 5\n' },
    args: { cmd: 'hello.sh' },
    want: { failure: /^non-zero return code$/, after: '[ -z "$(ls /tmp/provision.* 2>/dev/null)" ]' },
    always: true,
  },
  { name: 'names every place searched', args: { cmd: 'none.sh' }, want: { failure: /files\/none\.sh/ } },
  {
    name: 'wants an absolute folder',
    files: { 'hello.sh': 'x' },
    args: { cmd: 'hello.sh', chdir: 'below' },
    want: { failure: /chdir below must be an absolute path/ },
  },
])
