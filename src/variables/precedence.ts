import type { Dict } from '../kernel/value.ts'
import { includeParams, roleDefaults, roleParams, roleVars, taskVars } from '../language/inherit.ts'
import type { Parent, Play, Role, Task } from '../language/model.ts'
import type { LiveDict } from './live-dict.ts'
import type { Layer } from './scope.ts'

/** What one host has gathered while the run goes on. */
export type HostVariables = {
  /** Facts as modules return them: `ansible_distribution`, `services`. */
  readonly facts: LiveDict
  /** Those facts that are variables of their own: all, unless `inject_facts_as_vars` says otherwise. */
  readonly injected: Layer
  readonly includeVars: LiveDict
  /** `set_fact` and `register`. */
  readonly setFacts: LiveDict
  /** Inventory variables, highest precedence first (levels 3–10 of Ansible's list). */
  readonly inventory: readonly Layer[]
}

/** What one play adds for every host in it. */
type PlayVariables = {
  readonly play: Play
  readonly prompts: Dict
  /** The roles whose defaults and vars count for the whole play; grows by `include_role` with `public`. */
  readonly roles: readonly Role[]
  /** The `vars` of those roles are seen by their own tasks alone. */
  readonly privateRoleVars: boolean
}

export type Place = {
  readonly task: Task | null
  readonly play: PlayVariables | null
  readonly host: HostVariables
  /** `vars_files`, as found for this host, last one first. */
  readonly varsFiles: readonly Layer[]
  readonly extra: Dict
}

/**
 * Ansible's variable precedence, highest first ("Understanding variable precedence" in Ansible's documentation; where the documentation
 * and VariableManager.get_vars differ, the latter). Magic variables lie above all of it, and above those loop variables and results; see `Scope`.
 */
const PRECEDENCE: readonly { readonly level: string; readonly layers: (place: Place) => readonly Layer[] }[] = [
  { level: 'extra vars', layers: ({ extra }) => [extra] },
  { level: 'include params', layers: ({ task, play }) => written(task, play).includeParams },
  { level: 'role params', layers: ({ task, play }) => written(task, play).roleParams },
  { level: 'set_facts and registered vars', layers: ({ host }) => [host.setFacts] },
  { level: 'include_vars', layers: ({ host }) => [host.includeVars] },
  { level: 'task vars and block vars', layers: ({ task, play }) => written(task, play).taskVars },
  { level: 'role vars', layers: ({ task, play }) => written(task, play).roleVars },
  { level: 'play vars_files', layers: ({ varsFiles }) => varsFiles },
  { level: 'play vars_prompt', layers: ({ play }) => (play === null ? [] : [play.prompts]) },
  { level: 'play vars', layers: ({ play }) => (play === null ? [] : [play.play.vars]) },
  { level: 'host facts', layers: ({ host }) => [host.injected] },
  { level: 'inventory vars', layers: ({ host }) => host.inventory },
  { level: 'role defaults', layers: ({ task, play }) => written(task, play).roleDefaults },
]

/** The layers a task on a host sees, highest precedence first; empty ones are left out. */
export function layersAt(place: Place): Layer[] {
  const found: Layer[] = []
  for (const { layers } of PRECEDENCE) {
    for (const layer of layers(place)) {
      if (!(layer instanceof Map) || layer.size > 0 || isLive(layer, place)) found.push(layer)
    }
  }
  return found
}

/** Layers that fill up while a task runs must stay, even when they are empty now. */
function isLive(layer: Layer, { host }: Place): boolean {
  return layer === host.injected || layer === host.setFacts || layer === host.includeVars
}

/** The levels that stand in the playbook, for one place in it: the same for every host, each without its empty layers. */
type Written = {
  readonly includeParams: readonly Dict[]
  readonly roleParams: readonly Dict[]
  readonly taskVars: readonly Dict[]
  readonly roleVars: readonly Dict[]
  readonly roleDefaults: readonly Dict[]
}

const NOWHERE = {}
const known = new WeakMap<object, { readonly play: Play | null; readonly roles: number; readonly levels: Written }>()

/** What stands for all tasks that see the same written levels: a task with variables of its own for itself, else what is around it. */
export function placeOf(task: Task): Task | Parent {
  return task.vars.size > 0 ? task : task.parent
}

/** Worked out once for a place, and anew when the play has got more roles. */
function written(task: Task | null, play: PlayVariables | null): Written {
  const key = (task === null ? play?.play : placeOf(task)) ?? NOWHERE
  const before = known.get(key)
  const roles = play?.roles.length ?? 0
  if (before !== undefined && before.play === (play?.play ?? null) && before.roles === roles) return before.levels
  const levels = {
    includeParams: task === null ? [] : filled(includeParams(task)),
    roleParams: task?.role ? filled(roleParams(task.role)) : [],
    taskVars: task === null ? [] : filled(taskVars(task)),
    roleVars: visibleRoles(task, play).flatMap((role) => filled(roleVars(role))),
    roleDefaults: rolesOf(task, play).flatMap((role) => filled(roleDefaults(role))),
  }
  known.set(key, { play: play?.play ?? null, roles, levels })
  return levels
}

function filled(layers: readonly Dict[]): Dict[] {
  return layers.filter((layer) => layer.size > 0).reverse()
}

/** What stands above a task, nearest first. */
export function chainOf(task: Task | null): readonly Exclude<Parent, Play>[] {
  const chain: Exclude<Parent, Play>[] = []
  for (let parent = task?.parent; parent !== undefined && parent.kind !== 'play'; parent = parent.parent)
    chain.push(parent)
  return chain
}

function visibleRoles(task: Task | null, play: PlayVariables | null): Role[] {
  return rolesOf(task, play?.privateRoleVars === true ? null : play)
}

/** The roles whose variables count, the nearest first: the task's own, then the play's, the last one first. */
function rolesOf(task: Task | null, play: PlayVariables | null): Role[] {
  return [...(task?.role ? [task.role] : []), ...(play === null ? [] : [...play.roles].reverse())]
}
