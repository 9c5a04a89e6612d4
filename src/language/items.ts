import type { Position } from '../kernel/problem.ts'
import type { Dict, Value } from '../kernel/value.ts'
import { coreName } from './action.ts'
import type { Context } from './context.ts'
import { importRole, importTasks } from './imports.ts'
import type { Block, Item, Task } from './model.ts'
import { isKeyword, readKeywords, reportUnknown } from './read-keywords.ts'
import { readVars } from './read-vars.ts'
import { type Session, typeName } from './session.ts'
import { parseTask } from './task.ts'

/**
 * A list of tasks and blocks as written → the model, with what `import_tasks` and `import_role` name put in their place. `what` says in
 * a problem which list it is. Null is an empty list.
 */
export function parseItems(
  session: Session,
  list: Value | undefined,
  context: Context,
  what: string,
  at: Position,
): Item[] {
  if (list === undefined || list === null) return []
  if (!Array.isArray(list)) {
    session.report({
      code: 'tasks.type',
      summary: 'Not a list of tasks',
      detail: `${what} must be a list of tasks, but is ${typeName(list)}`,
      hint: 'each task starts with "- "',
      at,
    })
    return []
  }
  return list.flatMap((entry: Value, index) => parseItem(session, entry, context, session.item(list, index, at)))
}

function parseItem(session: Session, entry: Value, context: Context, at: Position): Item[] {
  if (!(entry instanceof Map)) {
    session.report({
      code: 'tasks.type',
      summary: 'Not a task',
      detail: `a task must be a dict, but this is ${typeName(entry)}`,
      hint: 'write "module: arguments" or "module:" with the arguments indented below it',
      at,
    })
    return []
  }
  const dict = entry as Dict
  if (BLOCK_KEYS.some((key) => dict.has(key))) return parseBlock(session, dict, context, at)
  const task = parseTask(session, dict, context)
  return task === null ? [] : expand(session, task, context)
}

const BLOCK_KEYS = ['block', 'rescue', 'always'] as const

function expand(session: Session, task: Task, context: Context): Item[] {
  switch (coreName(task.action.written)) {
    case 'import_tasks':
      return importTasks(session, task, context)
    case 'import_role':
      return importRole(session, task, context)
    case 'include':
      return isStaticInclude(task) ? importTasks(session, task, context) : [task]
    default:
      return [task]
  }
}

/** The old bare `include` is an import unless its name or a loop makes it depend on the run. */
function isStaticInclude(task: Task): boolean {
  return typeof task.freeForm === 'string' && task.loop === null && allStatic(task)
}

function allStatic(task: Task): boolean {
  for (let parent = task.parent; parent.kind !== 'play'; parent = parent.parent) {
    if (parent.kind === 'include' && !parent.static) return false
  }
  return true
}

function parseBlock(session: Session, dict: Dict, context: Context, at: Position): Item[] {
  if (context.handlers && context.parent.kind === 'block') {
    session.report({
      code: 'block.handler',
      summary: 'Block in a block of handlers',
      detail: 'using a block as a handler is not supported',
      hint: 'take the inner block away, or put its tasks into a file for include_tasks',
      at,
    })
    return []
  }
  const lists = { block: [] as Item[], rescue: [] as Item[], always: [] as Item[] }
  const keywords = readKeywords(session, dict, 'block', at)
  const block: Block = {
    kind: 'block',
    name: dict.get('name') ?? null,
    items: lists.block,
    rescue: lists.rescue,
    always: lists.always,
    keywords,
    vars: readVars(session, dict.get('vars'), 'Block', session.key(dict, 'vars', at)),
    role: context.role,
    parent: context.parent,
    at,
  }
  for (const key of dict.keys()) {
    const known = isKeyword(key, 'block') || BLOCK_STRUCTURE.has(String(key))
    if (!known) reportUnknown(session, key, 'block', session.key(dict, key, at), 'Block')
  }
  const inside = { ...context, parent: block, collections: keywords.collections?.value ?? context.collections }
  for (const key of BLOCK_KEYS) {
    lists[key].push(...parseItems(session, dict.get(key), inside, `'${key}'`, session.key(dict, key, at)))
  }
  if (!hasItems(dict.get('block')) && (hasItems(dict.get('rescue')) || hasItems(dict.get('always')))) {
    session.report({
      code: 'block.missing',
      summary: 'Block without tasks',
      detail: `'${hasItems(dict.get('rescue')) ? 'rescue' : 'always'}' keyword cannot be used without 'block'`,
      at,
    })
  }
  return [block]
}

function hasItems(value: Value | undefined): boolean {
  return Array.isArray(value) && value.length > 0
}

const BLOCK_STRUCTURE = new Set(['name', 'vars', ...BLOCK_KEYS])
