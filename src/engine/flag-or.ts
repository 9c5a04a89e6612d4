import { inherited } from '../language/inherit.ts'
import type { Task } from '../language/model.ts'
import type { Layer } from '../variables/scope.ts'
import type { HostState } from './host.ts'
import { flag } from './keyword.ts'
import { type PlayRun, scopeOf } from './play-run.ts'

/** A boolean keyword of a task on a host; no variables are gathered for one that is not given. */
export function flagOr(
  playRun: PlayRun,
  task: Task,
  keyword: Parameters<typeof flag>[1],
  host: HostState,
  above: readonly Layer[] = [],
): boolean {
  return inherited(task, keyword) === null ? false : flag(task, keyword, scopeOf(playRun, host, task, above))
}
