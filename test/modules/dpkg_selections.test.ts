import { module } from '../../src/modules/dpkg_selections.ts'
import { withPackages } from '../support/local-archive.ts'
import { testModule } from '../support/module.ts'

export const tests = testModule(module, [
  {
    name: 'holds a package',
    given: withPackages('demo'),
    args: { name: 'demo', selection: 'hold' },
    want: {
      changes: [{ what: 'selection of demo', before: 'install', after: 'hold' }],
      result: { changed: true, before: 'install', after: 'hold' },
      after: 'dpkg --get-selections demo | grep -q hold; echo demo install | dpkg --set-selections',
    },
    paths: ['/var/lib/dpkg'],
  },
  {
    name: 'leaves a selection',
    given: withPackages('demo'),
    args: { name: 'demo', selection: 'install' },
    want: { changes: 'none', result: { changed: false, before: 'install', after: 'install' } },
  },
  {
    name: 'names a package that dpkg does not know',
    args: { name: 'never-was', selection: 'hold' },
    want: { failure: /^Failed to find package 'never-was' to perform selection 'hold'\.$/ },
  },
])
