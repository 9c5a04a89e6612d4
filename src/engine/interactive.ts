import { Problem, problemsOf } from '../kernel/problem.ts'
import { inherited } from '../language/inherit.ts'
import type { Item, Play, Task } from '../language/model.ts'
import { roleHandlers, roleItems } from '../language/role.ts'
import type { Scope } from '../variables/scope.ts'
import { asBoolean, asText } from './convert.ts'
import type { Engine, RunOptions } from './engine.ts'
import { EXIT } from './exit-codes.ts'
import type { TaskRun } from './item.ts'
import { type PlayRun, scopeOf } from './play-run.ts'
import { Quit } from './quit.ts'
import type { ItemOutcome } from './results.ts'
import { strategyOf } from './strategy-name.ts'

/** Whether a person may step in between tasks: with `--step`, or where a debugger may open. */
export function isInteractive(engine: Engine, plays: readonly Play[]): boolean {
  const { step, taskDebugger } = engine.options
  return step || taskDebugger || plays.some((play) => isDebug(engine, play) || debugs(play))
}

/** A strategy that is none is told when its play begins. */
function isDebug(engine: Engine, play: Play): boolean {
  try {
    return strategyOf({ engine, play }) === 'debug'
  } catch (error) {
    if (problemsOf(error) === null) throw error
    return false
  }
}

function debugs(play: Play): boolean {
  const roles = [...play.roles, ...play.importedRoles].flatMap((role) => [...roleItems(role), ...roleHandlers(role)])
  return [...play.preTasks, ...play.tasks, ...play.postTasks, ...play.handlers, ...roles].some(hasDebugger)
}

function hasDebugger(item: Item): boolean {
  if (inherited(item, 'debugger') !== null) return true
  return item.kind === 'block' && [...item.items, ...item.rescue, ...item.always].some(hasDebugger)
}

/** Whether a debugger may open on a task: also on one of a file that is included only while the play runs. */
export function mayDebug(options: RunOptions, task: Task): boolean {
  return options.interactive || inherited(task, 'debugger') !== null
}

const NEEDS: { readonly [mode: string]: (outcome: ItemOutcome, ignored: boolean) => boolean } = {
  always: () => true,
  never: () => false,
  on_failed: ({ status }, ignored) => status === 'failed' && !ignored,
  on_unreachable: ({ status }) => status === 'unreachable',
  on_skipped: ({ status }) => status === 'skipped',
}

/** Raises `keyword.type` for a `debugger` that is none. */
export function checkDebugger(task: Task, scope: Scope): void {
  const mode = modeOf(task, scope)
  if (mode === null || Object.hasOwn(NEEDS, mode)) return
  throw new Problem({
    code: 'keyword.type',
    summary: 'Unknown debugger',
    detail: `"${mode}" is none of ${Object.keys(NEEDS).join(', ')}`,
    at: inherited(task, 'debugger')!.at,
  })
}

function modeOf(task: Task, scope: Scope): string | null {
  const sited = inherited(task, 'debugger')
  return sited === null ? null : asText(scope.render(sited.value))
}

/** Whether an outcome opens the debugger, by the task's keyword, else by the strategy and the configuration. */
export function needsDebugger({ playRun, task, host }: TaskRun, outcome: ItemOutcome): boolean {
  const { options } = playRun.engine
  const scope = scopeOf(playRun, host, task)
  const mode = modeOf(task, scope)
  if (mode === 'never') return false
  const ignores = inherited(task, 'ignore_errors')
  const ignored = options.debuggerIgnoresErrors && ignores !== null && asBoolean(scope.render(ignores.value))
  if (mode !== null && NEEDS[mode]?.(outcome, ignored)) return true
  const everywhere = options.taskDebugger || strategyOf(playRun) === 'debug'
  return everywhere && (NEEDS.on_failed!(outcome, ignored) || NEEDS.on_unreachable!(outcome, ignored))
}

/** `--step`: whether to run a task. Raises `Quit` when nobody answers. */
export async function stepsInto({ run, engine }: PlayRun, task: Task, name: string): Promise<boolean> {
  if (!run.step || task.action.name === 'meta') return true
  const answer = await engine.readLine(
    `Perform task: ${task.handler ? 'HANDLER' : 'TASK'}: ${name} (N)o/(y)es/(c)ontinue: `,
  )
  if (answer === null) {
    const text = `--step asks before "${name}", and nobody answers: give the answers on standard input, or leave out --step`
    engine.emit({ type: 'warning', text, at: task.at })
    throw new Quit(EXIT.failed, text)
  }
  const word = answer.trim().toLowerCase()
  if (['c', 'continue'].includes(word)) run.step = false
  return ['y', 'yes', 'c', 'continue'].includes(word)
}
