import { type Position, Problem } from '../kernel/problem.ts'
import { type Dict, Template, type Value } from '../kernel/value.ts'
import { coreName } from './action.ts'
import type { Context } from './context.ts'
import { loadTasks, type RoleOptions, readRoleOptions } from './imports.ts'
import { ancestors, playOf } from './inherit.ts'
import { parseItems } from './items.ts'
import type { Include, Item, Parent, Playbook, Role, Task } from './model.ts'
import { loadPlaybook } from './playbook.ts'
import { readKeywords } from './read-keywords.ts'
import { readVars } from './read-vars.ts'
import { loadRole } from './role.ts'
import { type LoaderOptions, Session, typeName } from './session.ts'
import { findTaskFile } from './task-files.ts'

export type { LoaderOptions } from './session.ts'

/** What one inclusion adds: the loop variable and the like, and `apply` with its templates as they are. */
export type Inclusion = { readonly vars?: Dict; readonly apply?: Dict | null }

/** The names that an `include_role` gives, rendered. */
export type RoleInclusion = Inclusion & {
  readonly tasksFrom?: string | null
  readonly varsFrom?: string | null
  readonly defaultsFrom?: string | null
  readonly handlersFrom?: string | null
  readonly allowDuplicates?: boolean
  readonly validate?: boolean
  readonly public?: boolean
}

/** Reads playbooks, and during a run what dynamic includes name. Every function throws all the problems it finds. */
export type Loader = {
  /** A playbook by its absolute path. */
  loadPlaybook(file: string): Playbook
  /** The path of the file that a task's rendered `include_tasks` name means. Problem `file.missing`. */
  findTaskFile(task: Task, name: string): string
  /** The items of a file, below a dynamic include. They are new objects at each call. */
  includeTasks(task: Task, path: string, inclusion?: Inclusion): Item[]
  /** The role that a task's rendered `include_role` name means; its items are `roleItems(role)`. */
  includeRole(task: Task, name: string, inclusion?: RoleInclusion): Role
  /** The static options of an `include_role` task: its name and what need not be rendered. */
  roleOptions(task: Task): RoleOptions
  /** A file of variables: a dict. Read anew each time. Problems `file.missing`, `vars.type`. */
  loadVarsFile(path: string): Dict
  /** Tasks given as values rather than in a file, below a parent: for ad hoc runs and implicit tasks. */
  parseTasks(list: readonly Value[], parent: Parent, file: string): Item[]
  /** Where a dict or list of a loaded file stands. */
  positionOf(value: Value): Position | null
}

/** A loader for one project. */
export function createLoader(options: LoaderOptions): Loader {
  const session = new Session(options)
  const finished = <T>(result: T): T => {
    session.finish()
    return result
  }
  return {
    loadPlaybook: (file) => finished(loadPlaybook(session, file)),
    findTaskFile: (task, name) => {
      const path = findTaskFile(session, name, { task, role: task.role, folder: playOf(task).folder })
      return finished(path) as string
    },
    includeTasks: (task, path, inclusion = {}) => {
      const parent = includeNode(session, task, path, inclusion)
      const items = loadTasks(session, path, contextOf(task, parent, path), task.at)
      return finished(items)
    },
    includeRole: (task, name, inclusion = {}) => finished(includeRole(session, task, name, inclusion)),
    roleOptions: (task) => finished(readRoleOptions(session, task, ['public', 'apply'])) as RoleOptions,
    loadVarsFile: (path) => finished(loadVarsFile(session, path)),
    parseTasks: (list, parent, file) => finished(parseTasks(session, list, parent, file)),
    positionOf: (value) => session.positions.of(value),
  }
}

function includeNode(session: Session, task: Task, path: string, inclusion: Inclusion): Include {
  const apply = inclusion.apply ?? task.args.get('apply') ?? null
  const dict = apply instanceof Map ? (apply as Dict) : null
  return {
    kind: 'include',
    static: false,
    task,
    apply: dict === null ? {} : readKeywords(session, dict, 'block', task.action.at),
    applyVars: readVars(session, dict?.get('vars'), 'Block', task.action.at),
    vars: inclusion.vars ?? new Map(),
    path,
    parent: task.parent,
  }
}

function contextOf(task: Task, parent: Parent, file: string): Context {
  const play = playOf(task)
  return {
    play,
    role: task.role,
    parent,
    handlers: task.handler,
    file,
    collections: collectionsOf(task),
    importedRoles: play.importedRoles as Role[],
    importing: [],
  }
}

/** The collections searched for short names where a task stands. */
function collectionsOf(task: Task): readonly string[] {
  if (task.keywords.collections !== undefined) return task.keywords.collections.value
  for (const parent of ancestors(task)) {
    if (parent.kind === 'role') return parent.collections
    const keywords = parent.kind === 'include' ? parent.apply : parent.keywords
    if (keywords.collections !== undefined) return keywords.collections.value
  }
  return []
}

function includeRole(session: Session, task: Task, name: string, inclusion: RoleInclusion): Role {
  const parent = includeNode(session, task, '', inclusion)
  return loadRole(session, name, {
    context: contextOf(task, parent, task.at.file),
    at: task.at,
    vars: task.vars,
    tasksFrom: inclusion.tasksFrom ?? null,
    varsFrom: inclusion.varsFrom ?? null,
    defaultsFrom: inclusion.defaultsFrom ?? null,
    handlersFrom: inclusion.handlersFrom ?? null,
    allowDuplicates: inclusion.allowDuplicates ?? true,
    validate: inclusion.validate ?? true,
    public: inclusion.public ?? false,
    included: true,
  })
}

function loadVarsFile(session: Session, path: string): Dict {
  const text = session.files.read(path)
  if (text === null) {
    throw new Problem({
      code: 'file.missing',
      summary: 'File not found',
      detail: `Could not find file of variables ${path}`,
    })
  }
  const value = session.parse(text, path)
  if (value === null) return new Map()
  if (value instanceof Map) return value as Dict
  throw new Problem({
    code: 'vars.type',
    summary: 'Not a dict of variables',
    detail: `${path} must contain a dict, but is ${typeName(value)}`,
    at: { file: path, line: 1, column: 1 },
  })
}

function parseTasks(session: Session, list: readonly Value[], parent: Parent, file: string): Item[] {
  const play = parent.kind === 'play' ? parent : ancestorPlay(parent)
  const role = parent.kind === 'role' ? parent : parent.kind === 'block' ? parent.role : null
  const context: Context = {
    play,
    role,
    parent,
    handlers: false,
    file,
    collections: role?.collections ?? play.keywords.collections?.value ?? [],
    importedRoles: play.importedRoles as Role[],
    importing: [],
  }
  return parseItems(session, list, context, 'the tasks', { file, line: 1, column: 1 })
}

function ancestorPlay(parent: Exclude<Parent, { kind: 'play' }>) {
  let current: Parent = parent
  while (current.kind !== 'play') current = current.parent
  return current
}

/**
 * `nginx : Install` — a task's name as Ansible prints it; `rendered` is its name with templates done, or null when it has none. An
 * `include_role` shows no role before its name.
 */
export function displayName(task: Task, rendered: string | null): string {
  if (coreName(task.action.written) === 'include_role') {
    return rendered ?? `${task.action.written} : ${nameOfRole(task)}`
  }
  const own = rendered ?? task.action.written
  return task.role === null ? own : `${task.role.name} : ${own}`
}

function nameOfRole(task: Task): string {
  const name = task.args.get('name') ?? task.args.get('role') ?? ''
  return name instanceof Template ? name.source : String(name)
}
