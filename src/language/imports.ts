import { nameOf } from '../kernel/paths.ts'
import type { Position } from '../kernel/problem.ts'
import { type Dict, Template, type Value } from '../kernel/value.ts'
import type { Context } from './context.ts'
import { staticVars } from './inherit.ts'
import { parseItems } from './items.ts'
import type { Include, Item, Task } from './model.ts'
import { loadRole, roleItems } from './role.ts'
import { isText, type Session } from './session.ts'
import { findTaskFile } from './task-files.ts'

/** The tasks of the file that `import_tasks` names. Problems: `include.file`, `include.loop`, `include.option`, `file.missing`. */
export function importTasks(session: Session, task: Task, context: Context): Item[] {
  refuseLoop(session, task)
  checkOptions(session, task, ['file'])
  const written = task.freeForm ?? task.args.get('file')
  if (!isText(written)) {
    session.report({
      code: 'include.file',
      summary: 'Include without a file',
      detail: `no file specified for ${task.action.written}`,
      at: task.action.at,
    })
    return []
  }
  const name = session.attempt(() => session.text(written, context.play, staticVars(task)))
  if (name === null) return []
  const path = findTaskFile(session, name, { task, role: context.role, folder: context.play.folder })
  if (path === null) return []
  if (context.importing.includes(path)) {
    reportCycle(session, path, task.at)
    return []
  }
  const include = staticInclude(task, path, context)
  return loadTasks(
    session,
    path,
    { ...context, parent: include, file: path, importing: [...context.importing, path] },
    task.at,
  )
}

/** The tasks of one file. An empty file gives a warning, as in Ansible. */
export function loadTasks(session: Session, path: string, context: Context, at: Position): Item[] {
  const list = session.yaml(path)
  if (list === undefined || list === null) {
    if (list === null) session.options.warn(`file ${path} is empty and had no tasks to include`, at)
    return []
  }
  return parseItems(session, list, context, 'a file of tasks', { file: path, line: 1, column: 1 })
}

/** The tasks of the role that `import_role` names, its dependencies first. */
export function importRole(session: Session, task: Task, context: Context): Item[] {
  refuseLoop(session, task)
  const options = readRoleOptions(session, task, [])
  if (options === null) return []
  if (context.handlers) {
    session.report({
      code: 'include.handler',
      summary: 'Role among handlers',
      detail: `using '${task.action.written}' as a handler is not supported`,
      at: task.action.at,
    })
    return []
  }
  const name = session.attempt(() => session.text(options.name, context.play, staticVars(task)))
  if (name === null) return []
  // Folders before the name count for `include_role` alone, as in Ansible.
  const from = (value: Value | undefined) =>
    isText(value) ? nameOf(session.text(value, context.play, staticVars(task))) : null
  const include = staticInclude(task, '', context)
  const role = session.attempt(() =>
    loadRole(session, name, {
      context: { ...context, parent: include },
      at: task.at,
      vars: task.vars,
      tasksFrom: from(task.args.get('tasks_from')),
      varsFrom: from(task.args.get('vars_from')),
      defaultsFrom: from(task.args.get('defaults_from')),
      handlersFrom: from(task.args.get('handlers_from')),
      allowDuplicates: options.allowDuplicates,
      validate: options.validate,
      included: true,
      public: true,
    }),
  )
  if (role === null) return []
  context.importedRoles.push(role)
  return roleItems(role)
}

function staticInclude(task: Task, path: string, context: Context): Include {
  const none: Dict = new Map()
  // The old bare `include` takes variables beside the file's name.
  const vars = task.action.written === 'include' ? new Map([...task.args].filter(([name]) => name !== 'file')) : none
  return { kind: 'include', static: true, task, apply: {}, applyVars: none, vars, path, parent: context.parent }
}

function refuseLoop(session: Session, task: Task): void {
  if (task.loop === null) return
  const include = task.action.written.replace('import', 'include')
  session.report({
    code: 'include.loop',
    summary: 'Loop on an import',
    detail: `you cannot use loops on '${task.action.written}' statements`,
    hint: `use '${include}' instead`,
    at: task.loop.at,
  })
}

export type RoleOptions = {
  readonly name: string | Template
  readonly allowDuplicates: boolean
  readonly validate: boolean
}

const ROLE_OPTIONS = [
  'name',
  'role',
  'tasks_from',
  'vars_from',
  'defaults_from',
  'handlers_from',
  'allow_duplicates',
  'rolespec_validate',
]

/** The arguments of `import_role` and `include_role` that must be known as they are loaded. */
export function readRoleOptions(session: Session, task: Task, more: readonly string[]): RoleOptions | null {
  checkOptions(session, task, [...ROLE_OPTIONS, ...more])
  const name = task.args.get('name') ?? task.args.get('role')
  if (!isText(name)) {
    session.report({
      code: 'include.role',
      summary: 'Include without a role',
      detail: `'name' is a required field for ${task.action.written}`,
      at: task.action.at,
    })
    return null
  }
  return {
    name,
    allowDuplicates: truth(task.args.get('allow_duplicates'), true),
    validate: truth(task.args.get('rolespec_validate'), true),
  }
}

/** A static boolean argument; a template counts as the default. */
function truth(value: Value | undefined, otherwise: boolean): boolean {
  if (value === undefined || value === null || value instanceof Template) return otherwise
  return ['y', 'yes', 'on', '1', 'true', 't', '1.0'].includes(String(value).toLowerCase())
}

function checkOptions(session: Session, task: Task, allowed: readonly string[]): void {
  if (task.action.written === 'include') return
  const bad = [...task.args.keys()].map(String).filter((name) => !allowed.includes(name))
  if (bad.length === 0) return
  session.report({
    code: 'include.option',
    summary: 'Unknown option of an include',
    detail: `invalid options for ${task.action.written}: ${bad.join(', ')}`,
    hint: bad.includes('apply') ? 'keywords of an import are inherited by its tasks: no "apply" is needed' : undefined,
    at: task.argsAt.get(bad[0]!) ?? task.action.at,
  })
}

export function reportCycle(session: Session, path: string, at: Position): void {
  session.report({
    code: 'include.cycle',
    summary: 'Import of itself',
    detail: `${path} imports itself, directly or through another file`,
    at,
  })
}
