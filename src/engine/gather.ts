import type { Dict, Value } from '../kernel/value.ts'
import { implicitTask } from '../language/implicit-task.ts'
import type { Play, Task } from '../language/model.ts'
import type { Scope } from '../variables/scope.ts'
import { asBoolean } from './convert.ts'
import type { HostState } from './host.ts'
import type { PlayRun } from './play-run.ts'

/** Whether a host has nothing to do for a task because it gathers facts that are known (`gathering = smart`). */
export function knowsFacts({ engine }: PlayRun, host: HostState, task: Task): boolean {
  return engine.options.gathering === 'smart' && isGathering(task) && host.vars.facts.get(GATHERED) === true
}

/** Whether a task is the one that a play begins with. */
export function isGathering(task: Task): boolean {
  return task.parent.kind === 'play' && task.action.name === 'setup' && task.name === NAME
}

const NAME = 'Gathering Facts'

/** Ansible's own mark of hosts whose facts are known; `setup` as a task does not set it. */
const GATHERED = '_ansible_facts_gathered'

/** The facts that a task gives, marked when it is one that gathers them. */
export function gatheredBy(task: Task, facts: Dict): Dict {
  return isGathering(task) || task.action.name === 'gather_facts' ? new Map([...facts, [GATHERED, true]]) : facts
}

/** The task that gathers facts at the start of a play; null when the play wants none. */
export function gatherTask(play: Play, scope: Scope, explicit: boolean): Task | null {
  const { gather_facts: wanted, gather_subset: subset, gather_timeout: timeout, fact_path: path } = play.keywords
  if (wanted === undefined && explicit) return null
  if (wanted !== undefined && !asBoolean(scope.render(wanted.value), wanted.at)) return null
  const args: Dict = new Map()
  if (subset !== undefined)
    args.set(
      'gather_subset',
      subset.value.map(({ value }): Value => value),
    )
  if (timeout !== undefined) args.set('gather_timeout', timeout.value)
  if (path !== undefined) args.set('fact_path', path.value)
  return implicitTask('setup', NAME, args, play)
}
