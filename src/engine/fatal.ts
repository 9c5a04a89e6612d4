import type { Task } from '../language/model.ts'
import { asText } from './convert.ts'
import { flagOr } from './flag-or.ts'
import type { HostState } from './host.ts'
import { type Frame, type PlayRun, scopeOf } from './play-run.ts'

/** `any_errors_fatal` (unless a rescue takes the failure), a failed `run_once`, too many failures: the play ends for all hosts. */
export function stopOnFatal(
  playRun: PlayRun,
  task: Task,
  runners: readonly HostState[],
  active: readonly HostState[],
  frame: Frame,
): void {
  const failed = runners.find((host) => host.failure?.task === task || host.unreachable)
  if (failed === undefined) return
  const fatal =
    runners.length < active.length || (!frame.rescuable && flagOr(playRun, task, 'any_errors_fatal', failed))
  if (!fatal && (frame.rescuable || !tooManyFailed(playRun, task, failed))) return
  for (const host of active) host.failure ??= failed.failure ?? { task, result: new Map() }
}

/** `max_fail_percentage`: more failed hosts than that end the play for the whole batch. */
function tooManyFailed({ play, batch, ...playRun }: PlayRun, task: Task, failed: HostState): boolean {
  const sited = play.keywords.max_fail_percentage
  if (sited === undefined) return false
  const most = Number(asText(scopeOf({ play, batch, ...playRun }, failed, task).render(sited.value)).replace('%', ''))
  const lost = batch.filter((host) => host.failure !== null || host.unreachable).length
  return (lost / batch.length) * 100 > most
}
