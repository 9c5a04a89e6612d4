import { module } from '../../src/modules/hostname.ts'
import { testModule } from '../support/module.ts'

const named = (name: string) => `hostnamectl set-hostname ${name}\n`

export const tests = testModule(module, [
  {
    name: 'sets the name, now and for good',
    given: named('before'),
    args: { name: 'web01.example.org' },
    want: {
      changes: [
        { what: 'current hostname', before: 'before', after: 'web01.example.org' },
        { what: 'permanent hostname', before: 'before', after: 'web01.example.org' },
      ],
      result: {
        changed: true,
        name: 'web01.example.org',
        ansible_facts: {
          ansible_hostname: 'web01',
          ansible_nodename: 'web01.example.org',
          ansible_domain: 'example.org',
        },
      },
      after: '[ "$(uname -n)" = web01.example.org ]; [ "$(cat /etc/hostname)" = web01.example.org ]',
    },
    state: 'uname -n; cat /etc/hostname',
  },
  {
    name: 'leaves the name',
    given: named('web01'),
    args: { name: 'web01' },
    want: { changes: 'none', result: { changed: false, name: 'web01' } },
    state: 'uname -n; cat /etc/hostname',
  },
  {
    name: 'sets only the file where only that differs, without systemd’s help',
    given: `${named('web01')}echo other >/etc/hostname`,
    args: { name: 'web01', use: 'generic' },
    want: {
      changes: [{ what: 'permanent hostname', before: 'other', after: 'web01' }],
      after: '[ "$(cat /etc/hostname)" = web01 ]',
    },
  },
])
