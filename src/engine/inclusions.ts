import { problemsOf } from '../kernel/problem.ts'
import { type Dict, fromJson, toJson } from '../kernel/value.ts'
import type { RoleInclusion } from '../language/loader.ts'
import type { Item, Role } from '../language/model.ts'
import { roleHandlers, roleItems } from '../language/role.ts'
import { str } from '../template/index.ts'
import type { Inclusion } from './controls/control.ts'
import { asBoolean, asText } from './convert.ts'
import { stopOnFatal } from './fatal.ts'
import { finish } from './finish.ts'
import { type HostState, isActive } from './host.ts'
import type { InclusionRequest } from './item.ts'
import { type Frame, infoOf, type PlayRun } from './play-run.ts'
import { problemResult } from './results.ts'
import { runItems } from './strategy.ts'
import { displayName } from './task-name.ts'

/** Runs what hosts want included: hosts that ask for the same file with the same variables go together, in the order first asked. */
export async function runInclusions(
  playRun: PlayRun,
  requests: readonly InclusionRequest[],
  frame: Frame,
): Promise<void> {
  const groups = new Map<string, { inclusion: Inclusion; hosts: HostState[] }>()
  for (const { host, inclusion } of requests) {
    const key = keyOf(playRun, inclusion)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, { inclusion, hosts: [host] })
    else group.hosts.push(host)
  }
  for (const { inclusion, hosts } of groups.values()) await runInclusion(playRun, inclusion, hosts, frame)
}

async function runInclusion(
  playRun: PlayRun,
  inclusion: Inclusion,
  hosts: readonly HostState[],
  frame: Frame,
): Promise<void> {
  let items: readonly Item[]
  try {
    items = loadInclusion(playRun, inclusion, true)
    await playRun.engine.loadPlugins()
  } catch (error) {
    if (problemsOf(error) === null) throw error
    return failAll(playRun, inclusion, hosts, error, frame)
  }
  const { kind, name, label } = inclusion
  const item = label === undefined ? '' : ` => (item=${str(fromJson(label))})`
  if (kind === 'tasks')
    playRun.engine.emit({
      type: 'message',
      text: `included: ${pathOf(items, name)} for ${hosts.map((host) => host.name).join(', ')}${item}`,
    })
  if (kind === 'tasks' && items.length > 0) for (const host of hosts) host.counts.ok += 1
  await runItems(playRun, items, hosts, frame)
}

/**
 * The items of an inclusion, loaded once. `joining`: handlers of its roles join the play's, and with `public` its defaults and vars
 * count for the whole play; a mere look ahead leaves the play as it is.
 */
export function loadInclusion(playRun: PlayRun, inclusion: Inclusion, joining: boolean): readonly Item[] {
  const { included } = playRun.run
  const key = keyOf(playRun, inclusion)
  let loaded = included.get(key)
  if (loaded === undefined) {
    loaded = load(playRun, inclusion)
    included.set(key, loaded)
  }
  const { role, items, imported } = loaded
  if (joining) for (const one of [...imported, ...(role === null ? [] : [role])]) join(playRun, one)
  return items
}

function join(playRun: PlayRun, role: Role): void {
  const known = new Set(playRun.handlers.map(placeOf))
  playRun.handlers.push(...roleHandlers(role).filter((handler) => !known.has(placeOf(handler))))
  if (role.public && !playRun.roles.includes(role)) playRun.roles.push(role)
}

function load(
  { engine, play }: PlayRun,
  { task, kind, name, args, vars }: Inclusion,
): { items: readonly Item[]; role: Role | null; imported: readonly Role[] } {
  const { loader } = engine
  const before = play.importedRoles.length
  const imported = () => play.importedRoles.slice(before)
  if (kind === 'tasks') {
    const items = loader.includeTasks(task, loader.findTaskFile(task, name), { vars })
    return { items, role: null, imported: imported() }
  }
  const role = loader.includeRole(task, name, { vars, ...roleOptions(args) })
  return { items: roleItems(role), role, imported: imported() }
}

/** A role that is included again brings no handlers that it has brought before. */
function placeOf({ at }: Item): string {
  return `${at.file}:${at.line}:${at.column}`
}

function roleOptions(args: Dict): RoleInclusion {
  const text = (name: string) => (args.has(name) ? asText(args.get(name)!) : null)
  const truth = (name: string, otherwise: boolean) => (args.has(name) ? asBoolean(args.get(name)!) : otherwise)
  return {
    tasksFrom: text('tasks_from'),
    varsFrom: text('vars_from'),
    defaultsFrom: text('defaults_from'),
    handlersFrom: text('handlers_from'),
    allowDuplicates: truth('allow_duplicates', true),
    validate: truth('rolespec_validate', true),
    public: truth('public', false),
  }
}

function pathOf(items: readonly Item[], name: string): string {
  return items[0]?.at.file ?? name
}

function keyOf(playRun: PlayRun, { task, kind, name, args, vars }: Inclusion): string {
  const { id } = infoOf(playRun, task, '')
  return JSON.stringify([id, kind, name, toJson(args), toJson(vars)])
}

function failAll(
  playRun: PlayRun,
  { task }: Inclusion,
  hosts: readonly HostState[],
  error: unknown,
  frame: Frame,
): void {
  for (const host of hosts) {
    const info = infoOf(playRun, task, displayName(playRun, task, host))
    const run = { playRun, task, host, frame, info, includes: [], loopVars: new Map(), itemsLeft: [] }
    finish(run, problemResult(error, playRun.engine.sourceOf), [host], 0, { ignorable: false })
  }
  stopOnFatal(playRun, task, hosts, playRun.batch.filter(isActive), frame)
}
