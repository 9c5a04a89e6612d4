import { module } from '../../src/modules/raw.ts'
import { testModule } from '../support/module.ts'

export const tests = testModule(module, [
  {
    name: 'runs shell text and keeps its ends',
    args: { cmd: 'echo one; echo two >&2' },
    want: {
      result: { changed: true, stdout: 'one\n', stdout_lines: ['one'], stderr: /two\n$/, rc: 0 },
    },
    always: true,
  },
  {
    name: 'runs another shell when asked',
    args: { cmd: 'echo $BASH_VERSION', executable: '/bin/bash' },
    want: { result: { stdout: /^5/ } },
    always: true,
  },
  {
    name: 'fails with its exit code',
    args: { cmd: 'exit 7' },
    want: { failure: /^non-zero return code$/ },
    always: true,
  },
])
