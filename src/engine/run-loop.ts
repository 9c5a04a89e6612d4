import { setTimeout as sleep } from 'node:timers/promises'
import type { Json } from '../kernel/json.ts'
import { type Dict, toJson, type Value } from '../kernel/value.ts'
import { inherited } from '../language/inherit.ts'
import { Unknown } from '../variables/signals.ts'
import { firstFalse } from './conditions.ts'
import { asText } from './convert.ts'
import { tell } from './finish.ts'
import { flagOr } from './flag-or.ts'
import { type InclusionRequest, registerName, runItem, type TaskRun } from './item.ts'
import { type LoopItem, loopItems, loopResult, withItem } from './loop.ts'
import { scopeOf } from './play-run.ts'
import { type ItemOutcome, problemResult, skippedBy, unknownResult } from './results.ts'

/** Each item in turn; a failed item does not stop the others, an unreachable host does. */
export async function runLoop(run: TaskRun): Promise<ItemOutcome> {
  const { playRun, task, host } = run
  const scope = scopeOf(playRun, host, task)
  let items: LoopItem[]
  try {
    items = loopItems(task, scope, playRun.engine.templates)
  } catch (error) {
    return loopProblem(run, error)
  }
  const outcomes: ItemOutcome[] = []
  const ignored: boolean[] = []
  for (const [index, item] of items.entries()) {
    const started = performance.now()
    const includes: InclusionRequest[] = []
    const { outcome, label } = labelled(
      run,
      item,
      await runItem({ ...run, includes, loopVars: item.vars, itemsLeft: later(items, index) }, [item.vars]),
    )
    const shown = flagOr(playRun, task, 'no_log', host, [item.vars]) ? '(censored due to no_log)' : label
    run.includes.push(...includes.map((one) => ({ ...one, inclusion: { ...one.inclusion, label: shown } })))
    outcomes.push(outcome)
    if (outcome.status === 'failed') ignored.push(flagOr(playRun, task, 'ignore_errors', host, [item.vars]))
    tell(run, 'item', outcome, label, performance.now() - started)
    if (outcome.status === 'unreachable' || breaks(run, item, outcome)) break
    if (index < items.length - 1) await pauseBetween(run)
  }
  return { ...loopResult(outcomes), ...(ignored.length === 0 ? {} : { ignored: ignored.every(Boolean) }) }
}

function later(items: readonly LoopItem[], index: number): Dict[] {
  return items.slice(index + 1).map(({ vars }) => vars)
}

/** A loop that can't be worked out does not matter when the task is skipped anyway. */
function loopProblem({ playRun, task, host }: TaskRun, error: unknown): ItemOutcome {
  if (error instanceof Unknown) return unknownResult(error.message)
  try {
    const failed = firstFalse(inherited(task, 'when'), scopeOf(playRun, host, task), playRun.engine.templates)
    if (failed !== null) return skippedBy(failed)
  } catch (other) {
    if (other instanceof Unknown) return unknownResult(other.message)
  }
  return problemResult(error, playRun.engine.sourceOf)
}

/** The outcome with the loop's variables in its result, and its label; a label that can't be rendered is a failure, as in Ansible. */
function labelled(
  { playRun, task, host }: TaskRun,
  item: LoopItem,
  given: ItemOutcome,
): { outcome: ItemOutcome; label: Json } {
  let [outcome, label] = [given, toJson(item.value)]
  if (task.loopControl.label !== null) {
    try {
      label = toJson(scopeOf(playRun, host, task, [item.vars]).render(task.loopControl.label))
    } catch (error) {
      if (!(error instanceof Unknown)) outcome = problemResult(error, playRun.engine.sourceOf)
    }
  }
  return { outcome: withItem(outcome, item), label }
}

function breaks({ playRun, task, host }: TaskRun, item: LoopItem, outcome: ItemOutcome): boolean {
  if (task.loopControl.breakWhen.length === 0) return false
  const own = registerName(task, scopeOf(playRun, host, task))
  const above = own === null ? [item.vars] : [new Map<Value, Value>([[own, outcome.result]]), item.vars]
  const conditions = task.loopControl.breakWhen.map((value) => ({ value, at: task.at }))
  return firstFalse(conditions, scopeOf(playRun, host, task, above), playRun.engine.templates) === null
}

async function pauseBetween({ playRun, task, host }: TaskRun): Promise<void> {
  if (task.loopControl.pause === null) return
  await sleep(Number(asText(scopeOf(playRun, host, task).render(task.loopControl.pause))) * 1000)
}
