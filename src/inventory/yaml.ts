import { type Position, Problem } from '../kernel/problem.ts'
import { type Dict, Template, type Value } from '../kernel/value.ts'
import type { Positions } from '../kernel/yaml.ts'
import type { Group } from './groups.ts'
import { hostNames } from './ini.ts'
import type { Target } from './target.ts'

/** What a reader of YAML inventories is told beside the values. */
type YamlPlace = { readonly positions: Positions; readonly warn: (text: string, at: Position | null) => void }

/**
 * An inventory in YAML form, by the rules of Ansible's `yaml` plugin: groups with `hosts`, `children` and `vars`, host names with ranges
 * and ports. Problem `inventory.yaml`; a key that is none of these is a warning.
 */
export function readYamlInventory(target: Target, groups: Dict, place: YamlPlace): void {
  for (const [name, data] of groups) readGroup(target, name, data, place, place.positions.key(groups, name))
}

function readGroup(target: Target, name: Value, data: Value, place: YamlPlace, at: Position | null): Group | null {
  if (data !== null && !(data instanceof Map)) {
    place.warn(`skipping '${String(name)}' as this is not a valid group definition`, at)
    return null
  }
  const group = target.inventory.addGroup(String(name))
  for (const [key, written] of (data ?? new Map()) as Dict) {
    const keyAt = place.positions.key(data as Dict, key)
    if (!SECTIONS.includes(String(key))) {
      place.warn(
        `skipping unexpected key (${String(key)}) in group (${group.name}), only "vars", "children" and "hosts" are valid`,
        keyAt,
      )
      continue
    }
    const section = typeof written === 'string' ? new Map<Value, Value>([[written, null]]) : written
    if (section === null) continue
    if (!(section instanceof Map))
      throw wrong(`the "${String(key)}" of group "${group.name}" must be a dict`, keyAt, listHint(written))
    readSection(target, group, String(key), section as Dict, place)
  }
  return group
}

const SECTIONS = ['vars', 'children', 'hosts']

function listHint(written: Value): string | undefined {
  return Array.isArray(written) ? 'write "name:" for each instead of "- name"' : undefined
}

function readSection(target: Target, group: Group, kind: string, section: Dict, place: YamlPlace): void {
  for (const [name, value] of section) {
    const at = place.positions.key(section, name)
    if (kind === 'vars') target.inventory.setGroupVariable(group, name, value)
    else if (kind === 'children') {
      const child = readGroup(target, name, value, place, at)
      if (child !== null) target.inventory.addChild(group, child)
    } else readHosts(target, group, name, value, at)
  }
}

function readHosts(target: Target, group: Group, pattern: Value, vars: Value, at: Position | null): void {
  if (typeof pattern !== 'string') {
    const shown = pattern instanceof Template ? pattern.source : String(pattern)
    throw wrong(`host pattern ${shown} must be a string`, at, 'quote the name of the host')
  }
  if (vars !== null && !(vars instanceof Map)) {
    throw wrong(`the variables of host "${pattern}" must be a dict`, at, 'write "name: value" lines below it')
  }
  const { names, port } = hostNames(pattern, at ?? { file: target.source, line: 1, column: 1 })
  for (const name of names) {
    const host = target.defineHost(name, group)
    if (port !== null) host.vars.set('ansible_port', port)
    for (const [key, value] of (vars ?? new Map()) as Dict) target.inventory.setVariable(host, key, value)
  }
}

function wrong(detail: string, at: Position | null, hint?: string): Problem {
  return new Problem({ code: 'inventory.yaml', summary: 'Wrong inventory', detail, hint, at })
}
