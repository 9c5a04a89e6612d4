import { module } from '../../src/modules/systemd_service.ts'
import { testModule } from '../support/module.ts'
import { DEMO_STATE, demoUnit } from '../support/units.ts'

export const tests = testModule(module, [
  {
    name: 'is systemd by another name',
    given: demoUnit('inactive', 'disabled'),
    args: { name: 'demo', state: 'started' },
    want: {
      changes: [{ what: 'state', before: 'inactive', after: 'started' }],
      result: { name: 'demo', state: 'started' },
      after: 'systemctl is-active demo',
    },
    state: DEMO_STATE,
  },
])
