import { defineModule } from '../kernel/module.ts'
import { aptSchema } from './parts/apt/arguments.ts'
import { aptApply, aptFailure, aptPlan, aptProbe, aptResult } from './parts/apt/module.ts'
import { readState } from './parts/apt/state.ts'
import { wantOf } from './parts/apt/want.ts'

/** Packages of Debian and Ubuntu, by apt-get and dpkg. */
export const module = defineModule({
  name: 'apt',
  summary: 'Manages packages with apt',
  examples: [
    '- name: Install a web server from fresh lists\n  apt:\n    name: nginx\n    update_cache: yes\n    cache_valid_time: 3600',
    '- apt:\n    name: [curl, jq=1.6*]\n    install_recommends: no',
    '- apt:\n    name: apache2\n    state: absent\n    purge: yes',
    '- apt:\n    upgrade: dist',
  ],
  args: aptSchema,
  want: wantOf,
  probe: aptProbe,
  read: readState,
  plan: aptPlan,
  apply: aptApply,
  result: aptResult,
  failure: aptFailure,
  effects: 'network',
})
