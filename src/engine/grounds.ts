import type { Dict } from '../kernel/value.ts'
import type { Play, Task } from '../language/model.ts'
import { layersAt, placeOf } from '../variables/precedence.ts'
import type { Layer } from '../variables/scope.ts'
import type { HostState } from './host.ts'
import type { PlayRun } from './play-run.ts'

/** The levels of a host's variables in one place of the playbook, and what they were put together from. */
export type Grounded = {
  readonly layers: readonly Layer[]
  readonly play: Play
  readonly prompts: Dict
  readonly roles: number
  readonly revision: number
  readonly varsFiles: readonly Layer[]
}

/** The levels of variables that all tasks of a place have in common on a host: put together once, until one is added. */
export function groundOf(
  { play, prompts, roles, engine }: PlayRun,
  host: HostState,
  task: Task | null,
): readonly Layer[] {
  const { revision } = engine.hosts
  const { varsFiles } = host
  const place = task === null ? play : placeOf(task)
  const known = host.grounds.get(place)
  if (
    known?.play === play &&
    known.prompts === prompts &&
    known.roles === roles.length &&
    known.revision === revision &&
    known.varsFiles === varsFiles
  )
    return known.layers
  const { privateRoleVars } = engine.options
  const layers = layersAt({
    task,
    play: { play, prompts, roles, privateRoleVars },
    host: host.vars,
    varsFiles,
    extra: engine.extraVars,
  })
  host.grounds.set(place, { layers, play, prompts, roles: roles.length, revision, varsFiles })
  return layers
}
