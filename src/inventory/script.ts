import { Problem } from '../kernel/problem.ts'
import type { Dict, Value } from '../kernel/value.ts'
import { jsonValue } from './json-value.ts'
import type { Target } from './target.ts'

/** Runs a program on the controller; `rc` is not 0 when it failed or could not be started. */
export type RunScript = (
  path: string,
  args: readonly string[],
) => Promise<{ readonly rc: number; readonly stdout: string; readonly stderr: string }>

/**
 * An executable inventory: what `--list` prints, and `--host NAME` for each host unless there is `_meta.hostvars`, by the rules of
 * Ansible's `script` plugin. Problem `inventory.script`, with what the script said.
 */
export async function readScript(target: Target, run: RunScript): Promise<void> {
  const groups = await ask(target, run, ['--list'])
  const meta = groups.get('_meta')
  const hostVars = meta instanceof Map ? (meta as Dict).get('hostvars') : undefined
  const hosts = new Set<string>()
  for (const [name, data] of groups) {
    if (name !== '_meta') readGroup(target, String(name), data, hosts)
  }
  for (const name of hosts) {
    const given = hostVars === undefined ? await ask(target, run, ['--host', name]) : (hostVars as Dict).get(name)
    const host = target.defineHost(name, null)
    if (given instanceof Map) for (const [key, value] of given as Dict) target.inventory.setVariable(host, key, value)
  }
}

async function ask(target: Target, run: RunScript, args: readonly string[]): Promise<Dict> {
  const command = [target.source, ...args].join(' ')
  const { rc, stdout, stderr } = await run(target.source, args)
  if (rc !== 0) throw wrong(`"${command}" failed with status ${rc}: ${stderr.trim() || '(it said nothing)'}`)
  if (stdout.trim() === '' && args[0] === '--host') return new Map()
  const value = jsonValue(stdout, target.source)
  if (value instanceof Map) return value as Dict
  throw wrong(
    `what "${command}" printed is no JSON dict`,
    'a dynamic inventory prints {"group": {"hosts": [...]}, "_meta": …}',
  )
}

/** A group's dict, or just its list of hosts; a dict with none of the known keys is a host of that name and its variables. */
function readGroup(target: Target, name: string, written: Value, hosts: Set<string>): void {
  const group = target.inventory.addGroup(name)
  const data = asGroup(name, written)
  const names = data.get('hosts') ?? []
  if (!Array.isArray(names)) throw wrong(`the hosts of group "${name}" are no list`)
  for (const host of names.map(String)) {
    hosts.add(host)
    target.defineHost(host, group)
  }
  const vars = data.get('vars') ?? new Map()
  if (!(vars instanceof Map)) throw wrong(`the vars of group "${name}" are no dict`)
  for (const [key, value] of vars as Dict) target.inventory.setGroupVariable(group, key, value)
  const children = data.get('children') ?? []
  for (const child of Array.isArray(children) ? children : []) {
    target.inventory.addChild(group, target.inventory.addGroup(String(child)))
  }
}

function asGroup(name: string, written: Value): Dict {
  if (!(written instanceof Map)) return new Map<Value, Value>([['hosts', written]])
  const data = written as Dict
  const known = ['hosts', 'vars', 'children'].some((key) => data.has(key))
  return known
    ? data
    : new Map<Value, Value>([
        ['hosts', [name]],
        ['vars', data],
      ])
}

function wrong(detail: string, hint?: string): Problem {
  return new Problem({ code: 'inventory.script', summary: 'Dynamic inventory failed', detail, hint })
}
