import type { Dict, Value } from '../kernel/value.ts'

/** A host of the inventory. Its groups include the ancestors of the groups it was put into. */
export class Host {
  readonly name: string
  readonly vars: Dict = new Map()
  readonly groups: Group[] = []
  /** `localhost` that no source names: it is in no group. */
  readonly implicit: boolean

  constructor(name: string, implicit = false) {
    this.name = name
    this.implicit = implicit
  }

  /** Puts the host into a group's list of membership, its ancestors first. */
  join(group: Group): void {
    for (const each of [...group.ancestors(), group]) if (!this.groups.includes(each)) this.groups.push(each)
  }

  leave(group: Group): void {
    const index = this.groups.indexOf(group)
    if (index < 0) return
    this.groups.splice(index, 1)
    for (const ancestor of group.ancestors()) {
      const needed = ancestor.name === 'all' || this.groups.some((other) => other.ancestors().includes(ancestor))
      if (!needed) this.leave(ancestor)
    }
  }
}

/** A group: its own hosts in order, its children and parents, and how deep below `all` it is, which decides whose variables win. */
export class Group {
  readonly name: string
  readonly vars: Dict = new Map()
  readonly ownHosts = new Set<Host>()
  readonly children: Group[] = []
  readonly parents: Group[] = []
  depth = 0
  priority = 1

  constructor(name: string) {
    this.name = name
  }

  setVariable(name: Value, value: Value): void {
    if (name !== 'ansible_group_priority') this.vars.set(name, value)
    else if (!Number.isNaN(Number(value))) this.priority = Math.trunc(Number(value))
  }

  addHost(host: Host): boolean {
    if (this.ownHosts.has(host)) return false
    this.ownHosts.add(host)
    host.join(this)
    return true
  }

  removeHost(host: Host): void {
    if (this.ownHosts.delete(host)) host.leave(this)
  }

  /** False if the group was a child already; null if it would contain itself. */
  addChild(child: Group): boolean | null {
    if (this.children.includes(child)) return false
    if (child === this || this.ancestors().includes(child)) return null
    this.children.push(child)
    child.sink(this.depth + 1)
    child.parents.push(this)
    const above = [...this.ancestors(), this]
    for (const host of child.hosts()) {
      for (const group of above) if (!host.groups.includes(group)) host.groups.push(group)
    }
    return true
  }

  sink(depth: number): void {
    if (depth <= this.depth) return
    this.depth = depth
    for (const child of this.children) child.sink(depth + 1)
  }

  /** Every group above, each once. */
  ancestors(): Group[] {
    return walk(this, (group) => group.parents)
  }

  /** Its own hosts and those of all groups below, in the order of the levels. */
  hosts(): Host[] {
    const groups = [this as Group, ...walk(this, (group) => group.children)]
    const hosts = new Set(groups.flatMap((group) => [...group.ownHosts]))
    return [...hosts].filter((host) => !(this.name === 'all' && host.implicit))
  }
}

/** What can be reached from a group, level by level, each once. */
function walk(start: Group, next: (group: Group) => readonly Group[]): Group[] {
  const found = new Set<Group>()
  let level = next(start)
  while (level.length > 0) {
    const fresh = level.filter((group) => !found.has(group))
    for (const group of fresh) found.add(group)
    level = [...new Set(fresh.flatMap((group) => next(group)))]
  }
  return [...found]
}

/** Groups in the order their variables are laid over each other: by depth, then `ansible_group_priority`, then name. */
export function byPrecedence(groups: readonly Group[]): Group[] {
  return [...groups].sort(
    (a, b) => a.depth - b.depth || a.priority - b.priority || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0),
  )
}
