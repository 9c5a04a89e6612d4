import { readFileSync, statSync } from 'node:fs'
import { hostname } from 'node:os'
import { resolve } from 'node:path'
import type { Dict, Value } from '../kernel/value.ts'
import { DateTime, formatTime } from '../template/index.ts'
import type { Layer, Scope } from './scope.ts'

/** The variables, made when they are read, that a template file sees beside those of its task, as `generate_ansible_template_vars` of Ansible gives them. */
export function templateVars(path: string, scope: Scope, managed: string): Layer {
  const known: Dict = new Map()
  return {
    get: (name) => {
      const make = VARS.get(name)
      if (make !== undefined && !known.has(name)) known.set(name, make(path, scope, managed))
      return known.get(name)
    },
    keys: () => VARS.keys(),
  }
}

type Make = (path: string, scope: Scope, managed: string) => Value

const VARS: ReadonlyMap<string, Make> = new Map<string, Make>([
  ['template_path', (path) => path],
  ['template_fullpath', (path) => resolve(path)],
  ['template_host', () => hostname()],
  ['template_uid', (path) => ownerName(statSync(path).uid)],
  ['template_mtime', (path) => DateTime.fromEpoch(statSync(path).mtimeMs / 1000, false)],
  ['template_run_date', () => DateTime.fromEpoch(Date.now() / 1000, false)],
  ['template_destpath', () => null],
  ['ansible_managed', (path, scope, managed) => scope.lookup('ansible_managed') ?? filledIn(managed, path)],
])

/** The setting `ansible_managed`: names in braces, and the time of the file by strftime. */
function filledIn(managed: string, path: string): string {
  const { uid, mtimeMs } = statSync(path)
  const words: { readonly [name: string]: string } = { file: path, host: hostname(), uid: ownerName(uid) }
  const text = managed.replace(/\{(file|host|uid)\}/g, (_, name: string) => words[name]!)
  return text.includes('%') ? formatTime(text, DateTime.fromEpoch(mtimeMs / 1000, false)) : text
}

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
