import { Problem } from '../kernel/problem.ts'
import type { Dict, Value } from '../kernel/value.ts'
import type { Group } from './groups.ts'
import { type Inventory, joined } from './inventory.ts'
import { pythonText } from './python-text.ts'

export type Shown = {
  /** Variables stay with the groups that define them. */
  readonly exported: boolean
  /** Variables beside the playbook count for groups, and for hosts that are exported. */
  readonly besidePlaybook: boolean
  readonly extraVars: Dict
}

/** `ansible-inventory --list`: the groups and, below `_meta`, every host's variables. */
export function listedGroups(inventory: Inventory, shown: Shown): Dict {
  const groups: Dict = new Map()
  addGroup(inventory, inventory.addGroup('all'), groups, new Set(), shown)
  const hostVars = new Map<Value, Value>()
  for (const name of inventory.hosts('all')) {
    const vars = hostVariables(inventory, name, shown)
    if (vars.size > 0) hostVars.set(name, vars)
  }
  return groups.set('_meta', new Map([['hostvars', hostVars]]))
}

/** `ansible-inventory --list --yaml`: the groups inside each other; a host's variables stand where it is first. */
export function nestedGroups(inventory: Inventory, shown: Shown): Dict {
  return nested(inventory, inventory.addGroup('all'), shown, new Set())
}

/** `ansible-inventory --list --toml`: every group for itself; a host's variables stand where it is first. */
export function flatGroups(inventory: Inventory, shown: Shown): Dict {
  const groups: Dict = new Map()
  addFlat(inventory, inventory.addGroup('all'), groups, new Set(), shown)
  for (const [name, entry] of groups) if ((entry as Dict).size === 0) groups.delete(name)
  return groups
}

/** `ansible-inventory --host NAME`: one host's variables. Problem `inventory.host`. */
export function oneHost(inventory: Inventory, pattern: string, shown: Shown): Dict {
  const hosts = inventory.hosts(pattern)
  if (hosts.length === 1) return hostVariables(inventory, hosts[0]!, shown)
  throw new Problem({
    code: 'inventory.host',
    summary: 'Not one host',
    detail: `"${pattern}" means ${hosts.length} hosts; exactly one must be named`,
  })
}

/** `ansible-inventory --graph [GROUP]`: the tree of groups and hosts; with `vars`, their variables as they are shown too. Problem `inventory.group`. */
export function printGraph(inventory: Inventory, start: string, vars: Shown | null): string {
  const group = inventory.group(start)
  if (group !== undefined) return graph(inventory, group, 0, vars).join('\n')
  throw new Problem({
    code: 'inventory.group',
    summary: 'Unknown group',
    detail: `there is no group "${start}"; a graph starts at a group`,
  })
}

/** Variables that every host has and no inventory needs to show. */
const INTERNAL = ['inventory_dir', 'inventory_file']

function hostVariables(inventory: Inventory, name: string, { exported, besidePlaybook, extraVars }: Shown): Dict {
  const isShown = (level: string) =>
    !exported || (/host/.test(level) && (besidePlaybook || !level.startsWith('playbook ')))
  const levels = inventory.levelsOf(name).filter((level) => isShown(level.name))
  const vars = inventory.joined([...levels.map((level) => level.vars), ...(exported ? [] : [extraVars])])
  for (const internal of INTERNAL) vars.delete(internal)
  return vars
}

function groupVariables(inventory: Inventory, group: Group, { besidePlaybook }: Shown): Dict {
  const vars = inventory.groupVars(group, besidePlaybook)
  if (group.priority !== 1) vars.set('ansible_group_priority', group.priority)
  return vars
}

function addGroup(
  inventory: Inventory,
  group: Group,
  groups: Map<Value, Value>,
  seen: Set<string>,
  shown: Shown,
): void {
  const entry = new Map<Value, Value>()
  const hosts = group.name === 'all' ? [] : [...group.ownHosts].map((host) => host.name)
  const vars = shown.exported ? groupVariables(inventory, group, shown) : new Map()
  if (hosts.length > 0) entry.set('hosts', hosts)
  if (group.children.length > 0)
    entry.set(
      'children',
      group.children.map((child) => child.name),
    )
  if (vars.size > 0) entry.set('vars', vars)
  if (entry.size > 0) groups.set(group.name, entry)
  for (const child of group.children) {
    if (seen.has(child.name)) continue
    seen.add(child.name)
    addGroup(inventory, child, groups, seen, shown)
  }
}

function nested(inventory: Inventory, group: Group, shown: Shown, seen: Set<string>): Dict {
  const entry: Dict = new Map()
  const children = joined(group.children.map((child) => nested(inventory, child, shown, seen)))
  const { hosts, vars } = ownParts(inventory, group, shown, seen)
  if (children.size > 0) entry.set('children', children)
  if (hosts.size > 0) entry.set('hosts', hosts)
  if (vars.size > 0) entry.set('vars', vars)
  return new Map([[group.name, entry]])
}

function addFlat(inventory: Inventory, group: Group, groups: Dict, seen: Set<string>, shown: Shown): void {
  if (groups.has(group.name)) return
  const entry: Dict = new Map()
  groups.set(group.name, entry)
  const children = group.children.filter(({ name, ownHosts }) => name !== 'ungrouped' || [...ownHosts].length > 0)
  for (const child of children) addFlat(inventory, child, groups, seen, shown)
  const { hosts, vars } = ownParts(inventory, group, shown, seen)
  if (group.name !== 'all' && children.length > 0)
    entry.set(
      'children',
      children.map(({ name }) => name),
    )
  if (hosts.size > 0) entry.set('hosts', hosts)
  if (vars.size > 0) entry.set('vars', vars)
}

/** The hosts of the group itself, each with its variables where it is first, and the group's variables. */
function ownParts(inventory: Inventory, group: Group, shown: Shown, seen: Set<string>): { hosts: Dict; vars: Dict } {
  const hosts: Dict = new Map()
  for (const { name } of group.name === 'all' ? [] : group.ownHosts) {
    hosts.set(name, seen.has(name) ? new Map() : hostVariables(inventory, name, shown))
    seen.add(name)
  }
  return { hosts, vars: shown.exported ? groupVariables(inventory, group, shown) : new Map() }
}

function graph(inventory: Inventory, group: Group, depth: number, vars: Shown | null): string[] {
  const lines = [branch(`@${group.name}:`, depth)]
  for (const child of group.children) lines.push(...graph(inventory, child, depth + 1, vars))
  for (const host of group.name === 'all' ? [] : group.ownHosts) {
    lines.push(branch(host.name, depth + 1))
    if (vars !== null) lines.push(...variableLines(hostVariables(inventory, host.name, vars), depth + 2))
  }
  if (vars !== null) lines.push(...variableLines(groupVariables(inventory, group, vars), depth + 1))
  return lines
}

function variableLines(vars: Dict, depth: number): string[] {
  const names = [...vars.keys()].map(String).sort()
  return names.map((name) => branch(`{${name} = ${pythonText(vars.get(name)!)}}`, depth))
}

function branch(text: string, depth: number): string {
  return depth === 0 ? text : `${'  |'.repeat(depth)}--${text}`
}
