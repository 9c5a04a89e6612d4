import { module } from '../../src/modules/tempfile.ts'
import { testModule } from '../support/module.ts'

export const tests = testModule(module, [
  {
    name: 'makes a file for its owner alone',
    args: { path: '/t', suffix: '.conf' },
    always: true,
    want: {
      changes: [{ what: 'file', before: null, after: '/t/ansible.XXXXXXXX.conf' }],
      result: { changed: true, path: /^\/t\/ansible\.[0-9a-f]{8}\.conf$/, state: 'file', mode: '0600' },
      after: 'for f in ansible.*.conf; do [ -f "$f" ] && [ "$(stat -c %a "$f")" = 600 ]; done',
    },
    strings: (text, word) => ({
      args: { path: '/t', prefix: text, suffix: text },
      want: { after: `for f in /t/${word}*${word}; do [ -f "$f" ]; done` },
    }),
  },
  {
    name: 'makes a directory',
    args: { path: '/t', state: 'directory', prefix: 'build_' },
    always: true,
    want: {
      result: { path: /^\/t\/build_/ },
      after: 'for f in build_*; do [ -d "$f" ] && [ "$(stat -c %a "$f")" = 700 ]; done',
    },
  },
  { name: 'makes it in /tmp otherwise', args: {}, always: true, want: { result: { path: /^\/tmp\/ansible\./ } } },
  {
    name: 'wants the folder to be there',
    args: { path: '/t/no' },
    want: { failure: /No such file or directory: \/t\/no/ },
  },
])
