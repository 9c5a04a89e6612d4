import { readFileSync, statSync } from 'node:fs'
import { hostname } from 'node:os'
import { resolve } from 'node:path'
import type { Dict, Value } from '../kernel/value.ts'
import { DateTime } from '../template/index.ts'
import type { Layer, Scope } from './scope.ts'

/** The variables, made when they are read, that a template file sees beside those of its task, as `generate_ansible_template_vars` of Ansible gives them. */
export function templateVars(path: string, scope: Scope): Layer {
  const known: Dict = new Map()
  return {
    get: (name) => {
      const make = VARS.get(name)
      if (make !== undefined && !known.has(name)) known.set(name, make(path, scope))
      return known.get(name)
    },
    keys: () => VARS.keys(),
  }
}

const VARS: ReadonlyMap<string, (path: string, scope: Scope) => Value> = new Map<
  string,
  (path: string, scope: Scope) => Value
>([
  ['template_path', (path) => path],
  ['template_fullpath', (path) => resolve(path)],
  ['template_host', () => hostname()],
  ['template_uid', (path) => ownerName(statSync(path).uid)],
  ['template_mtime', (path) => DateTime.fromEpoch(statSync(path).mtimeMs / 1000, false)],
  ['template_run_date', () => DateTime.fromEpoch(Date.now() / 1000, false)],
  ['template_destpath', () => null],
  ['ansible_managed', (_, scope) => scope.lookup('ansible_managed') ?? 'Ansible managed'],
])

/** A user's name on the controller; the number where there is no such user. */
function ownerName(uid: number): string {
  try {
    const entries = readFileSync('/etc/passwd', 'utf8').split('\n')
    const entry = entries.map((line) => line.split(':')).find((fields) => fields[2] === String(uid))
    return entry?.[0] ?? String(uid)
  } catch {
    return String(uid)
  }
}
