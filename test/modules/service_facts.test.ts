import { module } from '../../src/modules/service_facts.ts'
import { testModule } from '../support/module.ts'
import { DEMO_STATE, demoUnit } from '../support/units.ts'

export const tests = testModule(module, [
  {
    name: 'lists services with their states',
    given: `${demoUnit('active', 'enabled')}\nsystemctl -q mask demo-maskable 2>/dev/null`,
    args: {},
    want: {
      changes: 'none',
      result: {
        ansible_facts: {
          services: {
            'demo.service': { name: 'demo.service', state: 'running', status: 'enabled', source: 'systemd' },
            'demo@.service': { name: 'demo@.service', state: 'unknown', status: 'disabled', source: 'systemd' },
            'demo-broken.service': {
              name: 'demo-broken.service',
              state: /inactive|stopped/,
              status: 'disabled',
              source: 'systemd',
            },
            'demo-maskable.service': { name: 'demo-maskable.service', status: 'masked', source: 'systemd' },
          },
        },
      },
    },
    state: DEMO_STATE,
  },
])
