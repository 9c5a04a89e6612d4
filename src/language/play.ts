import type { Position } from '../kernel/problem.ts'
import { type Dict, Template, type Value } from '../kernel/value.ts'
import type { Context } from './context.ts'
import { parseItems } from './items.ts'
import type { Keywords, Sited } from './keywords.ts'
import type { Item, Play, PlaybookImport, Role, VarsFile, VarsPrompt } from './model.ts'
import { isKeyword, readKeywords, reportUnknown } from './read-keywords.ts'
import { readVars } from './read-vars.ts'
import { readRoleEntry } from './role.ts'
import { isText, type Session, typeName } from './session.ts'

/** What an `import_playbook` adds to each play it brings in. */
export type Imported = {
  readonly vars: Dict
  readonly tags: readonly Sited[]
  readonly when: readonly Sited[]
  readonly chain: readonly PlaybookImport[]
}

/** One play as written → the model, with its roles loaded and its imports in place. */
export function parsePlay(session: Session, written: Dict, file: string, folder: string, imported: Imported): Play {
  const at = session.at(written, file)
  const dict = renameUser(session, written, at)
  const lists = { preTasks: [] as Item[], tasks: [] as Item[], postTasks: [] as Item[], handlers: [] as Item[] }
  const roles: Role[] = []
  const importedRoles: Role[] = []
  const keywords = readKeywords(session, dict, 'play', at)
  checkHosts(session, dict, at)
  for (const key of dict.keys()) {
    const known = isKeyword(key, 'play') || PLAY_STRUCTURE.has(String(key))
    if (!known) reportUnknown(session, key, 'play', session.key(dict, key, at), 'Play')
  }
  const play: Play = {
    kind: 'play',
    name: dict.get('name') ?? null,
    keywords: withImported(keywords, imported, at),
    vars: withVars(readVars(session, dict.get('vars'), 'Play', session.key(dict, 'vars', at)), imported.vars),
    varsFiles: readVarsFiles(session, dict, at),
    varsPrompt: readVarsPrompt(session, dict, at),
    folder,
    roles,
    ...lists,
    importedRoles,
    imports: imported.chain,
    at,
  }
  const context: Context = {
    play,
    role: null,
    parent: play,
    handlers: false,
    file,
    collections: keywords.collections?.value ?? [],
    importedRoles,
    importing: [],
  }
  const list = (key: string, handlers: boolean) =>
    parseItems(session, dict.get(key), { ...context, handlers }, `'${key}'`, session.key(dict, key, at))
  roles.push(...readRoles(session, dict, context, at))
  lists.preTasks.push(...list('pre_tasks', false))
  lists.tasks.push(...list('tasks', false))
  lists.postTasks.push(...list('post_tasks', false))
  lists.handlers.push(...list('handlers', true))
  return play
}

const PLAY_STRUCTURE = new Set([
  'name',
  'vars',
  'vars_files',
  'vars_prompt',
  'roles',
  'pre_tasks',
  'tasks',
  'post_tasks',
  'handlers',
])

/** `user` is the old name of `remote_user`. */
function renameUser(session: Session, written: Dict, at: Position): Dict {
  if (!written.has('user')) return written
  if (written.has('remote_user')) {
    session.report({
      code: 'keyword.conflict',
      summary: 'Keyword given twice',
      detail: "both 'user' and 'remote_user' are set for this play",
      hint: 'keep "remote_user"',
      at: session.key(written, 'user', at),
    })
  }
  const dict: Dict = new Map([...written].map(([key, value]) => [key === 'user' ? 'remote_user' : key, value]))
  session.positions.copy(written, dict)
  return dict
}

function checkHosts(session: Session, dict: Dict, at: Position): void {
  const hosts = dict.get('hosts')
  const place = dict.has('hosts') ? session.item(dict, 'hosts', at) : at
  const report = (detail: string, hint?: string) => {
    session.report({ code: 'play.hosts', summary: 'Wrong hosts of a play', detail, hint, at: place })
  }
  if (!dict.has('hosts')) {
    const looksLikeTask = !['tasks', 'roles', 'pre_tasks'].some((key) => dict.has(key)) && dict.has('name')
    report(
      "the field 'hosts' is required but was not set",
      looksLikeTask
        ? 'a file of tasks is no playbook: name it in import_tasks, or put "hosts:" and "tasks:" around it'
        : undefined,
    )
    return
  }
  if (hosts === null || hosts === '' || (Array.isArray(hosts) && hosts.length === 0)) {
    report('hosts list cannot be empty')
    return
  }
  const entries: readonly Value[] = Array.isArray(hosts) ? hosts : [hosts as Value]
  for (const entry of entries) {
    if (!isText(entry)) report(`a host or pattern must be text, but is ${typeName(entry)}`)
  }
}

function withVars(own: Dict, imported: Dict): Dict {
  return imported.size === 0 ? own : new Map([...own, ...imported])
}

function withImported(keywords: Keywords, imported: Imported, at: Position): Keywords {
  const tags = [...(keywords.tags?.value ?? []), ...imported.tags]
  return {
    ...keywords,
    ...(tags.length === 0 ? {} : { tags: { value: tags, at: keywords.tags?.at ?? at } }),
    ...(imported.when.length === 0 ? {} : { when: { value: imported.when, at: imported.when[0]!.at } }),
  }
}

function readRoles(session: Session, dict: Dict, context: Context, at: Position): Role[] {
  const list = dict.get('roles')
  if (list === undefined || list === null) return []
  const place = session.item(dict, 'roles', at)
  if (!Array.isArray(list)) {
    session.report({
      code: 'role.type',
      summary: 'Not a list of roles',
      detail: `'roles' must be a list, but is ${typeName(list)}`,
      at: place,
    })
    return []
  }
  return list.flatMap((entry: Value, index) => {
    const role = readRoleEntry(session, entry, context, session.item(list, index, place), null)
    return role === null ? [] : [role]
  })
}

function readVarsFiles(session: Session, dict: Dict, at: Position): VarsFile[] {
  const value = dict.get('vars_files')
  if (value === undefined || value === null) return []
  const place = session.item(dict, 'vars_files', at)
  const list: readonly Value[] = Array.isArray(value) ? value : [value as Value]
  return list.map((entry, index) => {
    const entryAt = Array.isArray(value) ? session.item(value, index, place) : place
    const candidates: readonly Value[] = Array.isArray(entry) ? entry : [entry]
    for (const candidate of candidates) {
      if (isText(candidate)) continue
      session.report({
        code: 'keyword.type',
        summary: 'Wrong type of keyword',
        detail: `'vars_files' must be a list of file names, but holds ${typeName(candidate)}`,
        at: entryAt,
      })
    }
    return { candidates: candidates.filter(isText), at: entryAt }
  })
}

const PROMPT_KEYS = ['name', 'prompt', 'default', 'private', 'confirm', 'encrypt', 'salt_size', 'salt', 'unsafe']

function readVarsPrompt(session: Session, dict: Dict, at: Position): VarsPrompt[] {
  const value = dict.get('vars_prompt')
  if (value === undefined || value === null) return []
  const place = session.item(dict, 'vars_prompt', at)
  const list: readonly Value[] = Array.isArray(value) ? value : [value as Value]
  return list.flatMap((entry, index) => {
    const entryAt = Array.isArray(value) ? session.item(value, index, place) : place
    const prompt = entry instanceof Map ? (entry as Dict) : null
    const wrong = prompt === null ? [] : [...prompt.keys()].filter((key) => !PROMPT_KEYS.includes(String(key)))
    const missing = prompt === null || typeof prompt.get('name') !== 'string'
    if (!missing && wrong.length === 0) return [promptOf(prompt, entryAt)]
    session.report({
      code: 'play.vars-prompt',
      summary: 'Wrong vars_prompt',
      detail: missing
        ? "an entry of vars_prompt misses its 'name'"
        : `vars_prompt has an unsupported key '${String(wrong[0])}'`,
      hint: `supported are: ${PROMPT_KEYS.join(', ')}`,
      at: entryAt,
    })
    return []
  })
}

function promptOf(dict: Dict, at: Position): VarsPrompt {
  const text = (key: string) =>
    dict.get(key) === undefined || dict.get(key) === null ? null : String(plain(dict.get(key)!))
  const truth = (key: string, otherwise: boolean) => {
    const value = dict.get(key)
    return value === undefined || value === null ? otherwise : /^(?:y|yes|on|1|true|t|1\.0)$/i.test(String(value))
  }
  return {
    name: text('name')!,
    prompt: dict.get('prompt') ?? null,
    default: dict.get('default') ?? null,
    private: truth('private', true),
    confirm: truth('confirm', false),
    encrypt: text('encrypt'),
    saltSize: dict.get('salt_size') === undefined ? null : Number(dict.get('salt_size')),
    salt: text('salt'),
    unsafe: truth('unsafe', false),
    at,
  }
}

function plain(value: Value): Value {
  return value instanceof Template ? value.source : value
}
