import { next, type Soon } from '../kernel/soon.ts'
import type { Dict } from '../kernel/value.ts'
import { inherited } from '../language/inherit.ts'
import type { Task } from '../language/model.ts'
import { type Attempt, runDebugged } from './debugger.ts'
import { stopOnFatal } from './fatal.ts'
import { finish } from './finish.ts'
import { flagOr } from './flag-or.ts'
import { knowsFacts } from './gather.ts'
import type { HostState } from './host.ts'
import { mayDebug, stepsInto } from './interactive.ts'
import { type InclusionRequest, runItem, type TaskRun } from './item.ts'
import { keywordInteger } from './keyword.ts'
import { mapLimit } from './limit.ts'
import { type Frame, infoOf, type PlayRun, scopeOf } from './play-run.ts'
import type { ItemOutcome } from './results.ts'
import { runLoop } from './run-loop.ts'
import { displayName } from './task-name.ts'
import { takesPart } from './turn.ts'

/** Runs a task on hosts, all of them before it returns. Gives what the hosts want included next. */
export async function runTask(
  playRun: PlayRun,
  task: Task,
  hosts: readonly HostState[],
  frame: Frame,
): Promise<InclusionRequest[]> {
  const active = hosts.filter((host) => takesPart(host, task) && !knowsFacts(playRun, host, task))
  if (active.length === 0) return []
  const first = active[0]!
  const once = flagOr(playRun, task, 'run_once', first) || FOR_ALL.has(task.action.name)
  const runners = once ? [first] : active
  const info = infoOf(playRun, task, displayName(playRun, task, first))
  if (!(await stepsInto(playRun, task, info.name))) return []
  if (task.action.name !== 'meta')
    playRun.engine.emit({ type: 'task-start', task: info, hosts: runners.map((host) => host.name) })
  playRun.run.disk.value += 1
  const includes: InclusionRequest[] = []
  const throttle = throttleOf(playRun, task, first)
  const work = (host: HostState) =>
    runOnHost(
      { playRun, task, host, frame, info, includes, loopVars: NO_VARS, itemsLeft: [] },
      once ? playRun.batch.filter(({ unreachable }) => !unreachable) : [host],
    )
  const { throttles } = playRun.run
  const whole = async (host: HostState) => {
    const rest = await work(host)
    rest?.()
    return null
  }
  const inTurn = throttle > 0 ? (host: HostState) => throttles.within(task, throttle, () => whole(host)) : work
  await mapLimit(runners, playRun.engine.options.forks, inTurn)
  stopOnFatal(playRun, task, runners, active, frame)
  return includes
}

/** Actions that run once for all hosts by their nature. */
const FOR_ALL: ReadonlySet<string> = new Set(['add_host', 'pause'])

const NO_VARS: Dict = new Map()

/**
 * Runs a task on a host. What comes of it is settled by what this gives: once all hosts have begun, because none may see in the
 * variables of another what the same task has made of them.
 */
function runOnHost(run: TaskRun, sharers: readonly HostState[]): Soon<(() => void) | null> {
  const attempt: Attempt = (current) => {
    const started = performance.now()
    const settled = (outcome: ItemOutcome) => () => {
      finish(current, outcome, sharers, performance.now() - started)
      return outcome
    }
    return next(current.task.loop === null ? runItem(current, []) : runLoop(current), settled)
  }
  if (!mayDebug(run.playRun.engine.options, run.task)) return attempt(run)
  return runDebugged(run, sharers, attempt).then(() => null)
}

function throttleOf(playRun: PlayRun, task: Task, host: HostState): number {
  return inherited(task, 'throttle') === null ? 0 : keywordInteger(task, 'throttle', scopeOf(playRun, host, task))
}
