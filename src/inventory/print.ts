import { Problem } from '../kernel/problem.ts'
import type { Dict, Value } from '../kernel/value.ts'
import type { Group } from './groups.ts'
import { type Inventory, joined } from './inventory.ts'
import { pythonJson, pythonText } from './python-text.ts'

/** `ansible-inventory --list`: groups and, below `_meta`, every host's variables, as JSON. With `exported`, variables stay with their groups, and extra ones are left out. */
export function printList(inventory: Inventory, exported = false, extraVars: Dict = new Map()): string {
  const groups = new Map<Value, Value>()
  addGroup(inventory, inventory.addGroup('all'), groups, new Set(), exported)
  const hostVars = new Map<Value, Value>()
  for (const name of inventory.hosts('all')) {
    const own = hostVariables(inventory, name, exported)
    const vars = exported ? own : joined([own, extraVars])
    if (vars.size > 0) hostVars.set(name, vars)
  }
  groups.set('_meta', new Map([['hostvars', hostVars]]))
  return pythonJson(groups)
}

/** `ansible-inventory --host NAME`: one host's variables as JSON. Problem `inventory.host`. */
export function printHost(inventory: Inventory, pattern: string, extraVars: Dict = new Map()): string {
  const hosts = inventory.hosts(pattern)
  if (hosts.length === 1) return pythonJson(joined([hostVariables(inventory, hosts[0]!, false), extraVars]))
  throw new Problem({
    code: 'inventory.host',
    summary: 'Not one host',
    detail: `"${pattern}" means ${hosts.length} hosts; exactly one must be named`,
  })
}

/** `ansible-inventory --graph [GROUP]`: the tree of groups and hosts; with `vars`, their variables too. Problem `inventory.group`. */
export function printGraph(inventory: Inventory, start = 'all', vars = false): string {
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

function hostVariables(inventory: Inventory, name: string, exported: boolean): Dict {
  const levels = inventory.levelsOf(name).filter((level) => !exported || /host/.test(level.name))
  const vars = joined(levels.filter(({ name: level }) => !level.startsWith('playbook ')).map((level) => level.vars))
  for (const internal of INTERNAL) vars.delete(internal)
  return vars
}

function groupVariables(inventory: Inventory, group: Group): Dict {
  const vars = inventory.groupVars(group)
  if (group.priority !== 1) vars.set('ansible_group_priority', group.priority)
  return vars
}

function addGroup(
  inventory: Inventory,
  group: Group,
  groups: Map<Value, Value>,
  seen: Set<string>,
  exported: boolean,
): void {
  const entry = new Map<Value, Value>()
  const hosts = group.name === 'all' ? [] : [...group.ownHosts].map((host) => host.name)
  const vars = exported ? groupVariables(inventory, group) : new Map()
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
    addGroup(inventory, child, groups, seen, exported)
  }
}

function graph(inventory: Inventory, group: Group, depth: number, vars: boolean): string[] {
  const lines = [branch(`@${group.name}:`, depth)]
  for (const child of group.children) lines.push(...graph(inventory, child, depth + 1, vars))
  for (const host of group.name === 'all' ? [] : group.ownHosts) {
    lines.push(branch(host.name, depth + 1))
    if (vars) lines.push(...variableLines(hostVariables(inventory, host.name, false), depth + 2))
  }
  if (vars) lines.push(...variableLines(groupVariables(inventory, group), depth + 1))
  return lines
}

function variableLines(vars: Dict, depth: number): string[] {
  const names = [...vars.keys()].map(String).sort()
  return names.map((name) => branch(`{${name} = ${pythonText(vars.get(name)!)}}`, depth))
}

function branch(text: string, depth: number): string {
  return depth === 0 ? text : `${'  |'.repeat(depth)}--${text}`
}
