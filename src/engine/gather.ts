import type { Dict, Value } from '../kernel/value.ts'
import { LOOP_DEFAULTS } from '../language/loop-control.ts'
import type { Play, Task } from '../language/model.ts'
import type { Scope } from '../variables/scope.ts'
import { asBoolean } from './convert.ts'

/** The task that gathers facts at the start of a play; null when the play wants none. */
export function gatherTask(play: Play, scope: Scope): Task | null {
  const { gather_facts: wanted, gather_subset: subset, gather_timeout: timeout, fact_path: path } = play.keywords
  if (wanted !== undefined && !asBoolean(scope.render(wanted.value), wanted.at)) return null
  const args: Dict = new Map()
  if (subset !== undefined)
    args.set(
      'gather_subset',
      subset.value.map(({ value }): Value => value),
    )
  if (timeout !== undefined) args.set('gather_timeout', timeout.value)
  if (path !== undefined) args.set('fact_path', path.value)
  const { at } = play
  return {
    kind: 'task',
    name: 'Gathering Facts',
    handler: false,
    action: { written: 'ansible.builtin.setup', name: 'setup', collection: 'ansible.builtin', at },
    args,
    argsAt: new Map(),
    freeForm: null,
    argsTemplate: null,
    loop: null,
    loopControl: LOOP_DEFAULTS,
    keywords: { tags: { value: [{ value: 'always', at }], at } },
    vars: new Map(),
    role: null,
    parent: play,
    at,
  }
}
