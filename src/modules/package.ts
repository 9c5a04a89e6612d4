import { defineModule, Failure } from '../kernel/module.ts'
import { arg, args } from '../kernel/schema.ts'
import { lines, sh } from '../kernel/sh.ts'
import { APT_ARGUMENTS } from './parts/apt/arguments.ts'
import { aptApply, aptFailure, aptPlan, aptProbe, aptResult } from './parts/apt/module.ts'
import { readState } from './parts/apt/state.ts'
import { wantOf } from './parts/apt/want.ts'

/** Packages by whatever package manager the host has: apt, so far. */
export const module = defineModule({
  name: 'package',
  summary: 'Manages packages with the host’s own package manager',
  examples: [
    '- package:\n    name: [ntpdate, rsync]\n    state: present',
    '- package:\n    name: telnet\n    state: absent',
  ],
  args: args({ ...APT_ARGUMENTS, use: arg.str('Which package manager: auto or apt', { default: 'auto' }) }),
  want: (given) => {
    if (!['auto', 'apt', 'ansible.builtin.apt'].includes(given.use))
      throw new Failure(`Could not find a matching action for the "${given.use}" package manager.`)
    return wantOf(given)
  },
  probe: (want) => lines([sh`command -v apt-get >/dev/null || { field no-apt 1; exit 0; }`, aptProbe(want)]),
  read: (fields, want) => {
    if (fields.flag('no-apt'))
      throw new Failure('Could not detect which package manager to use: this host has no apt-get')
    return readState(fields, want)
  },
  plan: aptPlan,
  apply: aptApply,
  result: aptResult,
  failure: aptFailure,
  effects: 'network',
})
