import type { TomlDate } from 'smol-toml'
import { type Position, Problem } from '../kernel/problem.ts'
import { type Dict, Float, templated, type Value } from '../kernel/value.ts'
import { hostNames } from './ini.ts'
import type { Target } from './target.ts'

/**
 * An inventory in TOML form, by the rules of Ansible's `toml` plugin: tables of groups with `hosts` and `vars` (tables) and `children` (a
 * list of names). Problem `inventory.toml`; a key that is none of these is a warning.
 */
export async function readToml(
  target: Target,
  text: string,
  warn: (message: string, at: Position | null) => void,
): Promise<void> {
  const groups = await parsed(text, target.source)
  if (groups.size === 0) throw wrong('the file is empty', target)
  if (groups.has('plugin')) throw wrong('a plugin can be configured only in YAML', target)
  for (const [name, data] of groups) {
    if (data instanceof Map) readGroup(target, String(name), data as Dict, warn)
    else warn(`skipping '${String(name)}' as this is not a valid group definition`, placeOf(target))
  }
}

function readGroup(
  target: Target,
  name: string,
  data: Dict,
  warn: (message: string, at: Position | null) => void,
): void {
  const { inventory } = target
  const group = inventory.addGroup(name)
  for (const [key, section] of data) {
    if (key === 'children') {
      if (!Array.isArray(section)) throw wrong(`the "children" of group "${name}" must be a list of names`, target)
      for (const child of section) inventory.addChild(group, inventory.addGroup(String(child)))
    } else if (key === 'vars' || key === 'hosts') {
      if (!(section instanceof Map)) throw wrong(`the "${key}" of group "${name}" must be a table`, target)
      if (key === 'vars')
        for (const [variable, value] of section as Dict) inventory.setGroupVariable(group, variable, value)
      else for (const [pattern, vars] of section as Dict) readHosts(target, name, String(pattern), vars)
    } else {
      const text = `skipping unexpected key "${String(key)}" in group "${name}", only "vars", "children" and "hosts" are valid`
      warn(text, placeOf(target))
    }
  }
}

function readHosts(target: Target, group: string, pattern: string, vars: Value): void {
  const { inventory } = target
  if (!(vars instanceof Map)) throw wrong(`the variables of host "${pattern}" must be a table`, target)
  const { names, port } = hostNames(pattern, placeOf(target))
  for (const name of names) {
    const host = target.defineHost(name, inventory.addGroup(group))
    if (port !== null) host.vars.set('ansible_port', port)
    for (const [key, value] of vars as Dict) inventory.setVariable(host, key, value)
  }
}

/** The library is loaded only by who has such a file. */
async function parsed(text: string, file: string): Promise<Dict> {
  const { parse, TomlError } = await import('smol-toml')
  try {
    return converted(parse(text, { integersAsBigInt: true }), file) as Dict
  } catch (error) {
    if (!(error instanceof TomlError)) throw error
    const [detail = ''] = error.message.replace(/^Invalid TOML document: /, '').split('\n')
    const at = { file, line: error.line, column: error.column }
    throw new Problem({ code: 'inventory.toml', summary: 'Wrong TOML', detail, at })
  }
}

/** Whole numbers come as bigints, so that 1.0 can be told from 1. */
function converted(given: unknown, file: string): Value {
  if (typeof given === 'string') return templated(given, { file, line: 1, column: 1 })
  if (typeof given === 'bigint') return Number.isSafeInteger(Number(given)) ? Number(given) : given
  if (typeof given === 'number') return Number.isInteger(given) ? new Float(given) : given
  if (typeof given === 'boolean') return given
  if (Array.isArray(given)) return given.map((item) => converted(item, file))
  if (given instanceof Date)
    return (given as TomlDate)
      .toISOString()
      .replace(/(\.\d{3})(?=$|[Z+-])/, microseconds)
      .replace(/Z$/, '+00:00')
  return new Map(Object.entries(given as object).map(([key, item]) => [key, converted(item, file)]))
}

/** As Python writes a time: no fraction, or six digits of one. */
function microseconds(fraction: string): string {
  return fraction === '.000' ? '' : `${fraction}000`
}

function placeOf(target: Target): Position {
  return { file: target.source, line: 1, column: 1 }
}

function wrong(detail: string, target: Target): Problem {
  return new Problem({ code: 'inventory.toml', summary: 'Wrong inventory', detail, at: placeOf(target) })
}
