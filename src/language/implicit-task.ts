import type { Dict } from '../kernel/value.ts'
import { LOOP_DEFAULTS } from './loop-control.ts'
import type { Play, Role, Task } from './model.ts'

/** A task that no file holds and that Ansible puts at the start of a play or a role; it runs whatever the tags. */
export function implicitTask(module: string, name: string, args: Dict, parent: Play | Role): Task {
  const { at } = parent
  return {
    kind: 'task',
    name,
    handler: false,
    action: { written: `ansible.builtin.${module}`, name: module, collection: 'ansible.builtin', at },
    args,
    argsAt: new Map(),
    freeForm: null,
    argsTemplate: null,
    loop: null,
    loopControl: LOOP_DEFAULTS,
    keywords: { tags: { value: [{ value: 'always', at }], at } },
    vars: new Map(),
    role: parent.kind === 'role' ? parent : null,
    parent,
    at,
  }
}
