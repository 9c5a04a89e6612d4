import { Problem } from '../kernel/problem.ts'
import { type Dict, Template, type Value } from '../kernel/value.ts'
import { coreName } from '../language/action.ts'
import { ancestors } from '../language/inherit.ts'
import type { Include, Role, Task } from '../language/model.ts'
import { LazyDict, Undefined } from '../template/index.ts'
import type { Foresight } from '../variables/foresight.ts'
import type { Ground, Layer, Scope } from '../variables/scope.ts'
import { PendingValue } from '../variables/signals.ts'
import { connectionLayer } from './connection-vars.ts'
import { searchPath } from './controller.ts'
import type { Engine } from './engine.ts'
import { groundOf } from './grounds.ts'
import { type HostState, isActive } from './host.ts'
import { hostScopeOf, type PlayRun, scopeOf, stateOf } from './play-run.ts'

type Place = {
  readonly playRun: PlayRun
  /** Null where the play itself is asked: for its hosts, its name. */
  readonly host: HostState | null
  readonly task: Task | null
  readonly foresight: Foresight | null
}

/** The variables that Ansible sets itself ("Special Variables"), worked out when they are read. */
const MAGIC: ReadonlyMap<string, (place: Place) => Value | undefined> = new Map<
  string,
  (place: Place) => Value | undefined
>([
  ['groups', ({ playRun }) => groupsOf(playRun)],
  ['hostvars', (place) => new HostVars(place)],
  [
    'vars',
    ({ playRun, host, task }) => (host === null ? undefined : new ScopeDict(() => scopeOf(playRun, host, task))),
  ],
  ['environment', () => []],
  ['ansible_facts', ({ host }) => (host === null ? undefined : factsOf(host))],
  ['ansible_check_mode', ({ playRun }) => playRun.engine.options.check],
  ['ansible_diff_mode', ({ playRun }) => playRun.engine.options.diff],
  ['ansible_forks', ({ playRun }) => playRun.engine.options.forks],
  ['ansible_verbosity', ({ playRun }) => playRun.engine.options.verbosity],
  [
    'ansible_run_tags',
    ({ playRun }) => [...(playRun.engine.options.tags.length > 0 ? playRun.engine.options.tags : ['all'])],
  ],
  ['ansible_skip_tags', ({ playRun }) => [...playRun.engine.options.skipTags]],
  ['ansible_limit', ({ playRun }) => playRun.engine.options.limit ?? undefined],
  ['ansible_play_name', ({ playRun }) => playRun.name],
  ['ansible_play_hosts_all', ({ playRun }) => [...playRun.targeted]],
  ['ansible_play_hosts', ({ playRun, foresight }) => stillActive(playRun.all, foresight)],
  ['play_hosts', ({ playRun, foresight }) => stillActive(playRun.batch, foresight)],
  ['ansible_play_batch', ({ playRun, foresight }) => stillActive(playRun.batch, foresight)],
  ['role_names', ({ playRun }) => roleNames(playRun.roles)],
  ['ansible_play_role_names', ({ playRun }) => roleNames(playRun.roles)],
  ['ansible_role_names', ({ playRun }) => roleNames(playRun.roles.flatMap(withDependencies))],
  [
    'ansible_dependent_role_names',
    ({ playRun }) => roleNames(playRun.roles.flatMap((role) => role.dependencies.flatMap(withDependencies))),
  ],
  ['role_name', ({ task }) => shortName(task?.role ?? null)],
  ['ansible_role_name', ({ task }) => task?.role?.name],
  ['role_path', ({ task }) => task?.role?.path],
  ['role_uuid', ({ task }) => task?.role?.identity],
  ['ansible_collection_name', ({ task }) => (task?.role ? (task.role.collection ?? '') : undefined)],
  ['ansible_parent_role_names', ({ task }) => parentRoles(task)],
  ['ansible_parent_role_paths', ({ task }) => some(parents(task).map((role) => role.path))],
  [
    'ansible_search_path',
    ({ playRun, task }) => (task === null ? [playRun.play.folder] : searchPath(task, playRun.play.folder)),
  ],
  ['playbook_dir', ({ playRun }) => playRun.play.folder],
])

/** False for a variable that may be another one for the host's next task. */
export function staysForHost(name: string): boolean {
  return name === 'playbook_dir' || (name !== 'group_names' && !MAGIC.has(name))
}

/** The magic variables of a task on a host, or of a play, as a layer. */
export class MagicLayer implements Layer, Place {
  readonly playRun: PlayRun
  readonly host: HostState | null
  readonly task: Task | null
  readonly foresight: Foresight | null

  constructor(playRun: PlayRun, host: HostState | null, task: Task | null, foresight: Foresight | null = null) {
    this.playRun = playRun
    this.host = host
    this.task = task
    this.foresight = foresight
  }

  get(name: Value): Value | undefined {
    return MAGIC.get(name as string)?.(this) ?? this.playRun.engine.magic.get(name)
  }

  keys(): Iterable<Value> {
    return [...MAGIC.keys(), ...this.playRun.engine.magic.keys()]
  }
}

/** What the variables of a task on a host stand on. */
export class TaskGround extends MagicLayer implements Ground {
  readonly layers: readonly Layer[]
  readonly #name: string

  constructor(playRun: PlayRun, host: HostState, task: Task | null, foresight: Foresight | null) {
    super(playRun, host, task, foresight)
    this.layers = groundOf(playRun, host, task)
    this.#name = host.name
  }

  get magic(): Layer {
    return this
  }

  below(bare: Scope): Layer | null {
    const { task, playRun } = this
    return task === null ? null : connectionLayer(this.#name, bare, task, playRun.engine.options.defaults)
  }
}

/** What the inventory says a host is, above its own variables there and below all else. */
export function identityOf({ hosts }: Engine, name: string): Layer {
  const said: ReadonlyMap<string, () => Value> = new Map<string, () => Value>([
    ['inventory_hostname', () => name],
    ['inventory_hostname_short', () => name.split('.')[0]!],
    ['group_names', () => [...hosts.groupsOf(name)]],
  ])
  return { get: (variable) => said.get(variable)?.(), keys: () => said.keys() }
}

/** Which hosts will still be there is not sure before the turn of the task. */
function stillActive(hosts: readonly HostState[], foresight: Foresight | null): Value {
  if (foresight !== null && hosts.length > 1) foresight.isDoubtful = true
  return names(hosts.filter(isActive))
}

function names(hosts: readonly HostState[]): Value {
  return hosts.map((host) => host.name)
}

function groupsOf(playRun: PlayRun): Dict {
  return new Map<Value, Value>([...playRun.engine.hosts.groups()].map(([group, members]) => [group, [...members]]))
}

/** Facts without the prefix: `ansible_facts.distribution`. */
function factsOf(host: HostState): Dict {
  return new Map([...host.vars.facts].map(([name, value]) => [String(name).replace(/^ansible_(?=.)/, ''), value]))
}

function roleNames(roles: readonly Role[]): Value {
  return [...new Set(roles.map((role) => role.name))]
}

function withDependencies(role: Role): Role[] {
  return [...role.dependencies.flatMap(withDependencies), role]
}

function shortName(role: Role | null): string | undefined {
  return role?.name.split('.').at(-1)
}

/** The roles that have included or imported the task's own, the nearest first; dependencies do not count. */
function parents(task: Task | null): Role[] {
  if (task === null) return []
  const includes = ancestors(task).filter((parent): parent is Include => parent.kind === 'include')
  const ofRoles = includes.filter((include) => /_role$/.test(coreName(include.task.action.written)))
  return ofRoles.flatMap(({ task: { role } }) => (role === null ? [] : [role]))
}

function parentRoles(task: Task | null): Value | undefined {
  return some(parents(task).map((role) => role.name))
}

function some(list: readonly string[]): Value | undefined {
  return list.length === 0 ? undefined : list
}

/** `hostvars`: the variables of any host, rendered when they are read; what tasks in between will set on others is pending. */
class HostVars extends LazyDict {
  readonly #place: Place
  constructor(place: Place) {
    super()
    this.#place = place
  }
  override get(key: Value): Value | undefined {
    const name = String(key)
    const { playRun } = this.#place
    const known = playRun.run.states.has(name) || playRun.engine.hosts.isHost(name)
    return known ? new LenientDict(() => this.#scopeOf(stateOf(playRun.run, name))) : undefined
  }
  override keys(): Iterable<Value> {
    return this.#place.playRun.engine.hosts.all()
  }
  #scopeOf(host: HostState): Scope {
    const { playRun, foresight } = this.#place
    const scope = hostScopeOf(playRun, host)
    if (foresight === null || foresight.guessed.size === 0) return scope
    return scope.with(host === this.#place.host ? foresight.guessed : pending(foresight.guessed))
  }
}

function pending(guessed: Dict): Layer {
  return { get: (name) => (guessed.has(name) ? new PendingValue(name) : undefined), keys: () => guessed.keys() }
}

function renderedOrWritten(value: Value, scope: Scope): Value {
  if (Array.isArray(value)) return value.map((item) => renderedOrWritten(item as Value, scope))
  if (value instanceof Map)
    return new Map([...value].map(([key, item]) => [key, renderedOrWritten(item as Value, scope)]))
  try {
    return scope.render(value)
  } catch (error) {
    if (value instanceof Template && error instanceof Problem && error.code === 'template.undefined')
      return value.source
    throw error
  }
}

/** All variables of a place as a dict. */
export class ScopeDict extends LazyDict {
  protected readonly scope: () => Scope
  constructor(scope: () => Scope) {
    super()
    this.scope = scope
  }
  override get(key: Value): Value | undefined {
    return this.scope().lookup(String(key))
  }
  override keys(): Iterable<Value> {
    return this.scope().names()
  }
}

/** The variables of a host as others see them: as in Ansible, a template with something undefined in it is text as it was written. */
class LenientDict extends ScopeDict {
  override get(key: Value): Value | undefined {
    const value = super.get(key)
    if (!(value instanceof Undefined)) return value
    const scope = this.scope()
    return renderedOrWritten(scope.raw(String(key))!, scope)
  }
}
