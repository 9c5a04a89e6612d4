import { folderOf, joinPath } from '../kernel/paths.ts'
import { coreName } from './action.ts'
import type { Include, Parent, Role, Task } from './model.ts'
import type { Session } from './session.ts'

/**
 * The file that an import or include names. Searched, as Ansible does: below the folders of the files that led here, the role's
 * `tasks` (or `handlers`; for an `include_tasks` this comes first), the role, and the playbook's folder. Null, with the problem `file.missing`, when there is none.
 */
export function findTaskFile(
  session: Session,
  name: string,
  from: { readonly task: Task; readonly role: Role | null; readonly folder: string },
): string | null {
  const candidates = candidatesFor(name, from)
  const found = candidates.find((path) => session.files.kind(path) === 'file')
  if (found !== undefined) return found
  session.report({
    code: 'file.missing',
    summary: 'File not found',
    detail: `${from.task.action.written}: there is no file "${name}"; searched: ${candidates.join(', ')}`,
    hint: `names are relative to ${from.role === null ? "the playbook's folder" : "the role's tasks folder"}`,
    at: from.task.action.at,
  })
  return null
}

function candidatesFor(name: string, from: { task: Task; role: Role | null; folder: string }): string[] {
  if (name.startsWith('/') || name.startsWith('~')) return [name]
  const { role, folder, task } = from
  const nested = includingFolders(task.parent, role)
  const paths: string[] = []
  if (role !== null) {
    const sub = task.handler ? 'handlers' : 'tasks'
    const below = nested.flatMap((cumulative) => [
      joinPath(role.path, sub, cumulative, sub, name),
      joinPath(role.path, sub, cumulative, name),
    ])
    const own = joinPath(role.path, sub, name)
    paths.push(...(coreName(task.action.written) === 'include_tasks' ? [own, ...below] : [...below, own]))
    paths.push(joinPath(role.path, 'tasks', name), joinPath(role.path, name), joinPath(folder, sub, name))
  } else {
    for (const cumulative of nested) paths.push(joinPath(folder, cumulative, name))
  }
  paths.push(joinPath(folder, name))
  return [...new Set(paths)]
}

/** The folders that the includes above lead to, from the nearest outwards: `a`, then `b/a` when `b/x.yml` included `a/y.yml`. */
function includingFolders(start: Parent, role: Role | null): string[] {
  const folders: string[] = []
  let cumulative: string | null = null
  for (let parent = start; parent.kind !== 'play' && parent !== role; parent = parent.parent) {
    if (parent.kind !== 'include') continue
    const own = writtenFolder(parent)
    if (own === null) continue
    cumulative = cumulative === null || cumulative.startsWith('/') ? (cumulative ?? own) : joinPath(own, cumulative)
    folders.push(cumulative)
  }
  return folders
}

function writtenFolder(include: Include): string | null {
  const written = include.task.freeForm ?? include.task.args.get('file') ?? null
  if (typeof written === 'string') return folderOf(written.trim())
  return include.path === '' ? null : folderOf(include.path)
}
