import { type Position, Problem } from '../kernel/problem.ts'
import { templated, type Value } from '../kernel/value.ts'
import { expandRanges, parseAddress } from './address.ts'
import type { Group } from './groups.ts'
import { pythonLiteral } from './python-literal.ts'
import { shellWords } from './shell-words.ts'
import type { Target } from './target.ts'

type State = {
  readonly target: Target
  group: Group
  section: 'hosts' | 'children' | 'vars'
  /** Groups that only a `[x:vars]` or a `[y:children]` names so far, and where. */
  readonly undeclared: Map<string, { readonly at: Position; readonly parents: Group[]; readonly section: string }>
}

/**
 * An inventory in INI form, by the rules of Ansible's `ini` plugin: `[group]`, `[group:children]`, `[group:vars]`, host lines with
 * ranges, port and `key=value` words, values that are Python literals. Problem `inventory.ini` at the line.
 */
export function readIni(target: Target, text: string): void {
  const state: State = {
    target,
    group: target.inventory.addGroup('ungrouped'),
    section: 'hosts',
    undeclared: new Map(),
  }
  for (const [index, raw] of text.split(/\r\n|\r|\n/).entries()) {
    const line = raw.trim()
    if (line === '' || line.startsWith('#') || line.startsWith(';')) continue
    readLine(state, line, { file: target.source, line: index + 1, column: 1 + raw.length - raw.trimStart().length })
  }
  for (const [name, { at, parents, section }] of state.undeclared) {
    const detail =
      section === 'vars'
        ? `section [${name}:vars] not valid for undefined group: ${name}`
        : `section [${parents.at(-1)!.name}:children] includes undefined group: ${name}`
    throw problem(detail, at, `add a section [${name}]`)
  }
}

function readLine(state: State, line: string, at: Position): void {
  const header = /^\[([^:\]\s]+)(?::(\w+))?\]\s*(?:#.*)?$/.exec(line)
  if (header !== null) openSection(state, header[1]!, header[2] ?? 'hosts', at)
  else if (line.startsWith('[') && line.endsWith(']')) {
    throw problem(`invalid section entry: '${line}'`, at, 'there may be no spaces or other special characters in it')
  } else READERS[state.section](state, line, at)
}

const READERS = { hosts: readHost, vars: readVariable, children: readChild }

function openSection(state: State, name: string, section: string, at: Position): void {
  if (section !== 'hosts' && section !== 'children' && section !== 'vars') {
    throw problem(`section [${name}:${section}] has unknown type: ${section}`, at, 'it is one of hosts, children, vars')
  }
  const { inventory } = state.target
  const pending = state.undeclared.get(name)
  if (inventory.group(name) === undefined && section === 'vars' && pending === undefined) {
    state.undeclared.set(name, { at, parents: [], section })
  }
  state.group = inventory.addGroup(name)
  state.section = section
  if (pending === undefined || section === 'vars') return
  for (const parent of pending.parents) inventory.addChild(parent, state.group)
  state.undeclared.delete(name)
}

function readHost(state: State, line: string, at: Position): void {
  const words = shellWords(line)
  const [pattern, ...rest] = words ?? []
  if (pattern === undefined) throw problem(`error parsing host definition '${line}'`, at, 'a quote is not closed')
  const vars = rest.map((word): [string, Value] => {
    const equals = word.indexOf('=')
    if (equals > 0) return [word.slice(0, equals), literalOrText(word.slice(equals + 1), at)]
    throw problem(
      `expected key=value host variable assignment, got: ${word}`,
      at,
      'quote values with spaces: key="a b"',
    )
  })
  const { names, port } = hostNames(pattern, at)
  for (const name of names) {
    const host = state.target.defineHost(name, state.group)
    if (port !== null) host.vars.set('ansible_port', port)
    for (const [key, value] of vars) state.target.inventory.setVariable(host, key, value)
  }
}

/** `web[01:03]:2222` → names and port. Problems `inventory.ini`, `inventory.range`. */
export function hostNames(pattern: string, at: Position): { names: string[]; port: number | null } {
  const address = parseAddress(pattern)
  const port = address?.port ?? null
  if (pattern.endsWith(':') && port === null) {
    throw problem(`invalid host pattern '${pattern}'`, at, 'it ends in ":", which is reserved for a port')
  }
  if (pattern === '---') {
    throw problem(`invalid host pattern '${pattern}'`, at, '"---" is the start of a YAML file: name it .yml')
  }
  return { names: expandRanges(address?.host ?? pattern), port }
}

function readVariable(state: State, line: string, at: Position): void {
  const equals = line.indexOf('=')
  if (equals < 0) throw problem(`expected key=value, got: ${line}`, at)
  state.target.inventory.setGroupVariable(
    state.group,
    line.slice(0, equals).trim(),
    literalOrText(line.slice(equals + 1).trim(), at),
  )
}

function readChild(state: State, line: string, at: Position): void {
  const name = /^([^:\]\s]+)\s*(?:#.*)?$/.exec(line)?.[1]
  if (name === undefined) throw problem(`expected group name, got: ${line}`, at, 'only names of groups may stand here')
  const child = state.target.inventory.group(name)
  if (child !== undefined && !state.undeclared.has(name)) {
    state.target.inventory.addChild(state.group, child)
    return
  }
  const pending = state.undeclared.get(name)
  if (pending === undefined) state.undeclared.set(name, { at, parents: [state.group], section: 'children' })
  else pending.parents.push(state.group)
}

function literalOrText(text: string, at: Position): Value {
  const value = pythonLiteral(text)
  if (value === undefined) return templated(text, at)
  return typeof value === 'string' ? templated(value, at) : value
}

function problem(detail: string, at: Position, hint?: string): Problem {
  return new Problem({ code: 'inventory.ini', summary: 'Wrong line in an inventory', detail, hint, at })
}
