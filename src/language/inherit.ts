import type { Dict } from '../kernel/value.ts'
import { coreName } from './action.ts'
import { KEYWORDS, type KeywordName, type Keywords, type KeywordValue, type Sited } from './keywords.ts'
import type { Block, Item, Parent, Play, Role, Task } from './model.ts'

/** Lists of all that is given for keywords that are joined; else the nearest one, or null. */
type Inherited<Name extends KeywordName> = (typeof KEYWORDS)[Name]['inheritance'] extends 'outer-first' | 'inner-first'
  ? readonly Sited[]
  : Sited<KeywordValue<Name>> | null

/**
 * A keyword of a task or block as it comes down from its blocks, imports, roles and play, by Ansible's rules: the nearest counts;
 * `when`, `environment`, `module_defaults` (outermost first) and `tags` are joined. From an `include_*` only its `apply` comes down,
 * while what stands around the include does come down.
 */
export function inherited<Name extends KeywordName>(item: Item, name: Name): Inherited<Name> {
  const known = knownOf(item).inherited
  let found = known[name]
  if (found === undefined) {
    found = inheritedBy(item, name)
    known[name] = found
  }
  return found as Inherited<Name>
}

/** Worked out once for an item, because playbooks do not change. */
type Known = {
  readonly inherited: { [name in KeywordName]?: unknown }
  readonly levels: { [name in KeywordName]?: Sited[] }
}

const known = new WeakMap<Item, Known>()

function knownOf(item: Item): Known {
  let found = known.get(item)
  if (found === undefined) {
    found = { inherited: {}, levels: {} }
    known.set(item, found)
  }
  return found
}

function inheritedBy<Name extends KeywordName>(item: Item, name: Name): Inherited<Name> {
  const { inheritance } = KEYWORDS[name]
  const given = item.keywords[name]
  if (inheritance === 'none') return (given ?? null) as Inherited<Name>
  if (inheritance === 'nearest') return (nearest(item, name) ?? null) as Inherited<Name>
  const levels = keywordLevels(item)
  if (inheritance === 'outer-first') levels.reverse()
  return levels.flatMap(
    (keywords) => (keywords[name]?.value ?? []) as readonly Sited[],
  ) as readonly Sited[] as Inherited<Name>
}

/** What is given for a keyword at each level that comes down to a task, the nearest first. */
export function levelsOf(item: Item, name: KeywordName): readonly Sited[] {
  const { levels } = knownOf(item)
  levels[name] ??= givenAt(item, name)
  return levels[name]
}

function givenAt(item: Item, name: KeywordName): Sited[] {
  const levels = KEYWORDS[name].inheritance === 'none' ? [item.keywords] : keywordLevels(item)
  return levels.flatMap((keywords) => (keywords[name] === undefined ? [] : [keywords[name] as Sited]))
}

function nearest(item: Item, name: KeywordName): Sited<unknown> | undefined {
  return keywordLevels(item).find((keywords) => keywords[name] !== undefined)?.[name]
}

/** The keywords that a task sees, its own first, the play's last. */
function keywordLevels(item: Item): Keywords[] {
  const levels = [item.keywords]
  for (const parent of ancestors(item)) {
    if (parent.kind === 'include') levels.push(parent.static ? parent.task.keywords : parent.apply)
    else levels.push(parent.keywords)
  }
  return levels
}

/** Everything above an item or role, the nearest first, the play last. */
export function ancestors(item: Task | Block | Role): Parent[] {
  const parents: Parent[] = [item.parent]
  for (let parent = item.parent; parent.kind !== 'play'; parent = parent.parent) parents.push(parent.parent)
  return parents
}

/** The play an item belongs to. */
export function playOf(item: Task | Block | Role): Play {
  let parent = item.parent
  while (parent.kind !== 'play') parent = parent.parent
  return parent
}

/** The `vars:` of a task and of the blocks and includes around it, weakest first. The play's are not among them. */
export function taskVars(task: Task): Dict[] {
  const layers: Dict[] = [task.vars]
  for (const parent of ancestors(task)) {
    if (parent.kind === 'block') layers.push(parent.vars)
    else if (parent.kind === 'include') layers.push(parent.applyVars, parent.vars, parent.task.vars)
  }
  return layers.reverse().filter((layer) => layer.size > 0)
}

/** The vars of the dynamic includes around a task (Ansible's "include params", which win over facts), weakest first. */
export function includeParams(task: Task): Dict[] {
  const layers: Dict[] = DYNAMIC.has(coreName(task.action.written)) ? [task.vars] : []
  for (const parent of ancestors(task)) {
    if (parent.kind !== 'include' || !DYNAMIC.has(coreName(parent.task.action.written))) continue
    // What stands as k=v beside the file of a bare include is among the task vars alone.
    layers.push(...(parent.static ? [] : [parent.vars]), parent.task.vars)
    if (parent.task.role !== null) layers.push(...roleParams(parent.task.role).reverse())
  }
  return layers.reverse().filter((layer) => layer.size > 0)
}

const DYNAMIC = new Set(['include', 'include_tasks', 'include_role'])

/** The roles that lead to a role, by dependency or include; the outermost first. */
function dependents(role: Role): Role[] {
  return ancestors(role)
    .filter((parent): parent is Role => parent.kind === 'role')
    .reverse()
}

/** The `defaults` a task of the role sees, weakest first: those of its dependencies, of the roles that lead to it, its own. */
export function roleDefaults(role: Role): Dict[] {
  return [
    ...role.dependencies.flatMap(roleDefaults),
    ...dependents(role).map((parent) => parent.defaults),
    role.defaults,
  ]
}

/** The `vars` a task of the role sees, weakest first: those of the roles that lead to it, of its dependencies, its own. */
export function roleVars(role: Role): Dict[] {
  return [
    ...dependents(role).flatMap((parent) => [parent.vars, parent.roleVars]),
    ...role.dependencies.flatMap(roleVars),
    role.vars,
    role.roleVars,
  ]
}

/** The parameters a task of the role sees, weakest first. */
export function roleParams(role: Role): Dict[] {
  return [...dependents(role).map((parent) => parent.params), role.params]
}

/** The variables that are known while the files are read: the play's and those of the blocks and imports around a task. */
export function staticVars(task: Task): Dict {
  const joined: Dict = new Map(playOf(task).vars)
  const layers = [
    ...(task.role === null ? [] : [...roleDefaults(task.role), ...roleVars(task.role)]),
    ...taskVars(task),
  ]
  for (const layer of layers) for (const [name, value] of layer) joined.set(name, value)
  return joined
}
