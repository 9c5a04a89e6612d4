import { folderOf } from '../kernel/paths.ts'
import { type Position, Problem } from '../kernel/problem.ts'
import { type Dict, Template, type Value, VaultText } from '../kernel/value.ts'
import type { Context } from './context.ts'
import { parseItems } from './items.ts'
import type { Keywords } from './keywords.ts'
import type { Item, Role } from './model.ts'
import { readKeywords } from './read-keywords.ts'
import { readVars } from './read-vars.ts'
import { findRole, type RolePlace, roleDict, roleFile } from './role-files.ts'
import { type Session, typeName } from './session.ts'
import { validationTask } from './validation.ts'

type RoleUse = {
  readonly context: Context
  readonly at: Position
  readonly keywords?: Keywords
  readonly vars?: Dict
  readonly params?: Dict
  readonly tasksFrom?: string | null
  readonly varsFrom?: string | null
  readonly defaultsFrom?: string | null
  readonly handlersFrom?: string | null
  /** Null: what `meta/main.yml` says. */
  readonly allowDuplicates?: boolean | null
  /** Whether a task that checks the arguments comes first when there are argument specs. */
  readonly validate?: boolean
  /** By `include_role` or `import_role`: such a use is never the same as one of `roles:`. */
  readonly included?: boolean
  readonly public?: boolean
  /** The folder of the role that depends on this one: searched too. */
  readonly beside?: string | null
}

/**
 * A role for one place of use, its dependencies with it. Throws `role.missing` (with every folder searched); what is wrong inside its
 * files is kept as problems.
 */
export function loadRole(session: Session, name: string, use: RoleUse): Role {
  const { context } = use
  const place = findRole(session, name, {
    folder: context.play.folder,
    collections: context.collections,
    beside: use.beside ?? null,
    at: use.at,
  })
  const file = fileOf(place, use)
  if (context.importing.includes(file)) {
    throw new Problem({
      code: 'role.cycle',
      summary: 'Role depends on itself',
      detail: `a loop was found in the roles: ${[...context.importing.slice(context.importing.indexOf(file)), file].join(' → ')}`,
      at: use.at,
    })
  }
  return build(session, place, use)
}

/** What must not import itself: a role may import another file of its own (`tasks_from`). */
function fileOf({ path }: RolePlace, { tasksFrom }: RoleUse): string {
  return tasksFrom === undefined || tasksFrom === null ? path : `${path} (${tasksFrom})`
}

function build(session: Session, place: RolePlace, use: RoleUse): Role {
  const { context } = use
  session.options.foundFolder(place.path)
  const meta = roleDict(session, place.path, 'meta', null, false)
  const lists = { dependencies: [] as Role[], tasks: [] as Item[], handlers: [] as Item[] }
  const role: Role = {
    kind: 'role',
    name: place.collection === null ? place.name : `${place.collection}.${place.name}`,
    path: place.path,
    collection: place.collection,
    keywords: use.keywords ?? {},
    vars: use.vars ?? new Map(),
    params: use.params ?? new Map(),
    defaults: roleDict(session, place.path, 'defaults', use.defaultsFrom ?? null, true),
    roleVars: roleDict(session, place.path, 'vars', use.varsFrom ?? null, true),
    ...lists,
    argumentSpecs: argumentSpecs(session, place.path, meta),
    entryPoint: (use.tasksFrom ?? 'main').replace(/\.ya?ml$/, ''),
    allowDuplicates: use.allowDuplicates ?? meta.get('allow_duplicates') === true,
    public: use.public ?? true,
    collections: searchedCollections(place, meta),
    identity: identity(place, use),
    parent: context.parent,
    at: use.at,
  }
  const inside: Context = {
    ...context,
    role,
    parent: role,
    handlers: false,
    collections: role.collections,
    importing: [...context.importing, fileOf(place, use)],
  }
  lists.dependencies.push(...readDependencies(session, meta, inside))
  if (use.validate ?? true) lists.tasks.push(...validationTask(role))
  lists.tasks.push(...roleTasks(session, role, 'tasks', use.tasksFrom ?? null, inside))
  lists.handlers.push(...roleTasks(session, role, 'handlers', use.handlersFrom ?? null, { ...inside, handlers: true }))
  return role
}

/** All items of a role in the order they run: those of its dependencies first. */
export function roleItems(role: Role): Item[] {
  return [...role.dependencies.flatMap(roleItems), ...role.tasks]
}

/** The handlers of a role and of its dependencies. */
export function roleHandlers(role: Role): Item[] {
  return [...role.dependencies.flatMap(roleHandlers), ...role.handlers]
}

function roleTasks(
  session: Session,
  role: Role,
  sub: 'tasks' | 'handlers',
  from: string | null,
  inside: Context,
): Item[] {
  const file = roleFile(session, role.path, sub, from)
  if (file === null) return []
  const start = { file, line: 1, column: 1 }
  return parseItems(session, session.yaml(file), { ...inside, file }, `the ${sub} of role "${role.name}"`, start)
}

/** An entry of `roles:` or of a role's dependencies. */
export function readRoleEntry(
  session: Session,
  entry: Value,
  context: Context,
  at: Position,
  beside: string | null,
): Role | null {
  if (typeof entry === 'string' || typeof entry === 'number' || entry instanceof Template) {
    return loadEntry(session, entry instanceof Template ? entry : String(entry), { context, at, beside })
  }
  const dict = entry instanceof Map ? (entry as Dict) : null
  const name = dict?.get('role') ?? dict?.get('name') ?? dict?.get('src')
  if (dict === null || !(typeof name === 'string' || name instanceof Template)) {
    session.report({
      code: 'role.type',
      summary: 'Not a role',
      detail:
        dict === null
          ? `a role must be text or a dict, but is ${typeName(entry)}`
          : 'role definitions must contain a role name',
      hint: 'write "- name_of_role" or "- role: name_of_role"',
      at,
    })
    return null
  }
  const keywords = readKeywords(session, dict, 'role', at)
  const params: Dict = new Map()
  for (const [key, value] of dict) if (!isRoleAttribute(String(key), keywords)) params.set(key, value)
  const vars = readVars(session, dict.get('vars'), 'Role', session.key(dict, 'vars', at))
  return loadEntry(session, name, { context, at, keywords, params, vars, beside })
}

const ROLE_STRUCTURE = new Set(['role', 'vars', 'name'])

function isRoleAttribute(key: string, keywords: Keywords): boolean {
  return ROLE_STRUCTURE.has(key) || Object.hasOwn(keywords, key)
}

function loadEntry(session: Session, name: string | Template, use: RoleUse): Role | null {
  const { play } = use.context
  return session.attempt(() => loadRole(session, session.text(name, play, play.vars), use))
}

function readDependencies(session: Session, meta: Dict, inside: Context): Role[] {
  const list = meta.get('dependencies')
  if (list === undefined || list === null) return []
  const at = session.key(meta, 'dependencies', { file: inside.file, line: 1, column: 1 })
  if (!Array.isArray(list)) {
    session.report({
      code: 'role.type',
      summary: 'Not a list of roles',
      detail: `expected role dependencies to be a list, but they are ${typeName(list)}`,
      at,
    })
    return []
  }
  const beside = inside.role === null ? null : folderOf(inside.role.path)
  return list.flatMap((entry: Value, index) => {
    const role = readRoleEntry(session, entry, inside, session.item(list, index, at), beside)
    return role === null ? [] : [role]
  })
}

/** `meta/argument_specs.yml`, or the key of that name in `meta/main.yml`. */
function argumentSpecs(session: Session, path: string, meta: Dict): Dict | null {
  const file = roleFile(session, path, 'meta', 'argument_specs', true)
  const specs = file === null ? meta.get('argument_specs') : (session.yaml(file) as Dict | null)?.get('argument_specs')
  return specs instanceof Map && specs.size > 0 ? (specs as Dict) : null
}

/** A role does not inherit `collections` from its play: its own collection and what its meta names count. */
function searchedCollections(place: RolePlace, meta: Dict): string[] {
  const named = meta.get('collections')
  const list = [
    ...(place.collection === null ? [] : [place.collection]),
    ...(Array.isArray(named) ? named.map(String) : []),
  ]
  return [...new Set(list)]
}

/** Two uses with the same identity are one role to Ansible: the second does not run unless duplicates are allowed. */
function identity(place: RolePlace, use: RoleUse): string {
  const from = [use.tasksFrom, use.varsFrom, use.defaultsFrom, use.handlersFrom].map((name) => name ?? null)
  const { when, tags } = use.keywords ?? {}
  const given = [when?.value ?? null, tags?.value ?? null].map(
    (list) => list?.map((entry) => plain(entry.value)) ?? null,
  )
  return JSON.stringify([
    place.path,
    from,
    use.included ?? false,
    ...given,
    plain(use.params ?? null),
    plain(use.vars ?? null),
  ])
}

function plain(value: Value): unknown {
  if (value instanceof Map) return [...value].map(([key, item]) => [plain(key as Value), plain(item as Value)])
  if (Array.isArray(value)) return value.map((item) => plain(item as Value))
  if (value instanceof Template) return { template: value.source }
  if (value instanceof VaultText) return { vault: value.ciphertext }
  return typeof value === 'object' && value !== null
    ? String(value)
    : typeof value === 'bigint'
      ? value.toString()
      : value
}
