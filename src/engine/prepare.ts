import type { Runnable } from '../kernel/module.ts'
import { didYouMean, Problem } from '../kernel/problem.ts'
import { next, type Soon } from '../kernel/soon.ts'
import type { Task } from '../language/model.ts'
import type { Scope } from '../variables/scope.ts'
import type { PlayRun } from './play-run.ts'
import { makeRecipe, type Recipe } from './recipe.ts'
import { wireTo } from './ways.ts'
import type { Wire } from './wire.ts'

/** A module task made ready for one host. Nothing has been sent. */
export type Ready = { readonly recipe: Recipe; readonly wire: Wire }

/** Where a task runs: on its own host, or where `delegate_to` says. */
export type Station = {
  readonly host: string
  readonly delegate: string | null
  /** What arguments are rendered with. */
  readonly scope: Scope
  /** What decides how to reach the host. */
  readonly connection: Scope
}

/** Makes a task ready. Raises what templates and arguments raise; a position is added where the problem has none. */
export function prepareTask(playRun: PlayRun, task: Task, station: Station): Soon<Ready> {
  const wire = wireOf(playRun, task, station)
  const { foresight } = station.scope
  // Files are read and hashed while the host lets us in.
  if (foresight === null && !wire.isOpen) wire.shell().catch(() => {})
  const ready = (recipe: Recipe): Ready => {
    if (recipe.readsFiles && foresight !== null) foresight.readsController = true
    return { recipe, wire }
  }
  const recipe = playRun.run.recipes.get(task, station.scope, (scope, reads) =>
    next(moduleOf(playRun, task), (module) => makeRecipe({ playRun, task, scope, wire, module, reads })),
  )
  return next(recipe, ready)
}

/** The wire to the host, and as the user, that a task runs on. */
export function wireOf(playRun: PlayRun, task: Task, { host, connection }: Station): Wire {
  return wireTo(playRun, task, host, connection)
}

/** The module a task names, at once when it is loaded. Raises `module.unknown`. */
export function moduleOf(
  playRun: PlayRun,
  task: Task,
  name = task.action.name,
  collection = task.action.collection,
): Soon<Runnable> {
  const found = (module: Runnable | null): Runnable => {
    if (module !== null) return module
    throw new Problem({
      code: 'module.unknown',
      summary: 'Unknown module',
      detail: `couldn't resolve module/action '${task.action.written}'`,
      hint: didYouMean(name, playRun.engine.moduleNames()),
      at: task.action.at,
    })
  }
  return next(playRun.engine.module(name === 'gather_facts' ? 'setup' : name, collection), found)
}
