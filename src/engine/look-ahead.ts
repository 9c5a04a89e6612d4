import { setImmediate as afterEvents } from 'node:timers/promises'
import type { StepOutput } from '../kernel/shell.ts'
import type { Dict, Value } from '../kernel/value.ts'
import { inherited } from '../language/inherit.ts'
import type { Block, Item, Role, Task } from '../language/model.ts'
import { Foresight } from '../variables/foresight.ts'
import type { Layer, Scope } from '../variables/scope.ts'
import { NotYet, PendingValue } from '../variables/signals.ts'
import { firstFalse } from './conditions.ts'
import { control } from './controls/index.ts'
import { asText } from './convert.ts'
import { knowsFacts } from './gather.ts'
import { type HostState, isActive } from './host.ts'
import { loadInclusion } from './inclusions.ts'
import { stationOf } from './item.ts'
import { loopItems } from './loop.ts'
import { type Frame, type PlayRun, scopeOf } from './play-run.ts'
import { moduleOf, prepareTask, type Ready } from './prepare.ts'
import { strategyOf } from './strategy-name.ts'
import { endsForAll, isSureOfTurn, isSureToPass, takesPart } from './turn.ts'
import type { Ahead, LookAhead } from './wire.ts'

/** What is left of the loop that a task is in. */
export type OwnItems = { readonly task: Task; readonly items: readonly Layer[] }

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
    view.foresight.isDoubtful = !mayApplyAhead(playRun, host, own.task)
    for (const layer of own.items) {
      if (view.ahead.length >= limit) break
      await view.attempt(() => foreseeItem(view, playRun, own.task, [layer, view.foresight.guessed]))
    }
    view.pend(own.task)
    let tasks = 0
    let until = performance.now() + SLICE
    for (const { inPlay, task } of following(view, frame)) {
      if (view.ahead.length >= limit || ++tasks > MOST_TASKS) break
      if (performance.now() > until) {
        await afterEvents()
        until = performance.now() + SLICE
      }
      await view.attempt(() => foresee(view, inPlay, task))
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
    batch.every((other) => !isActive(other) || run.connections.isKnown(other.name))
  return !engine.options.check && !task.handler && (batch.length === 1 || inStep()) && isSureToPass(playRun, host, task)
}

/** What one look ahead has seen. */
class View {
  readonly playRun: PlayRun
  readonly host: HostState
  readonly ahead: Ahead[] = []
  readonly foresight = new Foresight()
  /** Roles that will have run. */
  readonly ranRoles: Map<string, Role>

  constructor(playRun: PlayRun, host: HostState) {
    this.playRun = playRun
    this.host = host
    this.ranRoles = new Map(host.ranRoles)
  }

  /** What can't be foreseen is left out, and behind it nothing is sure. */
  async attempt(work: () => Promise<void>): Promise<void> {
    try {
      await work()
    } catch {
      this.foresight.isDoubtful = true
    }
  }

  /** What a task registers is not known before it has run. */
  pend(task: Task): void {
    const register = task.keywords.register?.value
    if (register !== undefined) this.foresight.guessed.set(register, new PendingValue(asText(register)))
  }
}

type Foreseen = { readonly inPlay: PlayRun; readonly task: Task }

/**
 * Tasks in the order they will run if nothing fails: the rest of each frame, inside out, then the plays behind this one. Sure is only
 * what follows in the same blocks: at the end of an include or of a phase other hosts or handlers may come first.
 */
function* following(view: View, start: Frame): Generator<Foreseen> {
  const { playRun, host, foresight } = view
  for (let frame: Frame | null = start; frame !== null; frame = frame.outer) {
    yield* flatten(view, playRun, frame.items.slice(frame.index + 1))
    const around: Item | undefined = frame.outer?.items[frame.outer.index]
    if (around?.kind !== 'block' || around.always.length > 0 || othersMayRescue(playRun, around))
      foresight.isDoubtful = true
  }
  for (const later of playRun.later()) {
    view.ranRoles.clear()
    if (later.all.includes(host)) yield* flatten(view, later, later.phases.flat())
  }
}

function* flatten(view: View, playRun: PlayRun, items: readonly Item[]): Generator<Foreseen> {
  for (const item of items) {
    if (item.kind === 'block') {
      yield* flatten(view, playRun, item.items)
      if (othersMayRescue(playRun, item)) view.foresight.isDoubtful = true
      yield* flatten(view, playRun, item.always)
    } else if (!playRun.selected(item)) continue
    else {
      yield { inPlay: playRun, task: item }
      yield* flatten(view, playRun, includedBy(view, playRun, item))
    }
  }
}

/** Behind the block other hosts may first go through its rescue, and do things here. */
function othersMayRescue({ batch }: PlayRun, { rescue }: Block): boolean {
  return batch.length > 1 && rescue.length > 0
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
    return name === undefined
      ? []
      : loadInclusion(playRun, { task, kind, name: asText(name), args, vars: new Map() }, false)
  } catch {
    return []
  }
}

async function foresee(view: View, playRun: PlayRun, task: Task): Promise<void> {
  const { host, foresight, ranRoles } = view
  if (!takesPart(host, task, ranRoles) || knowsFacts(playRun, host, task)) return
  try {
    const scope = scopeOf(playRun, host, task, [foresight.guessed], foresight)
    const own = control(task.action)
    if (own !== null) return foreseeControl(view, playRun, task, scope, own)
    if (task.loop === null) await foreseeItem(view, playRun, task, [foresight.guessed], scope)
    else
      for (const { vars } of loopItems(task, scope, playRun.engine.templates))
        await foreseeItem(view, playRun, task, [vars, foresight.guessed])
    foresight.isDoubtful ||= !isSureToPass(playRun, host, task)
  } finally {
    view.pend(task)
    if (task.role !== null) ranRoles.set(task.role.identity, task.role)
  }
}

async function foreseeItem(
  { ahead, host, foresight }: View,
  playRun: PlayRun,
  task: Task,
  above: readonly Layer[],
  scope = scopeOf(playRun, host, task, above, foresight),
): Promise<void> {
  if (firstFalse(inherited(task, 'when'), scope, playRun.engine.templates) !== null) return
  const station = stationOf({ playRun, task, host }, scope, above)
  const module = await moduleOf(playRun, task)
  foresight.isDoubtful ||= !isSureOfTurn(playRun, task, module)
  const ready = await prepareTask(playRun, task, station, module)
  const { question } = ready.recipe
  if (question === null) throw new NotYet('what an action without a probe will do')
  if (foresight.readsController && playRun.run.connections.reachController) foresight.isDoubtful = true
  const applyOn = foresight.isDoubtful ? null : (answer: StepOutput) => applyOf(ready, answer)
  ahead.push({ wire: ready.wire, step: question, applyOn })
}

/** The apply that follows from an answer. Throws where what follows can't be told by it: facts, and applies that others see. */
function applyOf({ recipe: { prepared, module, step } }: Ready, answer: StepOutput) {
  const observed = prepared.observe(answer)
  if (observed.changes.length === 0) {
    if ('ansible_facts' in observed.result(null)) throw new NotYet('the facts')
    return null
  }
  if ((observed.leaves?.() ?? null) !== null) throw new NotYet('whose shells are to be closed')
  if (module.effects === 'network') throw new NotYet('when this will be applied')
  return step(observed.apply())
}

type NamedControl = NonNullable<ReturnType<typeof control>>

/** What `set_fact` will set is known where its values are; a message changes nothing; all else may change what follows. */
function foreseeControl(view: View, playRun: PlayRun, task: Task, scope: Scope, own: NamedControl): void {
  const { host, foresight } = view
  if (task.loop !== null || !['set_fact', 'debug'].includes(own.name)) {
    foresight.isDoubtful = true
    return
  }
  const applies = firstFalse(inherited(task, 'when'), scope, playRun.engine.templates) === null
  if (applies && own.name === 'set_fact') guessFacts(foresight, own.arguments(task, scope), scope)
  if (applies && own.name === 'debug') for (const value of own.arguments(task, scope).values()) scope.render(value)
  foresight.isDoubtful ||= inherited(task, 'delegate_to') !== null || !isSureToPass(playRun, host, task)
}

function guessFacts(foresight: Foresight, args: Dict, scope: Scope): void {
  const facts: Dict = new Map()
  for (const [name, value] of args) {
    try {
      facts.set(name, scope.render(value))
    } catch {
      facts.set(name, new PendingValue(asText(name)))
    }
  }
  for (const [name, value] of facts) foresight.guessed.set(name, value satisfies Value)
}
