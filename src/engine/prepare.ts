import type { Homes } from '../kernel/controller.ts'
import type { JsonObject } from '../kernel/json.ts'
import { Failure, type Prepared, type Runnable } from '../kernel/module.ts'
import { didYouMean, Problem } from '../kernel/problem.ts'
import { sh } from '../kernel/sh.ts'
import { type Step, type StepOutput, TIMED_OUT } from '../kernel/shell.ts'
import type { Dict, Value } from '../kernel/value.ts'
import { inherited } from '../language/inherit.ts'
import type { Task } from '../language/model.ts'
import type { Scope } from '../variables/scope.ts'
import { NotYet } from '../variables/signals.ts'
import { controllerFor } from './controller.ts'
import { asBoolean, asInteger, asText } from './convert.ts'
import { keywordOf } from './keyword.ts'
import type { PlayRun } from './play-run.ts'
import { becomeOf, targetOf } from './target.ts'
import type { Wire } from './wire.ts'

/** A module task made ready for one host: arguments rendered, files read, the probe written. Nothing has been sent. */
export type Ready = {
  readonly module: Runnable
  readonly prepared: Prepared
  readonly args: JsonObject
  readonly wire: Wire
  /** Wraps a script for the host, with the task's environment and timeout. */
  step(script: Step['script']): Step
  /** The output of such a step; throws `Failure` when the timeout ended it. */
  inTime(output: StepOutput): StepOutput
  readonly noLog: boolean
}

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
export async function prepareTask(
  playRun: PlayRun,
  task: Task,
  station: Station,
  given: JsonObject,
  module: Runnable,
): Promise<Ready> {
  const { run, engine, play } = playRun
  const { scope } = station
  for (const secret of secretsOf(module, given)) engine.redactor.add(secret)
  const wire = wireOf(playRun, task, station)
  const home = await homesIn(given, wire, scope)
  const prepared = await run.prepared.get(task, module, given, async () => {
    let isPure = true
    const onUse = (files: boolean) => {
      isPure = false
      if (files && scope.foresight !== null) scope.foresight.readsController = true
    }
    const controller = controllerFor(engine, task, play.folder, scope, home, onUse)
    return { prepared: await sited(task, () => module.prepare(given, controller)), isPure }
  })
  const environment = environmentOf(task, scope)
  const timeout = keywordInteger(task, 'timeout', scope)
  return {
    module,
    prepared,
    args: given,
    wire,
    step: (script) => ({
      script,
      ...(environment.size > 0 ? { environment } : {}),
      ...(timeout > 0 ? { timeout } : {}),
    }),
    inTime: (output) => {
      if (output.rc !== TIMED_OUT) return output
      const action = task.action.written
      throw new Failure(
        `The ${action} action failed to execute in the expected time frame (${timeout}) and was terminated`,
      )
    },
    noLog: flag(task, 'no_log', scope),
  }
}

/** The texts of arguments that are secrets by their schema: one written plainly in a playbook is masked like one of the vault. */
function secretsOf({ args: { specs } }: Runnable, given: JsonObject): string[] {
  let names = secretNames.get(specs)
  if (names === undefined) {
    const secret = Object.entries(specs).filter(([, { type }]) => type === 'secret')
    names = secret.flatMap(([name, { aliases }]) => [name, ...aliases])
    secretNames.set(specs, names)
  }
  return names.map((name) => asText(given[name] ?? ''))
}

/** Names and aliases of a module's secret arguments. */
const secretNames = new WeakMap<object, readonly string[]>()

/** The wire to the host, and as the user, that a task runs on. */
export function wireOf(playRun: PlayRun, task: Task, { host, connection }: Station): Wire {
  const { defaults } = playRun.engine.options
  const { bare } = connection
  return playRun.run.connections.wire(targetOf(host, bare, task, defaults), becomeOf(bare, task, defaults))
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

function environmentOf(task: Task, scope: Scope): Map<string, string> {
  const environment = new Map<string, string>()
  for (const entry of inherited(task, 'environment')) {
    const parts = Array.isArray(entry.value) ? (entry.value as readonly Value[]) : [entry.value]
    for (const part of parts) {
      const dict = part instanceof Map ? part : scope.render(part)
      if (!(dict instanceof Map)) continue
      for (const [name, value] of dict as Dict) {
        const rendered = unlessNotGathered(() => scope.render(value))
        if (rendered !== null) environment.set(asText(scope.render(name)), asText(rendered))
      }
    }
  }
  return environment
}

/** As in Ansible, a variable of the environment that needs the facts of it is not set before they are gathered. */
function unlessNotGathered(render: () => Value): Value | null {
  try {
    return render()
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== 'template.undefined') throw error
    if (/ansible_env|'env'/.test(error.message)) return null
    throw error
  }
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

/** The homes that arguments may need; only a leading `~` makes it ask the host. Looking ahead opens no connection. */
export async function homesIn(given: JsonObject, wire: Wire, scope: Scope): Promise<Homes> {
  const text = JSON.stringify(given)
  if (!/"(~|\$HOME|\$\{HOME\})/.test(text)) return () => null
  const users = [...new Set([...text.matchAll(/"~([A-Za-z_][\w.-]*)(?=[/"])/g)].map(([, user]) => user!))]
  if (scope.foresight !== null && (users.length > 0 || !wire.isOpen)) throw new NotYet('the home directory')
  const homes = new Map([['', (await (await wire.shell()).identity).home]])
  if (users.length > 0) {
    const script = sh`for user in ${users}; do eval "home=~$user"; echo "$home"; done`
    const { stdout } = await wire.probe({ script }, async () => [])
    const found = stdout.toString('utf8').split('\n')
    users.forEach((user, index) => {
      if (found[index]?.startsWith('/')) homes.set(user, found[index])
    })
  }
  return (user) => homes.get(user) ?? null
}

/** Adds the task's place to problems that name none: for an argument the argument's. */
async function sited<T>(task: Task, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw siteProblem(error, task)
  }
}

function siteProblem(error: unknown, task: Task): unknown {
  if (!(error instanceof Problem) || error.at !== undefined) return error
  const name = /^(?:argument )?"([^"]+)"|value of (\S+) must/.exec(error.detail ?? '')
  const at = task.argsAt.get(name?.[1] ?? name?.[2] ?? '') ?? task.action.at
  return new Problem({
    code: error.code,
    summary: error.summary,
    detail: error.detail,
    hint: error.hint,
    at,
    cause: error,
  })
}
