import type { Runnable } from '../kernel/module.ts'
import { inherited } from '../language/inherit.ts'
import type { Role, Task } from '../language/model.ts'
import { handlersExist } from './handlers.ts'
import { type HostState, isActive } from './host.ts'
import type { PlayRun } from './play-run.ts'

/** A role that has run on the host already, with the same parameters, runs again only if it allows duplicates. */
export function takesPart(
  host: HostState,
  { role }: Task,
  ranRoles: ReadonlyMap<string, Role> = host.ranRoles,
): boolean {
  if (!isActive(host)) return false
  if (role === null) return true
  const ran = ranRoles.get(role.identity)
  return !host.endedRoles.has(role) && (ran === undefined || ran === role || role.allowDuplicates)
}

/**
 * Whether a task is sure to be done as it looks now, once all before it went well, so that it may be applied before its turn. What
 * other hosts can see, or what waits for them, must keep its place; so must a task of which more than its arguments decides.
 */
export function isSureOfTurn(playRun: PlayRun, task: Task, module: Runnable): boolean {
  const alone = playRun.batch.length === 1
  return mayMove(playRun, task) && (alone || (module.effects === 'host' && !endsForAll(playRun, task)))
}

/** Whether nothing in the task itself keeps it in its place; for an item of the loop that is under way that is enough. */
export function mayMove({ engine }: PlayRun, task: Task): boolean {
  return !engine.options.interactive && !keepsPlace(task)
}

/** Whether what a task includes, and nothing else, comes next: for a host that is alone, and only if it changes nothing for the tasks behind. */
export function isSureToInclude(playRun: PlayRun, host: HostState, task: Task, action: string): boolean {
  return (
    (action === 'include_tasks' || action === 'include_role') &&
    playRun.batch.length === 1 &&
    task.loop === null &&
    task.args.get('public') === undefined &&
    task.args.get('apply') === undefined &&
    !keepsPlace(task) &&
    isSureToPass(playRun, host, task)
  )
}

/** Whether the task can only succeed once its action has: then what follows is as sure as the task. */
export function isSureToPass(playRun: PlayRun, host: HostState, task: Task): boolean {
  const { until, failed_when: failedWhen, changed_when: changedWhen } = task.keywords
  const { pause, breakWhen } = task.loopControl
  return (
    until === undefined &&
    failedWhen === undefined &&
    (changedWhen === undefined || changedWhen.value.every(({ value }) => typeof value === 'boolean')) &&
    pause === null &&
    breakWhen.length === 0 &&
    handlersExist(playRun, host, task)
  )
}

const KEEP_PLACE = ['delegate_to', 'run_once', 'check_mode', 'timeout', 'async', 'debugger'] as const

function keepsPlace(task: Task): boolean {
  let keeps = placeKept.get(task)
  if (keeps === undefined) {
    keeps = KEEP_PLACE.some((keyword) => inherited(task, keyword) !== null)
    placeKept.set(task, keeps)
  }
  return keeps
}

const placeKept = new WeakMap<Task, boolean>()

/** One host's failure takes the others out of the play. */
export function endsForAll({ play }: PlayRun, task: Task): boolean {
  return inherited(task, 'any_errors_fatal') !== null || play.keywords.max_fail_percentage !== undefined
}
