import { didYouMean, nearest, type Position } from '../kernel/problem.ts'
import { type Dict, Template, templated, type Value } from '../kernel/value.ts'
import { isAbsentModule } from './absent-modules.ts'
import { parseKeyValues, splitWords } from './key-value.ts'
import { STRUCTURE } from './keywords.ts'
import type { Action } from './model.ts'
import { isKeyword } from './read-keywords.ts'
import { isText, type Session, typeName } from './session.ts'

/** What a task calls, and with what. */
export type Call = {
  readonly action: Action
  readonly args: Dict
  readonly argsAt: ReadonlyMap<string, Position>
  readonly freeForm: string | Template | null
  readonly argsTemplate: Template | null
  /** `local_action`: the task is delegated to localhost. */
  readonly local: boolean
  /** The key of the task that named the module; null for `action` and `local_action`. */
  readonly key: string | null
}

/** Modules whose text is a command: only a few arguments may stand in it as k=v. */
const COMMANDS = new Set(['command', 'shell', 'raw', 'script', 'win_command', 'win_shell'])

/** Controls whose text may hold words that are no k=v. */
const FREE_FORM = new Set([
  ...COMMANDS,
  'include',
  'include_vars',
  'include_tasks',
  'include_role',
  'import_tasks',
  'import_role',
  'add_host',
  'group_by',
  'set_fact',
  'meta',
])

/** Actions the language itself gives a meaning to; they need no module. */
const BUILT_IN = new Set(['meta', 'include', 'include_tasks', 'include_role', 'import_tasks', 'import_role'])

/**
 * Finds the action of a task by Ansible's rules: `action`, `local_action`, or the one key that names a module. Problems: `task.actions`
 * (more than one), `task.no-action`, `module.unknown`, and those of the arguments. Null when there is no action to go on with.
 */
export function readCall(session: Session, dict: Dict, collections: readonly string[], at: Position): Call | null {
  const found: { written: string; thing: Value; at: Position; local: boolean; key: string | null }[] = []
  for (const key of ['action', 'local_action'] as const) {
    const thing = dict.get(key)
    if (thing === undefined) continue
    const place = session.key(dict, key, at)
    const old = oldStyle(session, thing, key, session.item(dict, key, at))
    if (old !== null) found.push({ ...old, at: place, local: key === 'local_action', key: null })
    else return null
  }
  const candidates = [...dict.keys()].filter((key): key is string => typeof key === 'string' && mayBeAction(key))
  for (const key of candidates) {
    if (!isAction(session, key, collections)) continue
    found.push({ written: key, thing: dict.get(key)!, at: session.key(dict, key, at), local: false, key })
  }
  const absent = found.length === 0 && candidates.length === 1 && isAbsent(session, candidates[0]!)
  if (absent) {
    const key = candidates[0]!
    found.push({ written: key, thing: dict.get(key)!, at: session.key(dict, key, at), local: false, key })
    session.absent(key, found[0]!.at)
  }
  const [first, second] = found
  if (first === undefined) {
    reportNoAction(session, dict, candidates, at)
    return null
  }
  if (second !== undefined) {
    session.report({
      code: 'task.actions',
      summary: 'More than one action in a task',
      detail: `conflicting action statements: ${first.written}, ${second.written}`,
      hint: 'make two tasks of it: each starts with a "-" of its own',
      at: second.at,
    })
    return null
  }
  const action = resolve(session, first.written, collections, first.at)
  if (first.key === null && !isTemplated(action) && !isAction(session, first.written, collections)) {
    if (isAbsent(session, first.written)) session.absent(first.written, first.at)
    else reportUnknownModule(session, first.written, first.at)
  }
  return { ...readArguments(session, dict, first.thing, action, at), action, local: first.local, key: first.key }
}

/** Whether a key of a task is neither a keyword nor a loop: then it should name a module. */
function mayBeAction(key: string): boolean {
  const structural =
    Object.hasOwn(STRUCTURE, key) && (STRUCTURE[key]!.includes('task') || STRUCTURE[key]!.includes('handler'))
  return !structural && !isKeyword(key, 'handler') && !key.startsWith('with_')
}

function isAction(session: Session, written: string, collections: readonly string[]): boolean {
  if (BUILT_IN.has(coreName(written))) return true
  if (session.options.isModule(written)) return true
  return (
    !written.includes('.') && collections.some((collection) => session.options.isModule(`${collection}.${written}`))
  )
}

/** A module of Ansible that is not here, and no misspelling of one that is. */
function isAbsent(session: Session, written: string): boolean {
  if (!isAbsentModule(written)) return false
  const collection = written.slice(0, written.lastIndexOf('.') + 1)
  const near = collection === '' ? null : nearest(written.slice(collection.length), session.options.moduleNames())
  return near === null || !session.options.isModule(collection + near)
}

/** `copy` for `copy`, `ansible.builtin.copy` and `ansible.legacy.copy`; other names as they are. */
export function coreName(written: string): string {
  return written.replace(/^ansible\.(?:builtin|legacy)\./, '')
}

function resolve(session: Session, written: string, collections: readonly string[], at: Position): Action {
  const action = actionNamed(written, at)
  if (written.includes('.') || isTemplated(action)) return action
  const owner = collections.find((collection) => session.options.isModule(`${collection}.${written}`))
  return owner === undefined ? action : { ...action, collection: owner }
}

/** What a name means by itself: `acme.web.site` is in a collection, a short name in Ansible's own. */
export function actionNamed(written: string, at: Position): Action {
  const parts = written.includes('{{') ? [] : written.split('.')
  if (parts.length > 2) return { written, name: parts.slice(2).join('.'), collection: parts.slice(0, 2).join('.'), at }
  return { written, name: written, collection: 'ansible.builtin', at }
}

/** `action: "{{ ansible_pkg_mgr }} name=curl"`: which module it is shows only while the play runs. */
export function isTemplated({ written }: Pick<Action, 'written'>): boolean {
  return written.includes('{{')
}

function reportNoAction(session: Session, dict: Dict, candidates: readonly string[], at: Position): void {
  const [first] = candidates
  if (first !== undefined) {
    reportUnknownModule(session, first, session.key(dict, first, at))
    return
  }
  session.report({
    code: 'task.no-action',
    summary: 'Task without an action',
    detail: 'no module/action detected in task',
    hint: 'a task needs the name of a module as one of its keys, such as "ansible.builtin.copy:"',
    at,
  })
}

function reportUnknownModule(session: Session, name: string, at: Position): void {
  session.report({
    code: 'module.unknown',
    summary: 'Unknown module',
    detail: `there is no module or action '${name}'`,
    hint: suggestion(name, session) ?? 'this often means a misspelling or a missing collection',
    at,
  })
}

/** The nearest name, with the collection that was written. */
function suggestion(name: string, session: Session): string | undefined {
  const dot = name.lastIndexOf('.') + 1
  const names = [...session.options.moduleNames()].map((known) => name.slice(0, dot) + known)
  return didYouMean(name, names)
}

/** `action: copy src=a` or `action: {module: copy, src: a}` → the module's name and what is left. */
function oldStyle(session: Session, thing: Value, key: string, at: Position): { written: string; thing: Value } | null {
  if (isText(thing)) {
    const words = session.attempt(() => splitWords(thing instanceof Template ? thing.source : thing, at))
    const [name, ...rest] = words ?? []
    if (name === undefined) return null
    return { written: name.trim(), thing: templated(rest.join(' '), at) }
  }
  const named = thing instanceof Map ? (thing as Dict).get('module') : undefined
  if (named !== undefined && isText(named)) {
    const dict = thing as Dict
    const words = session.attempt(() => splitWords(named instanceof Template ? named.source : named, at))
    const [name, ...rest] = words ?? []
    if (name === undefined) return null
    const line = session.attempt(() => parseKeyValues(rest.join(' '), COMMANDS.has(coreName(name)), at))
    const args: Dict = new Map()
    for (const [name, value] of line?.args ?? []) args.set(name, templated(value, at))
    if (line !== null && line.rest !== '') args.set('_raw_params', templated(line.rest, at))
    const nested = dict.get('args')
    for (const [name, value] of dict) if (name !== 'module' && name !== 'args') args.set(name, value)
    if (nested instanceof Map) for (const [name, value] of nested as Dict) args.set(name, value)
    session.positions.copy(dict, args)
    return { written: name.trim(), thing: args }
  }
  session.report({
    code: 'args.type',
    summary: 'Wrong type of action',
    detail: `'${key}' must be text or a dict with the key "module", but is ${typeName(thing)}`,
    at,
  })
  return null
}

type Arguments = Pick<Call, 'args' | 'argsAt' | 'freeForm' | 'argsTemplate'>

function readArguments(session: Session, task: Dict, thing: Value, action: Action, at: Position): Arguments {
  const target: Mutable = { args: new Map(), argsAt: new Map(), freeForm: null, argsTemplate: null }
  addExtra(session, target, task, at)
  if (thing instanceof Map) addDict(session, target, thing as Dict, action.at)
  else if (isText(thing)) addText(session, target, thing, action)
  else if (typeof thing === 'number' || typeof thing === 'boolean') addText(session, target, String(thing), action)
  else if (thing !== null) {
    session.report({
      code: 'args.type',
      summary: 'Wrong type of arguments',
      detail: `the arguments of '${action.written}' must be a dict or text, but are ${typeName(thing)}`,
      at: action.at,
    })
  }
  moveCommand(session, target, action)
  return target
}

type Mutable = {
  args: Dict
  argsAt: Map<string, Position>
  freeForm: string | Template | null
  argsTemplate: Template | null
}

/** The `args:` keyword: lies below the module's own arguments. */
function addExtra(session: Session, target: Mutable, task: Dict, at: Position): void {
  const extra = task.get('args')
  if (extra === undefined || extra === null) return
  const place = session.item(task, 'args', at)
  if (extra instanceof Map) addDict(session, target, extra as Dict, place)
  else if (extra instanceof Template) target.argsTemplate = extra
  else {
    session.report({
      code: 'args.type',
      summary: 'Wrong type of arguments',
      detail: `'args' must be a dict or a template that gives one, but is ${typeName(extra)}`,
      at: place,
    })
  }
}

function addDict(session: Session, target: Mutable, dict: Dict, at: Position): void {
  for (const [key, value] of dict) {
    const name = String(key)
    if (name === '_raw_params' && isText(value)) target.freeForm = value
    else {
      target.args.set(name, value)
      target.argsAt.set(name, session.key(dict, key, at))
    }
  }
}

function addText(session: Session, target: Mutable, thing: string | Template, action: Action): void {
  const core = coreName(action.written)
  const source = thing instanceof Template ? thing.source : thing
  const at = thing instanceof Template ? (thing.at ?? action.at) : action.at
  const line = session.attempt(() => parseKeyValues(source, COMMANDS.has(core), at))
  if (line === null) return
  for (const [name, value] of line.args) {
    const place = placeOf(source, name, value, at)
    target.args.set(name, templated(value, place))
    target.argsAt.set(name, place)
  }
  if (line.rest === '') return
  const rest = templated(line.rest, at)
  if (FREE_FORM.has(core) || action.written.startsWith('ansible.windows.win_')) target.freeForm = rest
  else if (rest instanceof Template) target.argsTemplate = rest
  else {
    session.report({
      code: 'args.free-form',
      summary: 'Module takes no free text',
      detail: `this task '${action.written}' has extra params: "${line.rest.trim()}" is not key=value`,
      hint: 'write the arguments as a dict, one "name: value" a line below the module',
      at,
    })
  }
}

/** Where the value of `name=value` stands in a text; the text's start where quoting or lines hide it. */
function placeOf(source: string, name: string, value: string, at: Position): Position {
  const index = source.indexOf(value, source.indexOf(`${name}=`))
  return index < 0 || source.slice(0, index).includes('\n') ? at : { ...at, column: at.column + index }
}

/** `cmd` of command, shell and script is another way to write their text. */
function moveCommand(session: Session, target: Mutable, action: Action): void {
  if (!['command', 'shell', 'script'].includes(coreName(action.written)) || !target.args.has('cmd')) return
  if (target.freeForm !== null) {
    session.report({
      code: 'args.conflict',
      summary: 'Command given twice',
      detail: "the 'cmd' argument cannot be used when the command is also given as text",
      at: target.argsAt.get('cmd') ?? action.at,
    })
    return
  }
  const command = target.args.get('cmd')!
  target.freeForm = isText(command) ? command : String(command)
  target.args.delete('cmd')
}
