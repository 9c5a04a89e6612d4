import type { TaskInfo } from '../kernel/event.ts'
import { Failure } from '../kernel/module.ts'
import { problemsOf } from '../kernel/problem.ts'
import { next, rescued, type Soon } from '../kernel/soon.ts'
import { type Dict, templated, type Value } from '../kernel/value.ts'
import { actionNamed, isTemplated } from '../language/action.ts'
import { inherited } from '../language/inherit.ts'
import type { Task } from '../language/model.ts'
import type { Layer, Scope } from '../variables/scope.ts'
import { Unknown } from '../variables/signals.ts'
import { UnknownResult } from '../variables/unknown-result.ts'
import { type Background, backgroundOf, endedAtOnce, runJob } from './async/job.ts'
import { firstFalse } from './conditions.ts'
import { delegatedLayer } from './connection-vars.ts'
import type { Inclusion } from './controls/control.ts'
import { control } from './controls/index.ts'
import { asBoolean, asText } from './convert.ts'
import { execute } from './execute.ts'
import { type HostState, storeGiven } from './host.ts'
import { checkDebugger } from './interactive.ts'
import { flag, keywordInteger, keywordOf } from './keyword.ts'
import { lookAheadFrom } from './look-ahead.ts'
import { ScopeDict } from './magic.ts'
import { type Frame, type PlayRun, scopeOf, stateOf } from './play-run.ts'
import { prepareTask, type Ready, type Station } from './prepare.ts'
import {
  copied,
  failedResult,
  type ItemOutcome,
  problemResult,
  resultJson,
  skippedBy,
  unknownResult,
} from './results.ts'

/** Everything about one task on one host that does not change from item to item. */
export type TaskRun = {
  readonly playRun: PlayRun
  readonly task: Task
  readonly host: HostState
  readonly frame: Frame
  readonly info: TaskInfo
  /** Receives what an include asks for. */
  readonly includes: InclusionRequest[]
  readonly loopVars: Dict
  /** Variables of the loop items that follow this one. */
  readonly itemsLeft: readonly Dict[]
}

export type InclusionRequest = { readonly host: HostState; readonly inclusion: Inclusion }

/**
 * Runs a task on a host for one loop item (or once, without a loop): condition, arguments, attempts, verdict. Never throws for
 * what the playbook or the host did wrong: that is in the outcome.
 */
export function runItem(run: TaskRun, above: readonly Layer[]): Soon<ItemOutcome> {
  const { playRun, task, host } = run
  if (playRun.unsure.has(host)) return unknownResult('notified only by tasks whose outcome is unknown until applied')
  const work = () => {
    const scope = scopeOf(playRun, host, task, above)
    const failed = firstFalse(inherited(task, 'when'), scope, playRun.engine.templates)
    if (failed !== null) return skippedBy(failed)
    const station = stationOf(run, scope, above)
    checkDebugger(task, scope)
    const own = isTemplated(task.action) ? { ...run, task: withAction(task, scope) } : run
    return task.keywords.until === undefined ? attempt(own, station, null) : attempts(own, station)
  }
  return rescued(work, (error) => notReady(run, error))
}

/** The task with the module that a templated `action` names for this host. */
function withAction(task: Task, scope: Scope): Task {
  const { at } = task.action
  return { ...task, action: actionNamed(asText(scope.render(templated(task.action.written, at))).trim(), at) }
}

/** In check mode a host that lacks earlier changes may also lack what a task is about; a broken playbook is still a failure. */
function notReady({ playRun, host }: TaskRun, error: unknown): ItemOutcome {
  if (error instanceof Unknown) return unknownResult(error.message)
  if (error instanceof Failure) return failedResult(error.message, error.data)
  const problems = problemsOf(error)
  if (
    playRun.engine.options.check &&
    host.pendingChanges > 0 &&
    problems?.every(({ code }) => code === 'become.failed')
  ) {
    return unknownResult(`unknown until applied: ${problems.map(({ message }) => message).join('; ')}`)
  }
  return problemResult(error, playRun.engine.sourceOf)
}

/** Where the task runs: with `delegate_to` another host, reached as that host's own variables say. */
export function stationOf(
  { playRun, task, host }: Pick<TaskRun, 'playRun' | 'task' | 'host'>,
  scope: Scope,
  above: readonly Layer[],
): Station {
  const sited = inherited(task, 'delegate_to')
  const delegate = sited === null ? null : scope.render(sited.value)
  if (delegate === null || delegate === '' || delegate === scope.lookup('omit')) {
    return { host: host.name, delegate: null, scope, connection: scope }
  }
  const name = asText(delegate)
  const connection = scopeOf(playRun, stateOf(playRun.run, name), task, above)
  const asOwn = new Map<Value, Value>([['inventory_hostname', scope.lookup('inventory_hostname') ?? host.name]])
  const delegated = new Map<Value, Value>([[name, new ScopeDict(() => connection.with(asOwn))]])
  const own = scope
    .with(delegatedLayer(scope, connection))
    .with(new Map<Value, Value>([['ansible_delegated_vars', delegated]]))
  return { host: name, delegate: name, scope: own, connection }
}

/** `until`, `retries`, `delay`: tries again until the condition holds. */
async function attempts(run: TaskRun, station: Station): Promise<ItemOutcome> {
  const { playRun, task, host } = run
  const tries = triesOf(task, station.scope)
  const delay = keywordInteger(task, 'delay', station.scope, 5)
  for (let count = 1; ; count++) {
    const outcome = await attempt(run, station, count)
    if (outcome.status === 'unknown' || outcome.status === 'unreachable') return outcome
    const scope = withResult(run, station.scope, outcome)
    if (firstFalse(task.keywords.until!.value, scope, playRun.engine.templates) === null) return outcome
    if (count >= tries) {
      outcome.result.set('attempts', tries - 1).set('failed', true)
      return task.keywords.failed_when === undefined ? { ...outcome, status: 'failed' } : outcome
    }
    const { result } = outcome
    playRun.engine.emit({
      type: 'retry',
      task: run.info,
      host: host.name,
      left: tries - count,
      result: resultJson(result),
    })
    await new Promise((resolve) => setTimeout(resolve, delay * 1000))
    playRun.run.disk.value += 1
  }
}

/** One try, and its verdict; `count` where there may be more of them. */
function attempt(run: TaskRun, station: Station, count: number | null): Soon<ItemOutcome> {
  const { playRun, task, host } = run
  return next(perform(run, station, count !== null && count > 1), (done) => {
    const outcome = judge(run, station, count === null ? done : copied(done, [['attempts', count]]))
    if (isRepeated(task) && outcome.given !== undefined && outcome.status !== 'failed') {
      const owner = station.delegate !== null && flag(task, 'delegate_facts', station.scope)
      storeGiven(owner ? stateOf(playRun.run, station.host) : host, outcome.given)
    }
    return outcome
  })
}

/** Whether a host may do a task more than once: then what it sets is stored each time, for the next. */
export function isRepeated({ loop, keywords }: Task): boolean {
  return loop !== null || keywords.until !== undefined
}

/** `retries` come after the first try; without the keyword Ansible tries three times in all. */
function triesOf(task: Task, scope: Scope): number {
  const retries = keywordInteger(task, 'retries', scope, 2)
  return Math.max(0, retries) + 1
}

/** Controls on which `async` has no effect, in Ansible too. */
const NEVER_ASYNC: ReadonlySet<string> = new Set(['include_tasks', 'include_role', 'meta', 'reboot'])

/** Modules that have a part on the controller, which Ansible does not run in the background. */
const ON_CONTROLLER: ReadonlySet<string> = new Set(['assemble', 'copy', 'raw', 'script', 'template', 'unarchive'])

/** Runs the action once: a control of the engine, or a module on the host. */
function perform(run: TaskRun, station: Station, again: boolean): Soon<ItemOutcome> {
  const { playRun, task } = run
  const { scope } = station
  const own = control(task.action)
  const work = () => {
    const background = backgroundOf(task, scope, playRun.engine.options.pollInterval)
    const check = checkMode(playRun, task, scope)
    if (background !== null) {
      const refused = own === null ? ON_CONTROLLER.has(task.action.name) : !NEVER_ASYNC.has(own.name)
      if (refused) return failedResult('async is not supported for this task.')
      if (own === null && check) return failedResult('check mode and async cannot be used on same task.')
    }
    if (own !== null) return own.run({ scope, station, args: own.arguments(task, scope), ...run })
    return next(prepareTask(playRun, task, station), (ready) =>
      executed(run, station, ready, { check, again, background }),
    )
  }
  return rescued(work, (error) => {
    const outcome = notReady(run, error)
    // Whoever asks this host next (with ignore_unreachable, or by delegation) gets a connection of its own.
    if (outcome.status !== 'unreachable') return outcome
    return playRun.run.connections.reset(station.host).then(() => outcome)
  })
}

type Manner = { readonly check: boolean; readonly again: boolean; readonly background: Background | null }

function executed(run: TaskRun, station: Station, ready: Ready, manner: Manner): Soon<ItemOutcome> {
  const { playRun, task, host, frame } = run
  const { check, again, background } = manner
  const items = { task, items: run.itemsLeft }
  const outcome = execute(ready, {
    check,
    again,
    diff: isShown(playRun, task, station.scope),
    pending: playRun.engine.options.check && host.pendingChanges > 0,
    lookAhead: lookAheadFrom(playRun, host, frame, items),
    mayPlan: playRun.engine.options.lookAhead,
    behindApply: (effects) =>
      lookAheadFrom(playRun, host, frame, { ...items, alone: effects === 'network' && playRun.batch.length > 1 }),
    background:
      background === null ? null : (observed, probed) => runJob(run, station, ready, background, { observed, probed }),
  })
  return background === null ? outcome : next(outcome, (done) => endedAtOnce(run, station, done))
}

/** `check_mode: true` never applies; `check_mode: false` applies even in a check. */
export function checkMode(playRun: PlayRun, task: Task, scope: Scope): boolean {
  return flagOf(task, scope, 'check_mode', playRun.engine.options.check)
}

/** Whether what a task changes in files is shown. */
export function isShown({ engine }: PlayRun, task: Task, scope: Scope): boolean {
  return flagOf(task, scope, 'diff', engine.options.diff)
}

function flagOf(task: Task, scope: Scope, keyword: 'check_mode' | 'diff', otherwise: boolean): boolean {
  const given = keywordOf(task, keyword, scope)
  return given === null || given.value === null ? otherwise : asBoolean(given.value, given.at)
}

type Judged = Pick<TaskRun, 'playRun' | 'task'>

/** `failed_when` and `changed_when`, which see the task's own result under its registered name. */
export function judge(run: Judged, station: Pick<Station, 'scope'>, given: ItemOutcome): ItemOutcome {
  const { playRun, task } = run
  if (given.status === 'skipped' || given.status === 'unreachable') return given
  if (task.keywords.changed_when === undefined && task.keywords.failed_when === undefined) {
    const status = given.status === 'unknown' ? given.status : statusOf(given.result)
    return status === given.status ? given : { ...given, status }
  }
  const outcome = copied(given)
  const scope = withResult(run, station.scope, outcome)
  const verdict = (conditions: typeof task.keywords.changed_when) =>
    conditions === undefined ? null : firstFalse(conditions.value, scope, playRun.engine.templates) === null
  const { result } = outcome
  const unapplied =
    outcome.status === 'unknown' || (outcome.status === 'changed' && checkMode(playRun, task, station.scope))
  let keyword = 'changed_when'
  try {
    const changed = verdict(task.keywords.changed_when)
    if (changed !== null) result.set('changed', changed)
    keyword = 'failed_when'
    const failed = verdict(task.keywords.failed_when)
    if (failed !== null) {
      result.set('failed', failed)
      result.set('failed_when_result', failed)
    }
    if (unapplied && changed === null && outcome.status === 'unknown') return outcome
    return { ...outcome, status: statusOf(result) }
  } catch (error) {
    if (error instanceof Unknown && unapplied) return { ...outcome, status: 'unknown' }
    const unjudgeable = unjudged(outcome, problemResult(error, playRun.engine.sourceOf))
    unjudgeable.result.set(`${keyword}_result`, unjudgeable.result.get('msg') ?? null)
    return unjudgeable
  }
}

/** A verdict that can't be reached is a failure, which keeps what the action gave. */
function unjudged(outcome: ItemOutcome, failure: ItemOutcome): ItemOutcome {
  const result: Dict = new Map([...outcome.result, ...failure.result])
  result.set('changed', outcome.result.get('changed') ?? false)
  return { ...failure, result, changes: outcome.changes }
}

function statusOf(result: Dict): ItemOutcome['status'] {
  if (result.get('failed') === true) return 'failed'
  return result.get('changed') === true ? 'changed' : 'ok'
}

function withResult({ playRun, task }: Judged, scope: Scope, outcome: ItemOutcome): Scope {
  const name = registerName(task, scope)
  if (name === null) return scope
  return scope.with(new Map([[name, registered(playRun, task, scope, name, outcome)]]))
}

export function registerName(task: Task, scope: Scope): string | null {
  return task.keywords.register === undefined ? null : asText(scope.render(task.keywords.register.value))
}

/** What `register` stores: in check mode nothing but what is sure. */
export function registered(playRun: PlayRun, task: Task, scope: Scope, name: string, outcome: ItemOutcome): Value {
  const planned = outcome.changes.length > 0 && outcome.status !== 'failed' && checkMode(playRun, task, scope)
  return outcome.status === 'unknown' || planned ? new UnknownResult(name, outcome.result) : outcome.result
}
