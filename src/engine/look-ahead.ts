import { setImmediate as afterEvents } from 'node:timers/promises'
import { inherited } from '../language/inherit.ts'
import type { Block, Item, Task } from '../language/model.ts'
import type { Layer } from '../variables/scope.ts'
import type { LookAhead } from './ahead.ts'
import { firstFalse } from './conditions.ts'
import { control } from './controls/index.ts'
import { asText } from './convert.ts'
import { foresee, foreseeItem, View } from './foresee.ts'
import { type HostState, isActive } from './host.ts'
import { loadInclusion } from './inclusions.ts'
import { type Frame, type PlayRun, scopeOf } from './play-run.ts'
import { strategyOf } from './strategy-name.ts'
import { endsForAll, isSureToPass } from './turn.ts'

/** What is left of the loop that a task is in. */
export type OwnItems = {
  readonly task: Task
  readonly items: readonly Layer[]
  /** Nothing else is looked at: other hosts may change what is behind them. */
  readonly alone?: boolean
}

/** No more tasks than this are looked at for one message, whatever comes of them. */
const MOST_TASKS = 1000

/** Milliseconds after which what has arrived meanwhile has its turn: hosts may be about to let us in. */
const SLICE = 10

/**
 * The tasks that will probably follow on a host. Everything here is a guess: a task that can't be foreseen (it needs a result that is
 * not there, it is broken, it runs elsewhere) is left out, and a wrong guess is never asked for. Up to the first doubt it is more: what
 * these tasks will do is sure, if those before them go well.
 */
export function lookAheadFrom(playRun: PlayRun, host: HostState, frame: Frame, own: OwnItems): LookAhead {
  return async (limit) => {
    const { options } = playRun.engine
    if (!options.lookAhead) return []
    const view = new View(playRun, host)
    view.foresight.isDoubtful = options.check || !isSureToPass(playRun, host, own.task)
    for (const layer of own.items) {
      if (view.ahead.length >= limit) break
      await view.attempt(() => foreseeItem(view, playRun, own.task, [layer, view.foresight.guessed], undefined, true))
    }
    if (own.alone === true) return view.ahead.slice(0, limit)
    view.foresight.isDoubtful ||= !mayApplyAhead(playRun, host, own.task)
    view.remember(own.task, null)
    let tasks = 0
    let until = performance.now() + SLICE
    for (const { inPlay, task } of following(view, frame)) {
      if (view.ahead.length >= limit || ++tasks > MOST_TASKS) break
      if (performance.now() > until) {
        await afterEvents()
        until = performance.now() + SLICE
      }
      const foreseen = view.attempt(() => foresee(view, inPlay, task))
      if (foreseen instanceof Promise) await foreseen
    }
    return view.ahead.slice(0, limit)
  }
}

/**
 * Which machines the other hosts are must be known, so that nothing is applied that they would see too early; none may run ahead by
 * itself, because another host's task that is delegated here would meet one before its turn; and none's failure may end the play here.
 */
function mayApplyAhead(playRun: PlayRun, host: HostState, task: Task): boolean {
  const { run, engine, batch } = playRun
  const inStep = () =>
    strategyOf(playRun) !== 'free' &&
    !endsForAll(playRun, task) &&
    !run.connections.isShared(host.name) &&
    batch.every((other) => !isActive(other) || run.connections.isKnown(other.name))
  return !engine.options.check && !task.handler && (batch.length === 1 || inStep()) && isSureToPass(playRun, host, task)
}

type Foreseen = { readonly inPlay: PlayRun; readonly task: Task }

/**
 * Tasks in the order they will run if nothing fails: the rest of each frame, inside out, then the plays behind this one. Sure is only
 * what follows in the same blocks: at the end of a phase, or of an include with several hosts, handlers or other hosts may come first.
 */
function* following(view: View, start: Frame): Generator<Foreseen> {
  const { playRun, host, foresight } = view
  for (let frame: Frame | null = start; frame !== null; frame = frame.outer) {
    yield* flatten(view, playRun, frame.items, frame.index + 1)
    const around: Item | undefined = frame.outer?.items[frame.outer.index]
    if (around === undefined || !isSureToGoOn(playRun, around)) foresight.isDoubtful = true
  }
  for (const later of playRun.later()) {
    view.ranRoles.clear()
    if (later.all.includes(host)) yield* flatten(view, later, later.phases.flat())
  }
}

function* flatten(view: View, playRun: PlayRun, items: readonly Item[], from = 0): Generator<Foreseen> {
  for (let index = from; index < items.length; index++) {
    const item = items[index]!
    if (item.kind === 'block') {
      yield* flatten(view, playRun, item.items)
      if (othersMayRescue(playRun, item)) view.foresight.isDoubtful = true
      yield* flatten(view, playRun, item.always)
    } else if (!playRun.selected(item)) continue
    else {
      yield { inPlay: playRun, task: item }
      const included = includedBy(view, playRun, item)
      if (included.length > 0) yield* flatten(view, playRun, included)
    }
  }
}

/** Behind the block other hosts may first go through its rescue, and do things here. */
function othersMayRescue({ batch }: PlayRun, { rescue }: Block): boolean {
  return batch.length > 1 && rescue.length > 0
}

/** Whether what stands behind a block or an include is what comes next when its end is reached. */
function isSureToGoOn(playRun: PlayRun, around: Item): boolean {
  if (around.kind === 'block') return around.always.length === 0 && !othersMayRescue(playRun, around)
  return playRun.batch.length === 1 && around.loop === null
}

/** The tasks behind an include whose name is known now. */
function includedBy({ host, foresight }: View, playRun: PlayRun, task: Task): readonly Item[] {
  const own = control(task.action)
  if (own === null || (own.name !== 'include_tasks' && own.name !== 'include_role') || task.loop !== null) return []
  try {
    const scope = scopeOf(playRun, host, task, [foresight.guessed], foresight)
    if (firstFalse(inherited(task, 'when'), scope, playRun.engine.templates) !== null) return []
    const args = own.arguments(task, scope)
    const kind = own.name === 'include_tasks' ? 'tasks' : 'role'
    const name = args.get(kind === 'tasks' ? 'file' : 'name')
    if (name !== undefined)
      return loadInclusion(playRun, { task, kind, name: asText(name), args, vars: new Map() }, false)
  } catch {}
  foresight.isDoubtful = true
  return []
}
