import type { Inventory } from '../inventory/inventory.ts'
import { problemsOf } from '../kernel/problem.ts'
import { type Dict, Template, type Value } from '../kernel/value.ts'
import { inherited } from '../language/inherit.ts'
import type { Sited } from '../language/keywords.ts'
import { displayName } from '../language/loader.ts'
import type { Block, Item, Play, Playbook, Role, Task } from '../language/model.ts'
import { selected } from '../language/tags.ts'
import { str, Undefined } from '../template/index.ts'
import { Scope } from '../variables/scope.ts'
import type { TemplateRunner } from '../variables/templates.ts'
import type { RunArguments } from './options.ts'

type Listed = Pick<RunArguments, 'listHosts' | 'listTasks' | 'listTags' | 'tags' | 'skipTags' | 'limit'>
type Texts = (sited: readonly Sited[]) => string[]

/** `--list-hosts`, `--list-tasks` and `--list-tags`: what ansible-playbook prints for them; its sets, which have no order, get one: hosts that of the inventory. */
export function listing(
  args: Listed,
  playbooks: readonly Pick<Playbook, 'file' | 'plays'>[],
  inventory: Pick<Inventory, 'match' | 'groups'>,
  templates: TemplateRunner,
  extraVars: Dict,
): string {
  let text = ''
  for (const { file, plays } of playbooks) {
    text += `\nplaybook: ${file}\n`
    for (const [index, play] of plays.entries()) {
      const scope = new Scope([extraVars, play.vars, magicOf(play, inventory)], templates)
      const named = { ...play, name: play.name === null ? shownHosts(scope, play) : rendered(scope, play.name) }
      text += playText(args, named, index, inventory, (sited) => sited.flatMap(({ value }) => strings(scope, value)))
    }
  }
  return text
}

/** A play without a name is called by its hosts; a list that a template gives is shown as Python writes it. */
function shownHosts(scope: Scope, { keywords: { hosts } }: Play): Value {
  const [only, ...others] = hosts?.value ?? []
  const value = only === undefined || others.length > 0 ? null : rendered(scope, only.value)
  return Array.isArray(value) ? str(value) : null
}

/** What is known of a play without running it. */
function magicOf({ folder }: Play, inventory: Pick<Inventory, 'groups'>): Dict {
  const groups = new Map<Value, Value>([...inventory.groups()].map(([group, hosts]) => [group, [...hosts]]))
  return new Map<Value, Value>([
    ['groups', groups],
    ['playbook_dir', folder],
  ])
}

function playText(
  args: Listed,
  play: Play,
  index: number,
  inventory: Pick<Inventory, 'match' | 'groups'>,
  texts: Texts,
): string {
  const patterns = texts(listOf(play.keywords.hosts))
  const name = play.name === null || play.name === '' ? patterns.join(',') : written(play.name)
  const tags = [...new Set(texts(play.keywords.tags?.value ?? []))].sort()
  let text = `\n  play #${index + 1} (${patterns.join(',')}): ${name}\tTAGS: [${tags.join(',')}]`
  if (args.listHosts) {
    const hosts = inventory.match(patterns.join(','), args.limit)
    text += `\n    pattern: [${patterns.map((pattern) => `'${pattern}'`).join(', ')}]\n    hosts (${hosts.length}):`
    for (const host of hosts) text += `\n      ${host}`
  }
  text += '\n'
  const all = new Set<string>()
  const lines = tasksOf(play).flatMap((task) => {
    const own = [...new Set(texts(inherited(task, 'tags')))].sort()
    if (!selected(own, args.tags, args.skipTags)) return []
    for (const tag of own) all.add(tag)
    return [`      ${taskName(task)}\tTAGS: [${own.join(', ')}]\n`]
  })
  if (args.listTasks) text += `    tasks:\n${lines.join('')}`
  if (args.listTags) text += `      TASK TAGS: [${[...all].sort().join(', ')}]\n`
  return text
}

/** The play's tasks in the order they run: those of a block without its `rescue` and `always`, as Ansible lists them. */
function tasksOf(play: Play): Task[] {
  return [...flat(play.preTasks), ...play.roles.flatMap(roleTasks), ...flat(play.tasks), ...flat(play.postTasks)]
}

function roleTasks(role: Role): Task[] {
  return [...role.dependencies.flatMap(roleTasks), ...flat(role.tasks)]
}

function flat(items: readonly Item[]): Task[] {
  return items.flatMap((item) => (item.kind === 'task' ? [item] : flat((item as Block).items)))
}

function taskName(task: Task): string {
  return task.name === null ? task.action.written : displayName(task, written(task.name))
}

/** A play's name, as it was written when something in it is not known yet. */
function rendered(scope: Scope, name: Value): Value {
  try {
    const value = scope.render(name)
    return value instanceof Undefined ? name : value
  } catch (error) {
    if (problemsOf(error) === null) throw error
    return name
  }
}

/** A name as it was written: nothing is known yet that it could be rendered with. */
function written(value: Value): string {
  return value instanceof Template ? value.source : String(value)
}

function listOf(keyword: { readonly value: Value | readonly Sited[] } | undefined): readonly Sited[] {
  return (keyword?.value ?? []) as readonly Sited[]
}

function strings(scope: Scope, value: Value): string[] {
  const rendered = scope.render(value)
  const list = Array.isArray(rendered) ? rendered : [rendered]
  return list.flatMap((item) => String(item).split(',')).map((item) => item.trim())
}
