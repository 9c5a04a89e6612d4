import type { Runnable } from '../kernel/module.ts'
import { didYouMean, Problem } from '../kernel/problem.ts'
import type { Task } from '../language/model.ts'
import type { Scope } from '../variables/scope.ts'
import { asBoolean, asInteger } from './convert.ts'
import { keywordOf } from './keyword.ts'
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
export async function prepareTask(playRun: PlayRun, task: Task, station: Station, module: Runnable): Promise<Ready> {
  const wire = wireOf(playRun, task, station)
  // Files are read and hashed while the host lets us in.
  if (station.scope.foresight === null) wire.shell().catch(() => {})
  const recipe = await playRun.run.recipes.get(task, module, station.scope, (scope, reads) =>
    makeRecipe({ playRun, task, scope, wire, module, reads }),
  )
  const { foresight } = station.scope
  if (recipe.readsFiles && foresight !== null) foresight.readsController = true
  return { recipe, wire }
}

/** The wire to the host, and as the user, that a task runs on. */
export function wireOf(playRun: PlayRun, task: Task, { host, connection }: Station): Wire {
  return wireTo(playRun, task, host, connection)
}

/** The module a task names. Raises `module.unknown`. */
export async function moduleOf(
  playRun: PlayRun,
  task: Task,
  name = task.action.name,
  collection = task.action.collection,
): Promise<Runnable> {
  const module = await playRun.engine.module(name === 'gather_facts' ? 'setup' : name, collection)
  if (module !== null) return module
  throw new Problem({
    code: 'module.unknown',
    summary: 'Unknown module',
    detail: `couldn't resolve module/action '${task.action.written}'`,
    hint: didYouMean(name, playRun.engine.moduleNames()),
    at: task.action.at,
  })
}

/** A boolean keyword, inherited and rendered. */
export function flag(
  task: Task,
  keyword:
    | 'no_log'
    | 'run_once'
    | 'ignore_errors'
    | 'ignore_unreachable'
    | 'any_errors_fatal'
    | 'delegate_facts'
    | 'diff',
  scope: Scope,
): boolean {
  const given = keywordOf(task, keyword, scope)
  return given === null ? false : asBoolean(given.value, given.at)
}

/** An integer keyword, inherited and rendered; 0 when it is not given. */
export function keywordInteger(
  task: Task,
  keyword: 'timeout' | 'throttle' | 'retries' | 'delay' | 'async' | 'poll',
  scope: Scope,
  otherwise = 0,
): number {
  const given = keywordOf(task, keyword, scope)
  return given === null || given.value === null ? otherwise : asInteger(given.value, given.at)
}
