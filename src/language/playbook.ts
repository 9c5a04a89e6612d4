import { folderOf, joinPath } from '../kernel/paths.ts'
import type { Position } from '../kernel/problem.ts'
import { type Dict, templated, type Value } from '../kernel/value.ts'
import { coreName } from './action.ts'
import { reportCycle } from './imports.ts'
import { parseKeyValues, splitWords } from './key-value.ts'
import type { Play, Playbook } from './model.ts'
import { type Imported, parsePlay } from './play.ts'
import { readKeywords } from './read-keywords.ts'
import { readVars } from './read-vars.ts'
import { isText, type Session, typeName } from './session.ts'

/** A playbook file with all it imports. Problems: `file.missing`, `playbook.type`, and those of what is inside. */
export function loadPlaybook(session: Session, file: string): Playbook {
  const plays = loadPlays(session, file, { vars: new Map(), tags: [], when: [], chain: [] }, [], null)
  return { file, plays }
}

function loadPlays(
  session: Session,
  file: string,
  imported: Imported,
  importing: readonly string[],
  from: Position | null,
): Play[] {
  const at = { file, line: 1, column: 1 }
  const wrong = (detail: string, hint?: string) => {
    session.report({ code: 'playbook.type', summary: 'Not a playbook', detail, hint, at })
    return []
  }
  if (session.files.kind(file) !== 'file') {
    session.report({
      code: 'file.missing',
      summary: 'File not found',
      detail: `the playbook ${file} could not be found`,
      hint: session.files.kind(file) === 'directory' ? 'it is a folder; name the file in it' : undefined,
      at: from,
    })
    return []
  }
  const list = session.yaml(file)
  if (list === undefined) return []
  if (list === null) return session.hasProblems ? [] : wrong(`empty playbook, nothing to do: ${file}`)
  if (!Array.isArray(list)) {
    return wrong(`a playbook must be a list of plays, but is ${typeName(list)}`, 'each play starts with "- hosts: …"')
  }
  if (list.length === 0) return wrong('a playbook must contain at least one play')
  session.options.foundFolder(folderOf(file))
  return list.flatMap((entry: Value, index) => {
    const place = session.item(list, index, at)
    if (!(entry instanceof Map)) {
      session.report({
        code: 'playbook.type',
        summary: 'Not a play',
        detail: `playbook entries must be plays or 'import_playbook' statements, but this is ${typeName(entry)}`,
        at: place,
      })
      return []
    }
    const dict = entry as Dict
    const key = [...dict.keys()].find((name) => coreName(String(name)) === 'import_playbook')
    if (key !== undefined) return importPlaybook(session, dict, String(key), { file, imported, importing, at: place })
    return [parsePlay(session, dict, file, folderOf(file), imported)]
  })
}

type ImportPlace = { file: string; imported: Imported; importing: readonly string[]; at: Position }

function importPlaybook(session: Session, dict: Dict, key: string, place: ImportPlace): Play[] {
  const at = session.key(dict, key, place.at)
  const written = dict.get(key)
  if (!isText(written)) {
    session.report({
      code: 'include.file',
      summary: 'Import without a file',
      detail: `'${key}' must name a file, but is ${typeName(written ?? null)}`,
      at,
    })
    return []
  }
  const own = readImported(session, dict, key, place.at)
  const words = session.attempt(() => splitWords(typeof written === 'string' ? written : written.source, at)) ?? []
  const line = session.attempt(() => parseKeyValues(words.slice(1).join(' '), false, at))
  const vars: Dict = new Map([
    ...own.vars,
    ...[...(line?.args ?? [])].map(([name, value]) => [name, templated(value, at)] as const),
  ])
  const imported: Imported = {
    chain: [...place.imported.chain, { file: place.file, vars, at }],
    vars: new Map([...vars, ...place.imported.vars]),
    tags: [...own.tags, ...place.imported.tags],
    when: [...place.imported.when, ...own.when],
  }
  const name = session.attempt(() => session.text(templated(words[0] ?? '', at), null, imported.vars))
  if (name === null) return []
  const file = findPlaybook(session, name.trim(), folderOf(place.file))
  if (place.importing.includes(file) || file === place.file) {
    reportCycle(session, file, at)
    return []
  }
  return loadPlays(session, file, imported, [...place.importing, place.file], at)
}

const IMPORT_KEYS = ['name', 'vars', 'tags', 'when']

function readImported(session: Session, dict: Dict, key: string, at: Position): Omit<Imported, 'chain'> {
  for (const name of dict.keys()) {
    if (name === key || IMPORT_KEYS.includes(String(name))) continue
    session.report({
      code: 'keyword.unknown',
      summary: 'Unknown keyword',
      detail: `'${String(name)}' is not a valid attribute for a PlaybookInclude`,
      hint: 'an import_playbook takes name, vars, tags and when',
      at: session.key(dict, name, at),
    })
  }
  const keywords = readKeywords(session, dict, 'block', at)
  return {
    vars: readVars(session, dict.get('vars'), 'PlaybookInclude', session.key(dict, 'vars', at)),
    tags: keywords.tags?.value ?? [],
    when: keywords.when?.value ?? [],
  }
}

/** A path relative to the importing playbook, or `namespace.collection.playbook` of a collection. */
function findPlaybook(session: Session, name: string, folder: string): string {
  const parts = name.split('.')
  if (parts.length === 3 && parts.every((part) => /^\w+$/.test(part))) {
    for (const base of session.options.collectionsPaths) {
      const stem = joinPath(base, 'ansible_collections', parts[0]!, parts[1]!, 'playbooks', parts[2]!)
      const found = ['.yml', '.yaml', ''].map((end) => stem + end).find((path) => session.files.kind(path) === 'file')
      if (found !== undefined) return found
    }
  }
  return joinPath(folder, name)
}
