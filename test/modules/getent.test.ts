import { module } from '../../src/modules/getent.ts'
import { testModule } from '../support/module.ts'

export const tests = testModule(module, [
  {
    name: 'reads one entry',
    args: { database: 'passwd', key: 'root' },
    want: {
      changes: 'none',
      result: { ansible_facts: { getent_passwd: { root: ['x', '0', '0', 'root', '/root', /sh$/] } } },
    },
  },
  {
    name: 'reads all entries, and lists those that come twice',
    given: "printf '192.0.2.1 twice\\n192.0.2.1 again\\n' >/etc/hosts",
    args: { database: 'hosts' },
    want: { result: { ansible_facts: { getent_hosts: { '192.0.2.1': [['twice'], ['again']] } } } },
  },
  {
    name: 'splits as it is told',
    args: { database: 'group', key: 'root', split: ':x:' },
    want: { result: { ansible_facts: { getent_group: { root: ['0:'] } } } },
  },
  {
    name: 'gives null for a key that may be missing',
    args: { database: 'passwd', key: 'never-was', fail_key: false },
    want: {
      result: {
        ansible_facts: { getent_passwd: { 'never-was': null } },
        msg: 'One or more supplied key could not be found in the database.',
      },
    },
    strings: (text) => ({
      args: { database: 'passwd', key: text, fail_key: false },
      want: { result: { ansible_facts: { getent_passwd: { [text]: null } } } },
    }),
    texts: ['quotes', 'spaces', 'newline', 'accent'],
  },
  {
    name: 'fails for a missing key',
    args: { database: 'passwd', key: 'never-was' },
    want: { failure: /^One or more supplied key could not be found in the database\.$/ },
  },
  {
    name: 'fails for an unknown database',
    args: { database: 'never-was' },
    want: { failure: /^Missing arguments, or database unknown\.$/ },
  },
])
