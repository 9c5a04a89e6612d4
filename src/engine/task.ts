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
      { playRun, task, host, frame, info, includes, loopVars: new Map(), itemsLeft: [] },
      once ? playRun.batch.filter(({ unreachable }) => !unreachable) : [host],
    )
  const { throttles } = playRun.run
  const inTurn = throttle > 0 ? (host: HostState) => throttles.within(task, throttle, () => work(host)) : work
  await mapLimit(runners, playRun.engine.options.forks, inTurn)
  stopOnFatal(playRun, task, runners, active, frame)
  return includes
}

/** Actions that run once for all hosts by their nature. */
const FOR_ALL: ReadonlySet<string> = new Set(['add_host', 'pause'])

async function runOnHost(run: TaskRun, sharers: readonly HostState[]): Promise<void> {
  const attempt: Attempt = async (current) => {
    const started = performance.now()
    const outcome = current.task.loop === null ? await runItem(current, []) : await runLoop(current)
    return () => {
      finish(current, outcome, sharers, performance.now() - started)
      return outcome
    }
  }
  if (mayDebug(run.playRun.engine.options, run.task)) return runDebugged(run, sharers, attempt)
  const settle = await attempt(run)
  settle()
}

function throttleOf(playRun: PlayRun, task: Task, host: HostState): number {
  return inherited(task, 'throttle') === null ? 0 : keywordInteger(task, 'throttle', scopeOf(playRun, host, task))
}
