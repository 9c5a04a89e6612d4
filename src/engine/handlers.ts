import { didYouMean, Problem } from '../kernel/problem.ts'
import { inherited } from '../language/inherit.ts'
import type { Item, Task } from '../language/model.ts'
import { asList, asText } from './convert.ts'
import type { HostState, Notice } from './host.ts'
import type { TaskRun } from './item.ts'
import { type Frame, type PlayRun, scopeOf } from './play-run.ts'

/** Marks the handlers that a task notifies by name or topic. Raises `handler.missing`. */
export function notify({ playRun, task, host }: TaskRun, notice: Notice): void {
  const sited = inherited(task, 'notify')
  if (sited === null) return
  const scope = scopeOf(playRun, host, task)
  for (const { value, at } of sited.value) {
    for (const wanted of asList(scope.render(value)).map(asText)) {
      const handlers = find(playRun, host, wanted)
      if (handlers.length === 0) {
        const problem = missing(playRun, host, wanted, at)
        if (playRun.engine.options.missingHandlerFails) throw problem
        playRun.engine.emit({ type: 'warning', text: problem.detail ?? problem.summary, at })
      }
      for (const handler of handlers) {
        if (host.notified.get(handler) !== 'changed') host.notified.set(handler, notice)
      }
    }
  }
}

/** False when a change of the task would notify something that is not there, or can't be told yet. */
export function handlersExist(playRun: PlayRun, host: HostState, task: Task): boolean {
  const sited = inherited(task, 'notify')
  if (sited === null) return true
  try {
    const scope = scopeOf(playRun, host, task)
    const wanted = sited.value.flatMap(({ value }) => asList(scope.render(value)).map(asText))
    return !playRun.engine.options.missingHandlerFails || wanted.every((name) => find(playRun, host, name).length > 0)
  } catch {
    return false
  }
}

/** The handler of that name, the first in the last list that has one, as Ansible takes it, and every one that listens to the topic. */
function find(playRun: PlayRun, host: HostState, wanted: string): Task[] {
  const tasks = handlerTasks(playRun.handlers)
  const all = tasks.filter((handler) => namesOf(playRun, host, handler).includes(wanted))
  const named = all.filter(({ role }) => role === all.at(-1)?.role).slice(0, 1)
  const listening = tasks.filter((handler) => (handler.keywords.listen?.value ?? []).includes(wanted))
  return [...new Set([...named, ...listening])]
}

export function handlerTasks(items: readonly Item[]): Task[] {
  return items.flatMap((item) =>
    item.kind === 'task' ? [item] : handlerTasks([...item.items, ...item.rescue, ...item.always]),
  )
}

function namesOf(playRun: PlayRun, host: HostState, handler: Task): string[] {
  if (handler.name === null) return []
  try {
    const name = asText(scopeOf(playRun, host, handler).render(handler.name))
    return handler.role === null ? [name] : [name, `${handler.role.name} : ${name}`]
  } catch {
    return []
  }
}

function missing(playRun: PlayRun, host: HostState, wanted: string, at: Problem['at']): Problem {
  const names = handlerTasks(playRun.handlers).flatMap((handler) => [
    ...namesOf(playRun, host, handler),
    ...(handler.keywords.listen?.value ?? []),
  ])
  return new Problem({
    code: 'handler.missing',
    summary: 'Unknown handler',
    detail: `The requested handler '${wanted}' was not found in either the main handlers list nor in the listening handlers list`,
    hint: didYouMean(wanted, names),
    at,
  })
}

/** The name of a handler for people. */
export function handlerLabel(playRun: PlayRun, host: HostState, handler: Task): string {
  return namesOf(playRun, host, handler).at(-1) ?? handler.action.written
}

export type { Frame }
