import type { Files } from '../../../src/kernel/files.ts'
import { problemsOf } from '../../../src/kernel/problem.ts'
import { Template, type Value, VaultText } from '../../../src/kernel/value.ts'
import { ancestors } from '../../../src/language/inherit.ts'
import { createLoader, type Loader } from '../../../src/language/loader.ts'
import type { Item } from '../../../src/language/model.ts'

/** A project as a table of files: path → text. */
export function tableFiles(table: { readonly [path: string]: string }, executables: readonly string[] = []): Files {
  const paths = Object.keys(table)
  const isFolder = (path: string) => paths.some((other) => other.startsWith(`${path}/`))
  return {
    read: (path) => table[path] ?? null,
    kind: (path) => (path in table ? 'file' : isFolder(path) ? 'directory' : null),
    list: (folder) => {
      const below = paths.filter((path) => path.startsWith(`${folder}/`))
      return [...new Set(below.map((path) => path.slice(folder.length + 1).split('/')[0]!))].sort()
    },
    executable: (path) => executables.includes(path),
  }
}

const MODULES =
  'command shell raw script copy template file debug assert fail set_fact ping apt service stat uri setup add_host group_by include_vars pause'
const LOOKUPS =
  'items dict first_found together subelements fileglob nested sequence list flattened file indexed_items lines'

/** A loader on a table of files at `/p`; warnings are collected. */
export function projectLoader(table: { readonly [path: string]: string }): { loader: Loader; warnings: string[] } {
  const warnings: string[] = []
  const modules = new Set(MODULES.split(' ').flatMap((name) => [name, `ansible.builtin.${name}`]))
  modules.add('community.mysql.mysql_db').add('acme.web.site')
  const loader = createLoader({
    files: tableFiles(Object.fromEntries(Object.entries(table).map(([path, text]) => [`/p/${path}`, text]))),
    rolesPath: ['/p/shared-roles'],
    collectionsPaths: ['/p/collections'],
    isModule: (name) => modules.has(name),
    foundFolder: () => undefined,
    moduleNames: () => modules,
    isLookup: (name) => LOOKUPS.split(' ').includes(name) || name.includes('.'),
    render: (text, _play, vars) =>
      text.source.replace(/\{\{ *(\w+) *\}\}/g, (_, name: string) => String(vars.get(name))),
    warn: (text) => warnings.push(text),
    repeated: (text) => warnings.push(text),
    unknownFails: true,
  })
  return { loader, warnings }
}

/** The problems of loading `site.yml`, as `code line:column message | hint`. */
export function problemsIn(table: { readonly [path: string]: string }): string[] {
  try {
    projectLoader(table).loader.loadPlaybook('/p/site.yml')
    return []
  } catch (error) {
    const problems = problemsOf(error)
    if (problems === null) throw error
    return problems.map(({ code, at, detail, hint }) => {
      const file = at?.file === '/p/site.yml' ? '' : `${at?.file ?? '?'}:`
      return `${code} ${file}${at?.line ?? '?'}:${at?.column ?? '?'} ${detail}${hint === undefined ? '' : ` | ${hint}`}`
    })
  }
}

/** Items as lines of text: what a reader of the playbook would expect to see, in order. */
export function outline(items: readonly Item[], indent = ''): string[] {
  return items.flatMap((item) => {
    if (item.kind === 'task')
      return [
        `${indent}${item.role === null ? '' : `${item.role.name}: `}${show(item.name)} ${item.action.name}${shownArgs(item)}`,
      ]
    const parts = [
      ...outline(item.items, `${indent}  `),
      ...(item.rescue.length > 0 ? [`${indent}rescue`, ...outline(item.rescue, `${indent}  `)] : []),
      ...(item.always.length > 0 ? [`${indent}always`, ...outline(item.always, `${indent}  `)] : []),
    ]
    return [`${indent}block ${show(item.name)}`, ...parts]
  })
}

function shownArgs(item: Extract<Item, { kind: 'task' }>): string {
  const args = [...item.args].map(([key, value]) => ` ${String(key)}=${JSON.stringify(show(value))}`).join('')
  return `${args}${item.freeForm === null ? '' : ` <${String(show(item.freeForm))}>`}${item.argsTemplate === null ? '' : ` *${item.argsTemplate.source}`}`
}

/** A value as JSON can show it: templates and vault texts as their source. */
export function show(value: Value | undefined): unknown {
  if (value instanceof Template) return value.source
  if (value instanceof VaultText) return '!vault'
  if (value instanceof Map)
    return Object.fromEntries([...value].map(([key, item]) => [String(key), show(item as Value)]))
  if (Array.isArray(value)) return value.map((item) => show(item as Value))
  return value ?? null
}

/** The kinds above an item, nearest first. */
export function chain(item: Item): string {
  return ancestors(item)
    .map((parent) => (parent.kind === 'role' ? `role ${parent.name}` : parent.kind))
    .join(' < ')
}
