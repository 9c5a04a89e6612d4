import type { Change } from '../kernel/change.ts'
import type { Json, JsonObject } from '../kernel/json.ts'
import { Chosen, Failure, type Observed } from '../kernel/module.ts'
import type { Sh } from '../kernel/sh.ts'
import type { StepOutput } from '../kernel/shell.ts'
import { next, rescued, type Soon } from '../kernel/soon.ts'
import { type Dict, fromJson, type Value } from '../kernel/value.ts'
import type { LookAhead, Plan } from './ahead.ts'
import type { Ready } from './prepare.ts'
import { type Recipe, withQuestion } from './recipe.ts'
import { failedResult, type ItemOutcome, moduleResult } from './results.ts'

export type ExecuteOptions = {
  readonly check: boolean
  /** What files hold is shown (`--diff`). */
  readonly diff: boolean
  /** Earlier changes of this host are shown and not made (check mode): what can't be planned now may be possible then. */
  readonly pending: boolean
  readonly lookAhead: LookAhead
  /** A message may ask and apply. */
  readonly mayPlan: boolean
  /** Another attempt of the same task: an answer from before won't do. */
  readonly again: boolean
  /** What may travel behind an apply: where others change at the same time what this host may see, only what is left of a loop. */
  readonly behindApply: (effects: 'host' | 'network') => LookAhead
  /** Applies in the background (`async`); null: here and now. */
  readonly background: ((observed: Observed, probed: StepOutput | null) => Promise<ItemOutcome>) | null
}

/** Probe → plan → apply. The engine stops before the apply in check mode; there is no other difference. */
export function execute(ready: Ready, options: ExecuteOptions): Soon<ItemOutcome> {
  const { recipe, wire } = ready
  const { question } = recipe
  if (question === null) return settled(ready, options, null)
  const plan = () => planOf(recipe, options)
  const output = wire.probe(question, options.lookAhead, { fresh: options.again, plan })
  return next(output, (answer) => settled(ready, options, answer))
}

function settled(ready: Ready, options: ExecuteOptions, output: StepOutput | null): Soon<ItemOutcome> {
  const { recipe } = ready
  let changes: readonly Change[] = []
  const settle = () => {
    const observed = recipe.prepared.observe(output && recipe.inTime(output))
    changes = observed.changes
    return changes.length === 0
      ? converged(observed, recipe, options.diff)
      : changing(ready, withDiff(observed, recipe, options.diff), options, output)
  }
  return rescued(settle, (error) => {
    if (error instanceof Chosen) return execute({ ...ready, recipe: withQuestion(recipe, error.prepared) }, options)
    if (!(error instanceof Failure)) throw error
    return options.pending ? notPlannable(error, changes) : { ...failedResult(error.message, error.data), changes }
  })
}

function changing(
  ready: Ready,
  observed: Observed,
  options: ExecuteOptions,
  output: StepOutput | null,
): Soon<ItemOutcome> {
  if (!options.check)
    return options.background === null ? applied(ready, observed, options) : options.background(observed, output)
  return observed.rehearse === undefined
    ? planned(observed, ready.recipe.args, options.diff)
    : rehearsed(ready, observed, observed.rehearse(), options)
}

/** What comes of a task if the host answers so; null when it has something to change. Raises `Failure`. */
export function outcomeOn(recipe: Recipe, answer: StepOutput, diff: boolean): ItemOutcome | null {
  const observed = recipe.prepared.observe(answer)
  return observed.changes.length === 0 ? converged(observed, recipe, diff) : null
}

/** The same for all hosts of which the same was observed. */
function converged(observed: Observed, recipe: Recipe, diff: boolean): ItemOutcome {
  const known = outcomes.get(observed)
  if (known?.diff === diff) return known.outcome
  const { result, changes } = withDiff(observed, recipe, diff)
  const outcome: ItemOutcome = { status: 'ok', result: moduleResult(result(null), false, false), changes }
  outcomes.set(observed, { diff, outcome })
  return outcome
}

const outcomes = new WeakMap<Observed, { readonly diff: boolean; readonly outcome: ItemOutcome }>()

async function applied(ready: Ready, observed: Observed, options: ExecuteOptions): Promise<ItemOutcome> {
  const { recipe, wire } = ready
  const { effects } = recipe.module
  const user = observed.leaves?.() ?? null
  if (user !== null) await wire.leave(user)
  // Looking ahead might open a shell of the user again.
  const lookAhead = user === null ? options.behindApply(effects) : null
  const output = await wire.applyPlanned(recipe.step(observed.apply()), effects, lookAhead)
  if (output === null) return execute(ready, { ...options, again: true })
  if (recipe.inTime(output).rc !== 0) throw observed.failure(output)
  return answered(observed, observed.result(output))
}

/** What the host may apply as soon as it has answered as before; null where that is not for now. */
function planOf({ prepared, module, step }: Recipe, options: ExecuteOptions): Plan | null {
  if (options.check || options.background !== null || !options.mayPlan) return null
  const { effects } = module
  const on = (answer: StepOutput) => {
    const observed = prepared.observe(answer)
    // Whose shells are to be closed first, that is done at its time.
    return observed.changes.length === 0 || (observed.leaves?.() ?? null) !== null ? null : step(observed.apply())
  }
  return { on, effects, lookAhead: options.behindApply(effects) }
}

/** Check mode, and the module foretells by running: its answer is fetched like a probe's, and never from before. */
async function rehearsed(
  { recipe, wire }: Ready,
  observed: Observed,
  script: Sh,
  options: ExecuteOptions,
): Promise<ItemOutcome> {
  const output = await wire.probe(recipe.step(script), options.lookAhead, { fresh: true })
  if (recipe.inTime(output).rc !== 0) throw observed.failure(output)
  return answered(observed, observed.result(output))
}

function answered(observed: Observed, answer: JsonObject): ItemOutcome {
  const changes = observed.told?.(answer) ?? observed.changes
  const result = moduleResult(answer, counts(changes), false)
  if (result.get('skipped') === true) return { status: 'skipped', result, changes: [] }
  return { status: result.get('changed') === true ? 'changed' : 'ok', result, changes }
}

/** Check mode, and the task would change: only that is known of its result. */
function planned({ changes, diff }: Observed, args: JsonObject, shown: boolean): ItemOutcome {
  const counted = counts(changes)
  const known: Dict = new Map<Value, Value>([
    ['changed', counted],
    ['failed', false],
  ])
  for (const name of ['path', 'dest']) if (typeof args[name] === 'string') known.set(name, args[name])
  const difference = diff?.(null, shown)
  if (difference !== undefined) known.set('diff', fromJson(difference))
  const uncertain = changes.every((change) => change.uncertain === true || change.quiet === true)
  return { status: !counted ? 'ok' : uncertain ? 'unknown' : 'changed', result: known, changes }
}

/** With `diff` in every result; under `no_log` it tells as little as Ansible's `template` does there. */
function withDiff(observed: Observed, { noLog }: Recipe, shown: boolean): Observed {
  if (observed.diff === undefined) return observed
  const diff = (output: StepOutput | null) => {
    const told = observed.diff?.(output, shown)
    return told === undefined || !noLog ? told : hiddenDiff(told)
  }
  const result = (output: StepOutput | null) => {
    const told = diff(output)
    return { ...observed.result(output), ...(told === undefined ? {} : { diff: told }) }
  }
  return { ...observed, diff, result }
}

function hiddenDiff(diff: Json): Json {
  if (Array.isArray(diff)) return diff.map(hiddenDiff)
  if (typeof diff !== 'object' || diff === null) return diff
  const hidden = " [[ Diff output has been hidden because 'no_log: true' was specified for this result ]]\n"
  const sides = { before: '', after: hidden, prepared: hidden }
  return { ...diff, ...Object.fromEntries(Object.entries(sides).filter(([name]) => name in diff)) }
}

/** Quiet changes are made, and the task is still `ok`. */
function counts(changes: readonly Change[]): boolean {
  return changes.some((change) => change.quiet !== true)
}

function notPlannable(failure: Failure, changes: readonly Change[]): ItemOutcome {
  const result = fromJson({
    changed: true,
    failed: false,
    msg: `unknown until applied: ${failure.message}`,
  } satisfies JsonObject as Json) as Dict
  return { status: 'unknown', result, changes }
}
