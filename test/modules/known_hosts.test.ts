import { module } from '../../src/modules/known_hosts.ts'
import { testModule } from '../support/module.ts'

const KEY = 'AAAAC3NzaC1lZDI1NTE5AAAAIMRqnQZ0AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'
const OTHER = 'AAAAC3NzaC1lZDI1NTE5AAAAIPRqnQZ0AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'
const LINE = `git.example.org ssh-ed25519 ${KEY}`

export const tests = testModule(module, [
  {
    name: 'adds a host to a new file',
    args: { name: 'git.example.org', key: LINE, path: '/t/ssh/known' },
    want: {
      changes: [{ what: 'key of git.example.org', before: null, after: LINE }],
      result: { changed: true, name: 'git.example.org', key: LINE, state: 'file', mode: '0600', hash_host: false },
      after: `echo '${LINE}' | cmp - ssh/known; [ "$(stat -c %a ssh/known)" = 600 ]`,
    },
  },
  {
    name: 'leaves a key that is there',
    given: `echo '${LINE} a comment' >known`,
    args: { name: 'GIT.example.org', key: LINE, path: '/t/known' },
    want: { changes: 'none', result: { changed: false } },
  },
  {
    name: 'replaces another key of the same type, and keeps the others',
    given: `printf 'git.example.org ssh-ed25519 ${OTHER}\\ngit.example.org ssh-rsa AAAA\\nx ssh-rsa BBBB\\n' >known`,
    args: { name: 'git.example.org', key: LINE, path: '/t/known' },
    want: {
      changes: [{ what: 'key of git.example.org', before: `git.example.org ssh-ed25519 ${OTHER}`, after: LINE }],
      after: `printf 'git.example.org ssh-rsa AAAA\\nx ssh-rsa BBBB\\n${LINE}\\n' | cmp - known`,
    },
  },
  {
    name: 'hashes the host, so that ssh-keygen finds it',
    args: { name: 'git.example.org', key: LINE, path: '/t/known', hash_host: true },
    want: { after: "grep -q '^|1|' known; ssh-keygen -F git.example.org -f known" },
  },
  {
    name: 'finds a host that ssh-keygen hashed',
    given: `echo '${LINE}' >known; ssh-keygen -q -H -f known >/dev/null 2>&1; rm -f known.old`,
    args: { name: 'git.example.org', key: LINE, path: '/t/known', hash_host: true },
    want: { changes: 'none' },
  },
  {
    name: 'removes all keys of a host',
    given: `printf '${LINE}\\ngit.example.org ssh-rsa AAAA\\nx ssh-rsa BBBB\\n' >known`,
    args: { name: 'git.example.org', path: '/t/known', state: 'absent' },
    want: { after: "echo 'x ssh-rsa BBBB' | cmp - known" },
  },
  {
    name: 'wants a key',
    args: { name: 'git.example.org', path: '/t/known' },
    want: { failure: /^No key specified when adding a host$/ },
  },
  {
    name: 'wants the host’s own key',
    args: { name: 'git.example.org', key: `other ssh-ed25519 ${KEY}`, path: '/t/known' },
    want: { failure: /^Host parameter does not match/ },
  },
])
