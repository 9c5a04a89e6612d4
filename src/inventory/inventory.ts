import { Problem } from '../kernel/problem.ts'
import type { Dict, Value } from '../kernel/value.ts'
import { byPrecedence, Group, Host } from './groups.ts'
import { matchHosts } from './patterns.ts'
import type { InventorySettings } from './settings.ts'
import { readVarsFolder, type VarsFolder } from './vars-folder.ts'

const LOCALHOSTS = ['localhost', '127.0.0.1', '::1']

type InventoryOptions = {
  /** Folders beside the sources, and the playbook's folder, whose `group_vars` and `host_vars` count. */
  readonly sourceFolders: readonly VarsFolder[]
  readonly playbookFolder: VarsFolder | null
  readonly warn: (text: string) => void
  /** Reads the file of a limit such as `@retry.txt`; null if there is none. */
  readonly readLimit: (path: string) => string | null
  readonly settings: InventorySettings
}

/** One of Ansible's levels of precedence for one host, and what it holds. */
type Level = { readonly name: string; readonly vars: Dict }

/**
 * The hosts and groups of a run. `all` and `ungrouped` always exist. Sources, `add_host` and `group_by` write to it; `reconcile` then
 * restores what always holds: every group is below `all`, and a host is in `ungrouped` exactly when it is in no other group.
 */
export class Inventory {
  readonly #options: InventoryOptions
  readonly #groups = new Map<string, Group>()
  readonly #hosts = new Map<string, Host>()
  #localhost: Host | null = null
  #levels = new Map<string, readonly Level[]>()
  readonly #layers = new Map<string, readonly Dict[]>()
  /** Counts the times that what the inventory says may have changed. */
  revision = 0
  /** What a run has added, to be done again when the sources are read anew. */
  readonly #additions: (() => void)[] = []

  constructor(options: InventoryOptions) {
    this.#options = options
    this.#reset()
  }

  #reset(): void {
    this.#groups.clear()
    this.#hosts.clear()
    this.#localhost = null
    const all = this.addGroup('all')
    all.addChild(this.addGroup('ungrouped'))
  }

  get groupList(): readonly Group[] {
    return [...this.#groups.values()]
  }

  get hostList(): readonly Host[] {
    return [...this.#hosts.values()]
  }

  group(name: string): Group | undefined {
    return this.#groups.get(name)
  }

  /** A host by name; the implicit `localhost` too. */
  host(name: string): Host | undefined {
    return this.#hosts.get(name) ?? (LOCALHOSTS.includes(name) ? this.#implicitLocalhost(name) : undefined)
  }

  addGroup(name: string): Group {
    const known = this.#groups.get(name)
    if (known !== undefined) return known
    if (/[^A-Za-z0-9_]|^[0-9]/.test(name)) {
      this.#options.warn(
        `invalid characters were found in the group name "${name}"; use letters, digits and underscores`,
      )
    }
    const group = new Group(name)
    this.#groups.set(name, group)
    return group
  }

  /** A new host or the one there is, put into a group when one is given. `source` is the file that names it first. */
  defineHost(name: string, group: Group | null, source: { file: string | null; folder: string | null }): Host {
    let host = this.#hosts.get(name)
    if (host === undefined) {
      host = new Host(name)
      host.vars.set('inventory_file', source.file)
      host.vars.set('inventory_dir', source.folder)
      this.#hosts.set(name, host)
      if (LOCALHOSTS.includes(name)) this.#localhost ??= host
    }
    group?.addHost(host)
    return host
  }

  /** A host's variable in a source. Where a group has the host's name it is the group's, as in Ansible, which warns of such names. */
  setVariable(host: Host, name: Value, value: Value): void {
    const group = this.#groups.get(host.name)
    if (group === undefined) host.vars.set(name, this.#over(host.vars.get(name), value))
    else this.setGroupVariable(group, name, value)
  }

  setGroupVariable(group: Group, name: Value, value: Value): void {
    group.setVariable(name, this.#over(group.vars.get(name), value))
  }

  /** What another source has said before is merged into, with `hash_behaviour = merge`. */
  #over(before: Value | undefined, value: Value): Value {
    if (!this.#options.settings.mergeDicts || !(before instanceof Map && value instanceof Map)) return value
    return joined([before as Dict, value as Dict], true)
  }

  /** Puts one group below another. Problem `inventory.cycle`. */
  addChild(parent: Group, child: Group): void {
    if (parent.addChild(child) !== null) return
    throw new Problem({
      code: 'inventory.cycle',
      summary: 'Group contains itself',
      detail: `adding group '${child.name}' as child to '${parent.name}' creates a recursive dependency loop`,
    })
  }

  /** To be called after changes. */
  reconcile(): void {
    const all = this.addGroup('all')
    const ungrouped = this.addGroup('ungrouped')
    for (const group of this.#groups.values()) {
      if (group !== all && group.parents.length === 0) all.addChild(group)
    }
    for (const host of this.#hosts.values()) {
      const others = host.groups.some((group) => group !== all && group !== ungrouped)
      if (others) ungrouped.removeHost(host)
      else if (!host.groups.includes(ungrouped)) ungrouped.addHost(host)
      if (this.#groups.has(host.name)) this.#options.warn(`found both group and host with same name: ${host.name}`)
    }
    this.#levels.clear()
    this.#layers.clear()
    this.revision += 1
  }

  /**
   * The hosts that a pattern means, in inventory order, each once; with a limit only those it means too. Problems: `inventory.pattern`,
   * `inventory.limit`.
   */
  hosts(pattern: string | readonly string[], limit: string | null = null): readonly string[] {
    return matchHosts(this, pattern, limit, this.#options).map((host) => host.name)
  }

  match(pattern: string, limit: string | null): readonly string[] {
    return this.hosts(pattern, limit)
  }

  all(): readonly string[] {
    return [...this.#hosts.keys()]
  }

  isHost(name: string): boolean {
    return this.#hosts.has(name)
  }

  /** The groups of a host, its groups' ancestors among them, without `all`, sorted: `group_names`. */
  groupsOf(name: string): readonly string[] {
    const groups = this.host(name)?.groups ?? []
    return groups
      .map((group) => group.name)
      .filter((group) => group !== 'all')
      .sort()
  }

  /** Every group with the names of all its hosts: the magic variable `groups`. */
  groups(): ReadonlyMap<string, readonly string[]> {
    return new Map(this.groupList.map((group) => [group.name, group.hosts().map((host) => host.name)]))
  }

  /** The variables that the inventory gives a host, one Map for each level, highest precedence first; the same list until they change. */
  layersOf(name: string): readonly Dict[] {
    let layers = this.#layers.get(name)
    if (layers === undefined) {
      layers = this.levelsOf(name)
        .map((level) => level.vars)
        .reverse()
      this.#layers.set(name, layers)
    }
    return layers
  }

  /** The levels 3 to 10 of Ansible's precedence for a host, lowest first, without empty ones. */
  levelsOf(name: string): readonly Level[] {
    const known = this.#levels.get(name)
    if (known !== undefined) return known
    const host = this.host(name)
    const levels = host === undefined ? [] : this.computeLevels(host).filter(({ vars }) => vars.size > 0)
    this.#levels.set(name, levels)
    return levels
  }

  /** The levels as they are now, empty ones too: for plugins that read them while the sources are being read. */
  computeLevels(host: Host): Level[] {
    const all = [this.addGroup('all')]
    const groups = byPrecedence(host.groups.filter((group) => group.name !== 'all'))
    const { sourceFolders, playbookFolder } = this.#options
    const beside = playbookFolder === null ? [] : [playbookFolder]
    const files = (
      folders: readonly VarsFolder[],
      sub: 'group_vars' | 'host_vars',
      list: readonly { name: string }[],
    ) => folders.flatMap((folder) => list.flatMap(({ name }) => readVarsFolder(folder, sub, name)))
    return [
      { name: 'inventory file group vars', vars: this.joined([...all, ...groups].map((group) => group.vars)) },
      { name: 'inventory group_vars/all', vars: this.joined(files(sourceFolders, 'group_vars', all)) },
      { name: 'playbook group_vars/all', vars: this.joined(files(beside, 'group_vars', all)) },
      { name: 'inventory group_vars/*', vars: this.joined(files(sourceFolders, 'group_vars', groups)) },
      { name: 'playbook group_vars/*', vars: this.joined(files(beside, 'group_vars', groups)) },
      { name: 'inventory file host vars', vars: host.vars },
      { name: 'inventory host_vars/*', vars: this.joined(files(sourceFolders, 'host_vars', [host])) },
      { name: 'playbook host_vars/*', vars: this.joined(files(beside, 'host_vars', [host])) },
    ]
  }

  /** The variables of a group itself: its source's, then those of its files; with `beside`, those beside the playbook too. */
  groupVars(group: Group, beside: boolean): Dict {
    const { sourceFolders, playbookFolder } = this.#options
    const folders = beside && playbookFolder !== null ? [...sourceFolders, playbookFolder] : sourceFolders
    return this.joined([group.vars, ...folders.flatMap((folder) => readVarsFolder(folder, 'group_vars', group.name))])
  }

  /** Layers laid over each other, as the settings have it. */
  joined(layers: readonly ReadonlyMap<Value, Value>[]): Dict {
    return joined(layers, this.#options.settings.mergeDicts)
  }

  /** `add_host`: true if that changed anything. */
  addHost(name: string, groups: readonly string[], vars: Dict): boolean {
    this.#additions.push(() => this.#addHost(name, groups, vars))
    return this.#addHost(name, groups, vars)
  }

  #addHost(name: string, groups: readonly string[], vars: Dict): boolean {
    let changed = !this.#hosts.has(name)
    const host = this.defineHost(name, this.addGroup('all'), { file: null, folder: null })
    for (const [key, value] of vars) {
      changed ||= !same(host.vars.get(key), value)
      host.vars.set(key, value)
    }
    for (const group of groups) {
      const isNew = !this.#groups.has(group)
      changed = this.addGroup(group).addHost(host) || isNew || changed
    }
    if (changed) this.reconcile()
    return changed
  }

  /** `group_by`: true if that changed anything. */
  addToGroup(name: string, group: string, parents: readonly string[]): boolean {
    this.#additions.push(() => this.#addToGroup(name, group, parents))
    return this.#addToGroup(name, group, parents)
  }

  #addToGroup(name: string, group: string, parents: readonly string[]): boolean {
    const host = this.host(name)
    if (host === undefined) return false
    const target = this.addGroup(group)
    let changed = false
    for (const parent of parents) {
      changed ||= !this.#groups.has(parent)
      const above = this.addGroup(parent)
      if (above === target) continue
      const known = above.children.includes(target)
      this.addChild(above, target)
      changed ||= !known
    }
    changed = target.addHost(host) || changed
    if (changed) this.reconcile()
    return changed
  }

  /** Empties the inventory for `meta: refresh_inventory`, lets `load` fill it, and adds again what the run has added. */
  async refresh(load: (inventory: Inventory) => Promise<void>): Promise<void> {
    this.#reset()
    await load(this)
    for (const add of this.#additions) add()
    this.reconcile()
  }

  #implicitLocalhost(name: string): Host {
    if (this.#localhost !== null) return this.#localhost
    const host = new Host(name, true)
    host.vars.set('ansible_connection', 'local')
    this.#localhost = host
    return host
  }
}

/** Layers laid over each other, later ones on top. With `mergeDicts` a dict is laid over a dict in the same way, at any depth. */
export function joined(layers: readonly ReadonlyMap<Value, Value>[], mergeDicts = false): Dict {
  const result: Dict = new Map()
  for (const layer of layers) {
    for (const [name, value] of layer) {
      const below = mergeDicts && value instanceof Map ? result.get(name) : undefined
      result.set(name, below instanceof Map ? joined([below as Dict, value as Dict], true) : value)
    }
  }
  return result
}

function same(a: Value | undefined, b: Value): boolean {
  return (
    a === b || (typeof a === 'object' && typeof b === 'object' && JSON.stringify(plain(a)) === JSON.stringify(plain(b)))
  )
}

function plain(value: Value): unknown {
  if (value instanceof Map) return [...value].map(([key, item]) => [plain(key as Value), plain(item as Value)])
  return Array.isArray(value) ? value.map((item) => plain(item as Value)) : value
}
