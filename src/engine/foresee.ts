import type { Runnable } from '../kernel/module.ts'
import type { StepOutput } from '../kernel/shell.ts'
import { next, rescued, type Soon } from '../kernel/soon.ts'
import type { Dict } from '../kernel/value.ts'
import { inherited } from '../language/inherit.ts'
import type { Role, Task } from '../language/model.ts'
import { Foresight } from '../variables/foresight.ts'
import type { Layer, Scope } from '../variables/scope.ts'
import { NotYet, PendingValue } from '../variables/signals.ts'
import type { Ahead } from './ahead.ts'
import { firstFalse } from './conditions.ts'
import { control } from './controls/index.ts'
import { asText } from './convert.ts'
import { outcomeOn } from './execute.ts'
import { knowsFacts } from './gather.ts'
import type { HostState } from './host.ts'
import { isShown, judge, stationOf } from './item.ts'
import { type LoopItem, loopItems, loopResult, withItem } from './loop.ts'
import { type PlayRun, scopeOf } from './play-run.ts'
import { moduleOf, prepareTask, type Ready, type Station } from './prepare.ts'
import { type ItemOutcome, skippedBy } from './results.ts'
import { isSureOfTurn, isSureToInclude, isSureToPass, mayMove, takesPart } from './turn.ts'

/** What one look ahead has seen. */
export class View {
  readonly playRun: PlayRun
  readonly host: HostState
  readonly ahead: Ahead[] = []
  readonly foresight = new Foresight()
  /** What lies above the variables of all that is foreseen. */
  readonly above: readonly Layer[] = [this.foresight.guessed]
  /** Roles that will have run. */
  readonly ranRoles: Map<string, Role>

  #changesController: boolean | null = null

  constructor(playRun: PlayRun, host: HostState) {
    this.playRun = playRun
    this.host = host
    this.ranRoles = new Map(host.ranRoles)
  }

  /** A host of the play is the controller's own machine, so that its files may change meanwhile. Tasks that are delegated there keep their place anyway. */
  get changesController(): boolean {
    const { batch, run } = this.playRun
    this.#changesController ??= batch.some(({ name }) => run.connections.isController(name))
    return this.#changesController
  }

  /** What can't be foreseen is left out, and behind it nothing is sure. */
  attempt(work: () => Soon<unknown>): Soon<unknown> {
    return rescued(work, () => {
      this.foresight.isDoubtful = true
    })
  }

  /** What a task registers, as far as it is known before it has run. */
  remember(task: Task, outcome: ItemOutcome | null): void {
    const register = task.keywords.register?.value
    if (register === undefined) return
    this.foresight.guessed.set(register, outcome?.result ?? pendingResult(task, asText(register)))
  }
}

const pendingResults = new WeakMap<Task, PendingValue>()

/** The same for all hosts. */
function pendingResult(task: Task, register: string): PendingValue {
  const pending = pendingResults.get(task) ?? new PendingValue(register)
  pendingResults.set(task, pending)
  return pending
}

/** Looks at one task: notes what it will ask, and what will come of it where that is known by now. */
export function foresee(view: View, playRun: PlayRun, task: Task): Soon<void> {
  const { host, foresight, ranRoles } = view
  const several = playRun.batch.length > 1
  if (!takesPart(host, task, ranRoles)) {
    // Others may, and do things here.
    foresight.isDoubtful ||= several
    return
  }
  if (knowsFacts(playRun, host, task)) return
  const met = (outcome: ItemOutcome | null) => {
    view.remember(task, outcome)
    if (task.role !== null && outcome?.status !== 'skipped') ranRoles.set(task.role.identity, task.role)
  }
  const work = () => next(outcomeOf(view, playRun, task), met)
  return rescued(work, (error) => {
    met(null)
    throw error
  })
}

function outcomeOf(view: View, playRun: PlayRun, task: Task): Soon<ItemOutcome | null> {
  const { host, foresight } = view
  const scope = scopeOf(playRun, host, task, view.above, foresight)
  const own = control(task.action)
  if (own !== null) return foreseeControl(view, playRun, task, scope, own)
  const given =
    task.loop === null
      ? foreseeItem(view, playRun, task, view.above, scope)
      : foreseeLoop(view, playRun, task, loopItems(task, scope, playRun.engine.templates))
  return next(given, (outcome) => {
    foresight.isDoubtful ||= !isSureToPass(playRun, host, task) || outcome?.status === 'failed'
    return outcome
  })
}

async function foreseeLoop(
  view: View,
  playRun: PlayRun,
  task: Task,
  items: readonly LoopItem[],
): Promise<ItemOutcome | null> {
  const outcomes: (ItemOutcome | null)[] = []
  for (const item of items) {
    const one = await foreseeItem(view, playRun, task, [item.vars, ...view.above])
    outcomes.push(one && withItem(one, item))
  }
  return outcomes.every((one) => one !== null) ? loopResult(outcomes) : null
}

/** One loop item of a task, or a task without a loop. Gives what will come of it, if the host has said so already and nothing is to change. */
export function foreseeItem(
  view: View,
  playRun: PlayRun,
  task: Task,
  above: readonly Layer[],
  scope = scopeOf(playRun, view.host, task, above, view.foresight),
  isOwn = false,
): Soon<ItemOutcome | null> {
  const { host, foresight } = view
  const failed = firstFalse(inherited(task, 'when'), scope, playRun.engine.templates)
  const several = playRun.batch.length > 1
  const skipped = failed && skippedBy(failed)
  if (skipped !== null && !several) return skipped
  const doubt = (module: Runnable) => {
    foresight.isDoubtful ||= !(isOwn ? mayMove(playRun, task) : isSureOfTurn(playRun, task, module))
  }
  // Also where it is skipped: other hosts may do it, and do things here.
  if (skipped !== null) {
    return next(moduleOf(playRun, task), (module) => {
      doubt(module)
      return skipped
    })
  }
  const station = stationOf({ playRun, task, host }, scope, above)
  return next(prepareTask(playRun, task, station), (ready) => {
    doubt(ready.recipe.module)
    return foreseeReady(view, playRun, task, station, ready, isOwn)
  })
}

function foreseeReady(
  view: View,
  playRun: PlayRun,
  task: Task,
  station: Station,
  ready: Ready,
  isOwn: boolean,
): Soon<ItemOutcome | null> {
  const { foresight, ahead } = view
  const { recipe, wire } = ready
  const { scope } = station
  const step = recipe.question
  foresight.isDoubtful ||= foresight.readsController && view.changesController
  // A label that can't be rendered is a failure.
  if (task.loopControl.label !== null) scope.render(task.loopControl.label)
  if (step === null && foresight.isDoubtful) throw new NotYet('what an action without a probe will do')
  return next(step === null ? null : wire.lastAnswer(step), (answer) => {
    const isNow = isOwn || playRun.batch.length === 1
    const applyOn = foresight.isDoubtful ? null : (given: StepOutput | null) => applyOf(ready, given, isNow)
    ahead.push({ wire, step, answer, applyOn, effects: recipe.module.effects, isOwn })
    if (answer === null || task.keywords.register === undefined) return null
    const outcome = outcomeOn(recipe, answer, isShown(playRun, task, scope))
    return outcome && judge({ playRun, task }, station, outcome)
  })
}

/** The apply that follows from an answer. Throws where what follows can't be told by it: facts, and applies that other hosts see. */
function applyOf({ recipe: { prepared, module, step } }: Ready, answer: StepOutput | null, isNow: boolean) {
  const observed = prepared.observe(answer)
  if (observed.changes.length === 0) {
    if ('ansible_facts' in observed.result(null)) throw new NotYet('the facts')
    return null
  }
  if ((observed.leaves?.() ?? null) !== null) throw new NotYet('whose shells are to be closed')
  if (module.effects === 'network' && !isNow) throw new NotYet('when this will be applied')
  return step(observed.apply())
}

type NamedControl = NonNullable<ReturnType<typeof control>>

/** A control that works with variables alone is done, as far as they are known; all else may change what follows. */
function foreseeControl(view: View, playRun: PlayRun, task: Task, scope: Scope, own: NamedControl): ItemOutcome | null {
  const { host, foresight } = view
  const failed = task.loop === null ? firstFalse(inherited(task, 'when'), scope, playRun.engine.templates) : null
  if (failed !== null) {
    foresight.isDoubtful ||= playRun.batch.length > 1 && own.isPure !== true
    return skippedBy(failed)
  }
  if (own.isPure !== true || task.loop !== null) {
    foresight.isDoubtful ||= !isSureToInclude(playRun, host, task, own.name)
    return null
  }
  foresight.isDoubtful ||= inherited(task, 'delegate_to') !== null || !isSureToPass(playRun, host, task)
  const args = own.arguments(task, scope)
  const run = (given: Dict) => own.run({ args: given, task, scope, playRun })
  const done = own.name === 'set_fact' ? guessFacts(foresight, args, run) : run(args)
  const outcome = judge({ playRun, task }, { scope }, done)
  foresight.isDoubtful ||= outcome.status === 'failed'
  return outcome
}

/** What `set_fact` will set; where not all of it is known yet, one after another: one keeps the others from nothing. */
function guessFacts(foresight: Foresight, args: Dict, run: (args: Dict) => ItemOutcome): ItemOutcome {
  const guess = (outcome: ItemOutcome) => {
    for (const [name, value] of outcome.given?.values ?? []) foresight.guessed.set(name, value)
    return outcome
  }
  for (const name of args.keys()) if (asText(name).includes('{{')) foresight.isDoubtful = true
  try {
    return guess(run(args))
  } catch (error) {
    const guesses: (() => void)[] = []
    for (const [name, value] of args) {
      if (name === 'cacheable') continue
      try {
        const outcome = run(new Map([[name, value]]))
        guesses.push(() => guess(outcome))
      } catch {
        guesses.push(() => foresight.guessed.set(name, new PendingValue(asText(name))))
      }
    }
    for (const each of guesses) each()
    throw error
  }
}
