import { module } from '../../src/modules/package_facts.ts'
import { withPackages } from '../support/local-archive.ts'
import { testModule } from '../support/module.ts'

export const tests = testModule(module, [
  {
    name: 'lists what is installed',
    given: withPackages('demo=1.0'),
    args: {},
    want: {
      changes: 'none',
      result: {
        ansible_facts: {
          packages: {
            demo: [{ name: 'demo', version: '1.0', arch: 'all', category: 'misc', origin: '', source: 'apt' }],
            dpkg: [{ name: 'dpkg', arch: 'amd64', category: 'admin', source: 'apt' }],
          },
        },
      },
    },
    paths: ['/var/lib/dpkg', '/var/cache/apt'],
  },
  {
    name: 'names a manager it does not know',
    args: { manager: 'never' },
    want: { failure: /^Unsupported package managers requested: never$/ },
  },
  {
    name: 'finds no other manager here',
    args: { manager: ['rpm'] },
    want: { failure: /^Could not detect a supported package manager/ },
  },
])
