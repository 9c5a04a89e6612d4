import { setTimeout as sleep } from 'node:timers/promises'
import type { Json } from '../kernel/json.ts'
import { type Dict, templated, toJson, type Value } from '../kernel/value.ts'
import { inherited } from '../language/inherit.ts'
import { displayName as nameOf } from '../language/loader.ts'
import type { Task } from '../language/model.ts'
import { unmarked } from '../template/index.ts'
import type { Layer } from '../variables/scope.ts'
import { Unknown, UnknownValue } from '../variables/signals.ts'
import { UnknownResult } from '../variables/unknown-result.ts'
import { firstFalse } from './conditions.ts'
import { asText } from './convert.ts'
import { type Attempt, runDebugged } from './debugger.ts'
import { gatheredBy, knowsFacts } from './gather.ts'
import { notify } from './handlers.ts'
import { type HostState, storeFacts, storeGiven } from './host.ts'
import { mayDebug, stepsInto } from './interactive.ts'
import { type InclusionRequest, registered, registerName, runItem, type TaskRun } from './item.ts'
import { mapLimit } from './limit.ts'
import { type LoopItem, loopItems, loopResult } from './loop.ts'
import { type Frame, infoOf, type PlayRun, scopeOf, stateOf } from './play-run.ts'
import { flag, keywordInteger } from './prepare.ts'
import { type ItemOutcome, problemResult, resultJson, skippedResult, unknownResult } from './results.ts'
import { takesPart } from './turn.ts'

/** Runs a task on hosts, all of them before it returns. Gives what the hosts want included next. */
export async function runTask(
  playRun: PlayRun,
  task: Task,
  hosts: readonly HostState[],
  frame: Frame,
): Promise<InclusionRequest[]> {
  const active = hosts.filter((host) => takesPart(host, task) && !knowsFacts(playRun, host, task))
  if (active.length === 0) return []
  const first = active[0]!
  const once = flagOr(playRun, task, 'run_once', first) || FOR_ALL.has(task.action.name)
  const runners = once ? [first] : active
  const info = infoOf(playRun, task, displayName(playRun, task, first))
  if (!(await stepsInto(playRun, task, info.name))) return []
  if (task.action.name !== 'meta')
    playRun.engine.emit({ type: 'task-start', task: info, hosts: runners.map((host) => host.name) })
  const includes: InclusionRequest[] = []
  const throttle = throttleOf(playRun, task, first)
  await mapLimit(
    runners,
    throttle > 0 ? Math.min(throttle, playRun.engine.options.forks) : playRun.engine.options.forks,
    (host) =>
      runOnHost(
        { playRun, task, host, frame, info, includes, loopVars: new Map(), itemsLeft: [] },
        once ? playRun.batch.filter(({ unreachable }) => !unreachable) : [host],
      ),
  )
  stopOnFatal(playRun, task, runners, active, frame)
  return includes
}

/** Actions that run once for all hosts by their nature. */
const FOR_ALL: ReadonlySet<string> = new Set(['add_host', 'pause'])

async function runOnHost(run: TaskRun, sharers: readonly HostState[]): Promise<void> {
  const attempt: Attempt = async (current) => {
    const started = performance.now()
    const outcome = current.task.loop === null ? await runItem(current, []) : await runLoop(current)
    return () => {
      finish(current, outcome, sharers, performance.now() - started)
      return outcome
    }
  }
  if (mayDebug(run.playRun.engine.options, run.task)) return runDebugged(run, sharers, attempt)
  const settle = await attempt(run)
  settle()
}

/** Each item in turn; a failed item does not stop the others, an unreachable host does. */
async function runLoop(run: TaskRun): Promise<ItemOutcome> {
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
    const { outcome, label } = labelled(
      run,
      item,
      await runItem({ ...run, loopVars: item.vars, itemsLeft: later(items, index) }, [item.vars]),
    )
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
    if (failed !== null) return skippedResult('Conditional result was False', failed.value)
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
  for (const [name, value] of item.vars) outcome.result.set(name, unmarked(value))
  return { outcome, label }
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
  if (outcome.status === 'changed' || outcome.status === 'unknown') {
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
  if (playRun.engine.options.check && ['changed', 'unknown'].includes(settled.status)) host.pendingChanges += 1
  tell(run, 'host-result', settled, null, ms, ignored)
}

function takeStats({ playRun }: TaskRun, { result }: ItemOutcome, sharers: readonly HostState[]): void {
  const names = sharers.map((host) => host.name)
  for (const one of [result, ...resultsOf(result)]) playRun.run.stats.take(one, names)
}

function remember({ playRun, task, host: runner }: TaskRun, host: HostState, outcome: ItemOutcome): void {
  if (task.keywords.register !== undefined) {
    const scope = scopeOf(playRun, runner, task)
    const name = registerName(task, scope)
    if (name !== null) host.vars.setFacts.set(name, registered(playRun, task, scope, name, outcome))
  }
  if (outcome.given !== undefined && outcome.status !== 'failed' && host !== runner) storeGiven(host, outcome.given)
  if (['set_fact', 'include_vars'].includes(task.action.name)) return
  for (const result of [outcome.result, ...resultsOf(outcome.result)]) {
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

function resultsOf(result: Dict): readonly Dict[] {
  const results = result.get('results')
  return Array.isArray(results) ? results.filter((item): item is Dict => item instanceof Map) : []
}

function isIgnored({ playRun, task, host }: TaskRun, outcome: ItemOutcome): boolean {
  if (outcome.status === 'failed') return outcome.ignored ?? flagOr(playRun, task, 'ignore_errors', host)
  return outcome.status === 'unreachable' && flagOr(playRun, task, 'ignore_unreachable', host)
}

function markRole({ role }: Task, host: HostState): void {
  if (role !== null) host.ranRoles.set(role.identity, role)
}

/** An include that went well counts only once its file is loaded, for each file. */
function count({ task, frame, host }: TaskRun, outcome: ItemOutcome, ignored: boolean): void {
  const { counts } = host
  const { status } = outcome
  if (['include_tasks', 'include_role', 'include'].includes(task.action.name) && status === 'ok') return
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

function tell(
  run: TaskRun,
  type: 'item' | 'host-result',
  outcome: ItemOutcome,
  item: Json,
  ms: number,
  ignored = false,
): void {
  const { playRun, host } = run
  const hidden = flagOr(playRun, run.task, 'no_log', host)
  const result = hidden ? censored(outcome) : jsonWithoutUnknowns(outcome.result)
  const diff = inherited(run.task, 'diff') === null ? null : flagOr(playRun, run.task, 'diff', host)
  const brief = hidden || diff === false
  const changes = brief ? outcome.changes.map(({ what }) => ({ what, before: null, after: null })) : outcome.changes
  const delegate = delegateOf(run)
  playRun.engine.emit({
    type,
    task: run.info,
    host: host.name,
    delegate,
    item: hidden ? '(censored due to no_log)' : item,
    status: outcome.status,
    ignored,
    changes,
    ...(diff === null ? {} : { diff }),
    result,
    ms,
  })
}

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

/** `any_errors_fatal` (unless a rescue takes the failure), a failed `run_once`, too many failures: the play ends for all hosts. */
export function stopOnFatal(
  playRun: PlayRun,
  task: Task,
  runners: readonly HostState[],
  active: readonly HostState[],
  frame: Frame,
): void {
  const failed = runners.find((host) => host.failure?.task === task || host.unreachable)
  if (failed === undefined) return
  const fatal =
    runners.length < active.length || (!frame.rescuable && flagOr(playRun, task, 'any_errors_fatal', failed))
  if (!fatal && (frame.rescuable || !tooManyFailed(playRun, task, failed))) return
  for (const host of active) host.failure ??= failed.failure ?? { task, result: new Map() }
}

/** `max_fail_percentage`: more failed hosts than that end the play for the whole batch. */
function tooManyFailed({ play, batch, ...playRun }: PlayRun, task: Task, failed: HostState): boolean {
  const sited = play.keywords.max_fail_percentage
  if (sited === undefined) return false
  const most = Number(asText(scopeOf({ play, batch, ...playRun }, failed, task).render(sited.value)).replace('%', ''))
  const lost = batch.filter((host) => host.failure !== null || host.unreachable).length
  return (lost / batch.length) * 100 > most
}

function throttleOf(playRun: PlayRun, task: Task, host: HostState): number {
  return inherited(task, 'throttle') === null ? 0 : keywordInteger(task, 'throttle', scopeOf(playRun, host, task))
}

/** A boolean keyword that must not stop the run: one that can't be rendered counts as not given. */
function flagOr(
  playRun: PlayRun,
  task: Task,
  keyword: Parameters<typeof flag>[1],
  host: HostState,
  above: readonly Layer[] = [],
): boolean {
  return inherited(task, keyword) === null ? false : flag(task, keyword, scopeOf(playRun, host, task, above))
}

/** A task's name as Ansible prints it, with templates rendered where they can be. */
export function displayName(playRun: PlayRun, task: Task, host: HostState): string {
  const action = templated(task.action.written, task.action.at)
  const name = task.name ?? (typeof action === 'string' ? null : action)
  if (name === null) return nameOf(task, null)
  try {
    return nameOf(task, asText(scopeOf(playRun, host, task).render(name)))
  } catch {
    return nameOf(task, sourceText(name))
  }
}

function sourceText(name: Value): string {
  return typeof name === 'object' && name !== null && 'source' in name ? String(name.source) : asText(name)
}
