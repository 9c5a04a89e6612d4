import type { HostResult } from '../kernel/event.ts'
import type { Json, JsonObject } from '../kernel/json.ts'
import type { Dict } from '../kernel/value.ts'
import { inherited } from '../language/inherit.ts'
import type { Task } from '../language/model.ts'
import { UnknownValue } from '../variables/signals.ts'
import { UnknownResult } from '../variables/unknown-result.ts'
import { asText } from './convert.ts'
import { flagOr } from './flag-or.ts'
import { gatheredBy } from './gather.ts'
import { notify } from './handlers.ts'
import { type HostState, storeFacts, storeGiven } from './host.ts'
import { isRepeated, registered, registerName, type TaskRun } from './item.ts'
import { type PlayRun, scopeOf, stateOf } from './play-run.ts'
import { type ItemOutcome, problemResult, resultJson } from './results.ts'

/**
 * Stores, counts, notifies and tells what came of a task; `sharers` are all hosts that a `run_once` result is for (it counts and
 * notifies only where it ran). `ignorable` false: `ignore_errors` does not hold.
 */
export function finish(
  run: TaskRun,
  outcome: ItemOutcome,
  sharers: readonly HostState[],
  ms: number,
  given: { readonly ignorable?: boolean } = {},
): void {
  const { playRun, task, host } = run
  for (const sharer of sharers) remember(run, sharer, outcome)
  if (outcome.status !== 'failed') takeStats(run, outcome, sharers)
  let settled = outcome
  if (isChange(outcome)) {
    try {
      notify(run, outcome.status)
    } catch (error) {
      settled = problemResult(error, playRun.engine.sourceOf)
    }
  }
  const ignored = given.ignorable === false ? false : isIgnored(run, settled)
  if (task.action.name === 'meta' && settled.status !== 'failed') return
  for (const sharer of sharers) if (settled.status !== 'skipped') markRole(task, sharer)
  count(run, settled, ignored)
  if (playRun.engine.options.check && isChange(settled)) host.pendingChanges += 1
  tell(run, 'host-result', settled, null, ms, ignored)
}

function isChange(outcome: ItemOutcome): outcome is ItemOutcome & { readonly status: 'changed' | 'unknown' } {
  return outcome.status === 'changed' || outcome.status === 'unknown'
}

function takeStats({ playRun }: TaskRun, { result }: ItemOutcome, sharers: readonly HostState[]): void {
  for (const one of allOf(result)) playRun.run.stats.take(one, sharers)
}

function remember({ playRun, task, host: runner }: TaskRun, host: HostState, outcome: ItemOutcome): void {
  if (outcome.given !== undefined && outcome.status !== 'failed') {
    if (host !== runner) storeGiven(host, outcome.given)
    else if (!isRepeated(task)) storeGiven(factsOwner(playRun, host, runner, task), outcome.given)
  }
  if (task.keywords.register !== undefined) {
    const scope = scopeOf(playRun, runner, task)
    const name = registerName(task, scope)
    if (name !== null) host.vars.setFacts.set(name, registered(playRun, task, scope, name, outcome))
  }
  if (outcome.given !== undefined) return
  for (const result of allOf(outcome.result)) {
    const facts = result.get('ansible_facts')
    if (facts instanceof Map) storeFacts(factsOwner(playRun, host, runner, task), gatheredBy(task, facts as Dict))
  }
}

/** Whose facts a task gathers: with `delegate_facts`, those of the host it ran on. */
function factsOwner(playRun: PlayRun, host: HostState, runner: HostState, task: Task): HostState {
  const delegate = inherited(task, 'delegate_to')
  if (delegate === null || !flagOr(playRun, task, 'delegate_facts', host)) return host
  return stateOf(playRun.run, asText(scopeOf(playRun, runner, task).render(delegate.value)))
}

/** A result and, for a loop, those of its items. */
function allOf(result: Dict): readonly Dict[] {
  const results = result.get('results')
  return Array.isArray(results) ? [result, ...results.filter((item): item is Dict => item instanceof Map)] : [result]
}

function isIgnored({ playRun, task, host }: TaskRun, outcome: ItemOutcome): boolean {
  if (outcome.status === 'failed') return outcome.ignored ?? flagOr(playRun, task, 'ignore_errors', host)
  return outcome.status === 'unreachable' && flagOr(playRun, task, 'ignore_unreachable', host)
}

function markRole({ role }: Task, host: HostState): void {
  if (role !== null) host.ranRoles.set(role.identity, role)
}

const INCLUDES: ReadonlySet<string> = new Set(['include_tasks', 'include_role', 'include'])

/** An include that went well counts only once its file is loaded, for each file. */
function count({ task, frame, host }: TaskRun, outcome: ItemOutcome, ignored: boolean): void {
  const { counts } = host
  const { status } = outcome
  if (status === 'ok' && INCLUDES.has(task.action.name)) return
  if (status === 'ok' || status === 'changed' || ignored) counts.ok += 1
  if (status === 'changed' || (ignored && outcome.result.get('changed') === true)) counts.changed += 1
  if (status === 'skipped') counts.skipped += 1
  if (status === 'unknown') counts.unknown += 1
  if (ignored) counts.ignored += 1
  if (ignored) return
  if (status === 'failed') {
    host.failure = { task, result: outcome.result }
    if (frame.rescuable) counts.rescued += 1
    else counts.failed += 1
  }
  if (status === 'unreachable') {
    host.unreachable = true
    counts.unreachable += 1
  }
}

export function tell(
  run: TaskRun,
  type: 'item' | 'host-result',
  outcome: ItemOutcome,
  item: Json,
  ms: number,
  ignored = false,
): void {
  const { playRun, host, task } = run
  const hidden = flagOr(playRun, task, 'no_log', host)
  const diff = inherited(task, 'diff') === null ? null : flagOr(playRun, task, 'diff', host)
  const brief = hidden || diff === false
  const changes = brief ? outcome.changes.map(({ what }) => ({ what, before: null, after: null })) : outcome.changes
  const event: HostResult & { readonly type: typeof type } = {
    type,
    task: run.info,
    host: host.name,
    delegate: delegateOf(run),
    item: hidden ? '(censored due to no_log)' : item,
    status: outcome.status,
    ignored,
    changes,
    result: hidden ? censored(outcome) : shownResult(outcome.result),
    ms,
  }
  playRun.engine.emit(diff === null ? event : { ...event, diff })
}

/** Made once for all hosts that share the result. */
function shownResult(result: Dict): JsonObject {
  let shown = shownResults.get(result)
  if (shown === undefined) {
    shown = jsonWithoutUnknowns(result)
    shownResults.set(result, shown)
  }
  return shown
}

const shownResults = new WeakMap<Dict, JsonObject>()

function censored(outcome: ItemOutcome) {
  const text = "the output has been hidden due to the fact that 'no_log: true' was specified for this result"
  return { censored: text, changed: outcome.result.get('changed') === true }
}

function jsonWithoutUnknowns(result: Dict) {
  const kept = [...result].filter(([, value]) => !(value instanceof UnknownResult || value instanceof UnknownValue))
  return resultJson(new Map(kept))
}

function delegateOf({ playRun, task, host }: TaskRun): string | null {
  const sited = inherited(task, 'delegate_to')
  if (sited === null) return null
  try {
    return asText(scopeOf(playRun, host, task).render(sited.value))
  } catch {
    return null
  }
}
