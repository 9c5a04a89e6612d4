import { Problem } from '../kernel/problem.ts'
import type { Value } from '../kernel/value.ts'
import type { Task } from '../language/model.ts'
import type { Layer, Scope } from '../variables/scope.ts'
import type { ConnectionDefaults, Target } from './engine.ts'
import { targetOf } from './target.ts'

/** Variables a task can read although nobody has set them: Ansible fills in how it reaches the host (PlayContext.update_vars). */
const FROM_TARGET: ReadonlyMap<Value, (target: Target) => Value> = new Map<Value, (target: Target) => Value>([
  ...['ansible_host', 'ansible_ssh_host'].map((name) => [name, (target: Target) => target.address] as const),
  ...['ansible_port', 'ansible_ssh_port'].map((name) => [name, (target: Target) => target.port] as const),
  ...['ansible_user', 'ansible_ssh_user'].map((name) => [name, (target: Target) => target.user] as const),
  ...['ansible_timeout', 'ansible_ssh_timeout'].map((name) => [name, (target: Target) => target.timeout] as const),
  ['ansible_connection', (target) => target.connection],
  ['ansible_shell_executable', (target) => target.shellExecutable],
])

/**
 * The layer below all others that answers for the connection variables of a host. `scope` is what else decides how the host is
 * reached. As in Ansible they are in no list of all variables and not in `hostvars`.
 */
export function connectionLayer(name: string, scope: Scope, task: Task, defaults: ConnectionDefaults): Layer {
  let target: Target | null | undefined
  return {
    get: (variable) => {
      const read = FROM_TARGET.get(variable)
      if (read === undefined) return undefined
      if (target === undefined) target = reached(() => targetOf(name, scope, task, defaults))
      return target === null ? undefined : (read(target) ?? undefined)
    },
    keys: () => [],
  }
}

/** For a delegated task: what the host it runs on is reached by, where the task's own host says nothing. */
export function delegatedLayer(own: Scope, delegate: Scope): Layer {
  return {
    get: (variable) =>
      FROM_TARGET.has(variable) && !own.names().has(variable) ? delegate.lookup(variable) : undefined,
    keys: () => [],
  }
}

/** A keyword such as `remote_user: "{{ ansible_user }}"` can't be rendered while that is what is asked for. */
function reached(target: () => Target): Target | null {
  try {
    return target()
  } catch (error) {
    if (error instanceof Problem) return null
    throw error
  }
}
