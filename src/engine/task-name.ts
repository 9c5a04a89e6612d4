import { templated, type Value } from '../kernel/value.ts'
import { displayName as nameOf } from '../language/loader.ts'
import type { Task } from '../language/model.ts'
import { asText } from './convert.ts'
import type { HostState } from './host.ts'
import { type PlayRun, scopeOf } from './play-run.ts'

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
