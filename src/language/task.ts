import type { Position } from '../kernel/problem.ts'
import { type Dict, Template, type Value } from '../kernel/value.ts'
import { type Call, coreName, readCall } from './action.ts'
import type { Context } from './context.ts'
import type { KeywordName } from './keywords.ts'
import { readLoopControl } from './loop-control.ts'
import type { Loop, Task } from './model.ts'
import { isKeyword, readKeywords, reportUnknown } from './read-keywords.ts'
import { isIdentifier, readVars } from './read-vars.ts'
import type { Session } from './session.ts'

/** One task as written → the model. Null, with problems kept, when it has no action to go on with. */
export function parseTask(session: Session, dict: Dict, context: Context): Task | null {
  const at = session.at(dict, context.file)
  const level = context.handlers ? 'handler' : 'task'
  const keywords = readKeywords(session, dict, level, at)
  const collections = keywords.collections?.value ?? context.collections
  const call = readCall(session, dict, collections, at)
  const loop = readLoop(session, dict, at)
  const vars = readVars(session, dict.get('vars'), 'Task', session.key(dict, 'vars', at))
  const loopControl = readLoopControl(session, dict.get('loop_control'), session.item(dict, 'loop_control', at))
  checkRegister(session, keywords.register?.value, keywords.register?.at ?? at)
  if (call === null) return null
  checkKeys(session, dict, call, context, at)
  const { key: _, local, ...called } = call
  return {
    kind: 'task',
    name: dict.get('name') ?? null,
    handler: context.handlers,
    ...called,
    loop,
    loopControl,
    keywords: local ? { ...keywords, delegate_to: { value: 'localhost', at: call.action.at } } : keywords,
    vars,
    role: context.role,
    parent: context.parent,
    at,
  }
}

function readLoop(session: Session, dict: Dict, at: Position): Loop | null {
  const loops: Loop[] = []
  for (const [key, value] of dict) {
    if (typeof key !== 'string') continue
    const place = session.key(dict, key, at)
    if (key === 'loop' && value !== null) loops.push({ lookup: 'loop', value, at: place })
    if (!key.startsWith('with_') || !session.options.isLookup(key.slice(5))) continue
    if (value === null) {
      session.report({
        code: 'loop.empty',
        summary: 'Loop without a value',
        detail: `you must specify a value when using ${key}`,
        at: place,
      })
    }
    loops.push({ lookup: key.slice(5), value, at: place })
  }
  if (loops.length > 1) {
    session.report({
      code: 'loop.twice',
      summary: 'More than one loop in a task',
      detail: `duplicate loop in task: ${loops.map((loop) => loop.lookup).join(', ')}`,
      at: loops[1]!.at,
    })
  }
  return loops[0] ?? null
}

function checkRegister(session: Session, name: Value | undefined, at: Position): void {
  if (name === undefined || name === null || name instanceof Template || isIdentifier(String(name))) return
  session.report({
    code: 'vars.name',
    summary: `Invalid variable name in 'register' specified`,
    detail: `'${String(name)}'`,
    hint: 'a name has letters, digits and underscores, and no digit first',
    at,
  })
}

/** Keys that are neither keyword, loop nor the module; and keywords that a dynamic include can't have. */
function checkKeys(session: Session, dict: Dict, call: Call, context: Context, at: Position): void {
  const level = context.handlers ? 'handler' : 'task'
  const include = DYNAMIC.has(coreName(call.action.written))
  for (const key of dict.keys()) {
    const name = String(key)
    const place = session.key(dict, key, at)
    const known = key === call.key || TASK_STRUCTURE.has(name) || isKeyword(key, level) || isLoop(session, name)
    if (!known) reportUnknown(session, key, level, place, context.handlers ? 'Handler' : 'Task')
    else if (
      include &&
      session.options.unknownFails &&
      key !== call.key &&
      !isLoop(session, name) &&
      !INCLUDE_KEYWORDS.has(name)
    ) {
      const what = coreName(call.action.written) === 'include_role' ? 'IncludeRole' : 'TaskInclude'
      session.report({
        code: 'keyword.unknown',
        summary: 'Keyword not allowed on an include',
        detail: `'${name}' is not a valid attribute for a ${what}`,
        hint: `put it below "apply:" of ${call.action.written} to have it on the tasks that are included`,
        at: place,
      })
    }
  }
}

function isLoop(session: Session, name: string): boolean {
  return name.startsWith('with_') && session.options.isLookup(name.slice(5))
}

const TASK_STRUCTURE = new Set(['action', 'args', 'local_action', 'loop', 'loop_control', 'name', 'vars'])
const DYNAMIC = new Set(['include_tasks', 'include_role'])

const INCLUDE_KEYWORDS: ReadonlySet<string> = new Set<KeywordName | string>([
  'action',
  'args',
  'collections',
  'debugger',
  'ignore_errors',
  'listen',
  'local_action',
  'loop',
  'loop_control',
  'name',
  'no_log',
  'register',
  'run_once',
  'tags',
  'timeout',
  'vars',
  'when',
])
