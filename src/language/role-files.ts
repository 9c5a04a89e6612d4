import { extensionOf, joinPath, nameOf } from '../kernel/paths.ts'
import { type Position, Problem } from '../kernel/problem.ts'
import type { Dict } from '../kernel/value.ts'
import { type Session, typeName } from './session.ts'

export type RolePlace = { readonly name: string; readonly path: string; readonly collection: string | null }

type RoleSearch = {
  readonly folder: string
  readonly collections: readonly string[]
  readonly beside: string | null
  readonly at: Position
}

/**
 * Where a role is: in a collection for `namespace.collection.role` or the collections searched, else in `roles/` beside the playbook,
 * the roles path, beside the role that depends on it, the playbook's folder, or at the path that the name is. Throws `role.missing`.
 */
export function findRole(session: Session, name: string, search: RoleSearch): RolePlace {
  const fromCollection = findInCollections(session, name, search.collections)
  if (fromCollection !== null) return fromCollection
  const folders = [
    joinPath(search.folder, 'roles'),
    ...session.options.rolesPath,
    ...(search.beside === null ? [] : [search.beside]),
    search.folder,
  ]
  for (const folder of folders) {
    const path = joinPath(folder, name)
    if (session.files.kind(path) === 'directory') return { name: nameIn(name), path, collection: collectionOf(path) }
  }
  throw new Problem({
    code: 'role.missing',
    summary: 'Role not found',
    detail: `the role '${name}' was not found in ${folders.join(':')}`,
    hint: nearMiss(session, name, folders),
    at: search.at,
  })
}

function nameIn(name: string): string {
  return name.startsWith('/') || name.startsWith('.') ? nameOf(name) : name
}

function nearMiss(session: Session, name: string, folders: readonly string[]): string | undefined {
  const wanted = name.toLowerCase().replaceAll(/[-_]/g, '')
  const names = folders.slice(0, -1).flatMap((folder) => session.files.list(folder))
  const match = names.find((candidate) => candidate.toLowerCase().replaceAll(/[-_]/g, '') === wanted)
  return match === undefined ? undefined : `did you mean "${match}"?`
}

function findInCollections(session: Session, name: string, collections: readonly string[]): RolePlace | null {
  const parts = name.split('.')
  const full = parts.length === 3 && parts.every((part) => /^\w+$/.test(part))
  const candidates = full
    ? [[`${parts[0]}.${parts[1]}`, parts[2]!] as const]
    : collections.map((one) => [one, name] as const)
  for (const [collection, role] of candidates) {
    for (const base of session.options.collectionsPaths) {
      const path = joinPath(base, 'ansible_collections', ...collection.split('.'), 'roles', role)
      if (session.files.kind(path) === 'directory') return { name: role, path, collection }
    }
  }
  return null
}

function collectionOf(path: string): string | null {
  const match = /\/ansible_collections\/(\w+)\/(\w+)\/roles\//.exec(path)
  return match === null ? null : `${match[1]}.${match[2]}`
}

type Sub = 'tasks' | 'handlers' | 'vars' | 'defaults' | 'meta'

const EXTENSIONS = ['.yml', '.yaml', '.json']

/**
 * A file of a role: `main` with one of the usual extensions, or what `tasks_from` and its like name. A name that was given and is not
 * there is the problem `file.missing`, unless it is `optional`; one that leads out of the role is `role.outside`.
 */
export function roleFile(
  session: Session,
  role: string,
  sub: Sub,
  from: string | null,
  optional = false,
): string | null {
  const [found] = roleFiles(session, role, sub, from, false)
  if (found === undefined && from !== null && !optional) throw missing(session, role, sub, from)
  return found ?? null
}

function roleFiles(session: Session, role: string, sub: Sub, from: string | null, folders: boolean): string[] {
  const extensions = from === null ? [...EXTENSIONS, ''] : ['', ...EXTENSIONS]
  const folder = joinPath(role, sub)
  for (const extension of extensions) {
    const path = joinPath(folder, (from ?? 'main') + extension)
    const kind = session.files.kind(path)
    if (kind !== null && !path.startsWith(`${folder}/`)) throw outside(path, role, folder)
    if (kind === 'file') return [path]
    if (kind === 'directory' && folders) return filesBelow(session, path)
  }
  return []
}

function outside(path: string, role: string, folder: string): Problem {
  return new Problem({
    code: 'role.outside',
    summary: "File that is not the role's",
    detail: `failed loading '${path}' for role (${nameOf(role)}) as it is not inside the expected role path: '${folder}'`,
    hint: 'use include_tasks for files of others',
  })
}

function missing(session: Session, role: string, sub: Sub, from: string): Problem {
  const names = session.files.list(joinPath(role, sub))
  return new Problem({
    code: 'file.missing',
    summary: 'File not found',
    detail: `could not find specified file in role: ${joinPath(role, sub, from)}`,
    hint: names.length === 0 ? undefined : `there are: ${names.join(', ')}`,
  })
}

/**
 * The variables of a role's `vars` or `defaults`, or its meta. With `folders`, all files below a folder `main/` count too, in the order
 * of their names. Problem `vars.type` for a file that holds no dict.
 */
export function roleDict(session: Session, role: string, sub: Sub, from: string | null, folders: boolean): Dict {
  const joined: Dict = new Map()
  const files = session.attempt(() => roleFiles(session, role, sub, from, folders)) ?? []
  if (files.length === 0 && from !== null) session.attempt(() => roleFile(session, role, sub, from))
  for (const path of files) {
    const value = session.yaml(path)
    if (value instanceof Map) {
      for (const [name, item] of value as Dict) joined.set(name, item)
      session.positions.copy(value as Dict, joined)
    } else if (value !== undefined && value !== null) {
      session.report({
        code: 'vars.type',
        summary: 'Not a dict of variables',
        detail: `${path} must contain a dict, but is ${typeName(value)}`,
        at: { file: path, line: 1, column: 1 },
      })
    }
  }
  return joined
}

/** The files of variables below a folder, sorted by name; hidden files, backups and other extensions are left out. */
function filesBelow(session: Session, folder: string): string[] {
  return session.files.list(folder).flatMap((name) => {
    const path = joinPath(folder, name)
    if (name.startsWith('.') || name.endsWith('~')) return []
    const extension = extensionOf(name)
    if (session.files.kind(path) === 'directory') return extension === '' ? filesBelow(session, path) : []
    return [...EXTENSIONS, ''].includes(extension) ? [path] : []
  })
}
