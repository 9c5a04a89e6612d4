import type { JsonObject } from '../kernel/json.ts'
import { Failure, type Prepared, type Runnable } from '../kernel/module.ts'
import { Problem } from '../kernel/problem.ts'
import { type Step, type StepOutput, TIMED_OUT } from '../kernel/shell.ts'
import { next, rescued, type Soon } from '../kernel/soon.ts'
import type { Dict, Value } from '../kernel/value.ts'
import { inherited } from '../language/inherit.ts'
import type { Task } from '../language/model.ts'
import type { Reads } from '../variables/reads.ts'
import type { Scope } from '../variables/scope.ts'
import { argumentsOf } from './arguments.ts'
import { controllerFor } from './controller.ts'
import { asText } from './convert.ts'
import { homesIn, needsHome } from './homes.ts'
import { flag, keywordInteger } from './keyword.ts'
import type { PlayRun } from './play-run.ts'
import type { Wire } from './wire.ts'

/** What a module task wants, worked out from its variables: arguments rendered, files read, the probe written. */
export type Recipe = {
  readonly module: Runnable
  readonly prepared: Prepared
  readonly args: JsonObject
  /** The probe's step; null when there is nothing to ask. */
  readonly question: Step | null
  /** Wraps a script for the host, with the task's environment and timeout. */
  step(script: Step['script']): Step
  /** The output of such a step; throws `Failure` when the timeout ended it. */
  inTime(output: StepOutput): StepOutput
  readonly noLog: boolean
  /** Files of the controller were read for it. */
  readonly readsFiles: boolean
}

type Making = {
  readonly playRun: PlayRun
  readonly task: Task
  readonly scope: Scope
  readonly wire: Wire
  readonly module: Runnable
  readonly reads: Reads
}

/** Makes a recipe; what it depends on besides its variables is told to the reads before anything is waited for. */
export function makeRecipe({ playRun, task, scope, wire, module, reads }: Making): Soon<Recipe> {
  const { engine, play } = playRun
  const args = argumentsOf(task, scope, { freeForm: module.args.rules.freeForm })
  for (const secret of secretsOf(module, args)) engine.redactor.add(secret)
  if (needsHome(args)) reads.varies = true
  let readsFiles = false
  const onFile = () => {
    readsFiles = true
    if (scope.foresight !== null) scope.foresight.readsController = true
  }
  const prepared = next(homesIn(args, wire, scope), (home) =>
    sited(task, () => module.prepare(args, controllerFor(engine, task, play.folder, scope, home, onFile))),
  )
  return next(prepared, (made) => withQuestion({ module, args, ...mannerOf(task, scope), readsFiles }, made))
}

/** How a task's scripts are run, and whether it is told. */
function mannerOf(task: Task, scope: Scope): Pick<Recipe, 'step' | 'inTime' | 'noLog'> {
  const environment = environmentOf(task, scope)
  const timeout = keywordInteger(task, 'timeout', scope)
  const wrapping = {
    ...(environment.size > 0 ? { environment } : {}),
    ...(timeout > 0 ? { timeout } : {}),
  }
  return {
    step: (script) => ({ script, ...wrapping }),
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

/** The recipe with what a module asks. */
export function withQuestion(recipe: Omit<Recipe, 'prepared' | 'question'>, prepared: Prepared): Recipe {
  const { probe } = prepared
  return { ...recipe, prepared, question: probe === null || probe.isEmpty ? null : recipe.step(probe) }
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

/** Adds the task's place to problems that name none: for an argument the argument's. */
function sited<T>(task: Task, work: () => Soon<T>): Soon<T> {
  return rescued(work, (error) => {
    throw siteProblem(error, task)
  })
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
