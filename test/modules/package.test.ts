import { module } from '../../src/modules/package.ts'
import { NO_PACKAGES, withPackages } from '../support/local-archive.ts'
import { testModule } from '../support/module.ts'

export const tests = testModule(module, [
  {
    name: 'installs with the host’s own manager',
    given: NO_PACKAGES,
    args: { name: ['demo', 'demo-server'], state: 'present' },
    want: {
      changes: [
        { what: 'package demo', before: null, after: '2.0' },
        { what: 'package demo-server', before: null, after: '1.0' },
      ],
      result: { changed: true },
      after: 'dpkg -s demo demo-server >/dev/null',
    },
    paths: ['/var/lib/dpkg'],
  },
  {
    name: 'leaves what is installed',
    given: withPackages('demo'),
    args: { name: 'demo', use: 'apt' },
    want: { changes: 'none', result: { changed: false } },
  },
  {
    name: 'removes',
    given: withPackages('demo'),
    args: { name: 'demo', state: 'absent' },
    want: { changes: [{ what: 'package demo', before: '2.0', after: null }] },
  },
  {
    name: 'names a manager it does not know',
    args: { name: 'demo', use: 'dnf' },
    want: { failure: /"dnf" package manager/ },
  },
])
