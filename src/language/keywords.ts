import type { Position } from '../kernel/problem.ts'
import type { Value } from '../kernel/value.ts'

/** Where a keyword may stand. A handler may have all of a task's and `listen`; a role entry inherits to its tasks. */
export type Level = 'play' | 'block' | 'task' | 'handler' | 'role'

/**
 * What a keyword's value must be once its templates are rendered. Kinds in the plural are normalised to arrays by the parser:
 * `conditions` and `values` from one value or a list, `names` also from comma-separated text (tags). `text` accepts numbers.
 */
export type KeywordKind = 'bool' | 'int' | 'percent' | 'text' | 'conditions' | 'values' | 'names' | 'static-names'

/** How a keyword comes down from block, role and play: not at all, the nearest one counts, or all are joined. */
type Inheritance = 'none' | 'nearest' | 'outer-first' | 'inner-first'

type Entry = { readonly kind: KeywordKind; readonly levels: readonly Level[]; readonly inheritance: Inheritance }

const EVERYWHERE = ['play', 'block', 'task', 'handler', 'role'] as const
const TASKS = ['task', 'handler'] as const
const BELOW_PLAY = ['block', 'task', 'handler', 'role'] as const
const PLAY = ['play'] as const

const nearest = <Kind extends KeywordKind>(kind: Kind, levels: readonly Level[] = EVERYWHERE) =>
  ({ kind, levels, inheritance: 'nearest' }) as const
const own = <Kind extends KeywordKind>(kind: Kind, levels: readonly Level[]) =>
  ({ kind, levels, inheritance: 'none' }) as const

/**
 * Every keyword of plays, roles, blocks and tasks whose value the engine reads, after ansible-core's `playbook_keywords` page.
 * Keywords that shape the tree itself (name, vars, block, loop, args, roles, …) are in `STRUCTURE`.
 */
export const KEYWORDS = {
  any_errors_fatal: nearest('bool'),
  async: own('int', TASKS),
  become: nearest('bool'),
  become_exe: nearest('text'),
  become_flags: nearest('text'),
  become_method: nearest('text'),
  become_user: nearest('text'),
  changed_when: own('conditions', TASKS),
  check_mode: nearest('bool'),
  collections: nearest('static-names'),
  connection: nearest('text'),
  debugger: nearest('text'),
  delay: own('int', TASKS),
  delegate_facts: nearest('bool', BELOW_PLAY),
  delegate_to: nearest('text', BELOW_PLAY),
  diff: nearest('bool'),
  environment: { kind: 'values', levels: EVERYWHERE, inheritance: 'outer-first' },
  fact_path: own('text', PLAY),
  failed_when: own('conditions', TASKS),
  force_handlers: own('bool', PLAY),
  gather_facts: own('bool', PLAY),
  gather_subset: own('values', PLAY),
  gather_timeout: own('int', PLAY),
  hosts: own('values', PLAY),
  ignore_errors: nearest('bool'),
  ignore_unreachable: nearest('bool'),
  listen: own('static-names', ['handler']),
  max_fail_percentage: own('percent', PLAY),
  module_defaults: { kind: 'values', levels: EVERYWHERE, inheritance: 'outer-first' },
  no_log: nearest('bool'),
  notify: nearest('values', ['block', 'task', 'handler']),
  order: own('text', PLAY),
  poll: own('int', TASKS),
  port: nearest('int'),
  register: own('text', TASKS),
  remote_user: nearest('text'),
  retries: own('int', TASKS),
  run_once: nearest('bool'),
  serial: own('values', PLAY),
  strategy: own('text', PLAY),
  tags: { kind: 'names', levels: EVERYWHERE, inheritance: 'inner-first' },
  throttle: nearest('int'),
  timeout: nearest('int'),
  until: own('conditions', TASKS),
  when: { kind: 'conditions', levels: BELOW_PLAY, inheritance: 'outer-first' },
} as const satisfies { readonly [name: string]: Entry }

export type KeywordName = keyof typeof KEYWORDS

/** A value and where it stands. */
export type Sited<T = Value> = { readonly value: T; readonly at: Position }

type TypeOf<Kind extends KeywordKind> = Kind extends 'conditions' | 'values' | 'names'
  ? readonly Sited[]
  : Kind extends 'static-names'
    ? readonly string[]
    : Value

export type KeywordValue<Name extends KeywordName> = TypeOf<(typeof KEYWORDS)[Name]['kind']>

/** The keywords given at one place, with positions. A scalar's value may be a `Template`. */
export type Keywords = { readonly [Name in KeywordName]?: Sited<KeywordValue<Name>> }

/** Keywords that make the tree: allowed at these levels, and kept in fields of their own in the model. */
export const STRUCTURE: { readonly [name: string]: readonly Level[] } = {
  action: TASKS,
  always: ['block'],
  args: TASKS,
  block: ['block'],
  handlers: PLAY,
  local_action: TASKS,
  loop: TASKS,
  loop_control: TASKS,
  name: ['play', 'block', 'task', 'handler'],
  post_tasks: PLAY,
  pre_tasks: PLAY,
  rescue: ['block'],
  roles: PLAY,
  tasks: PLAY,
  user: PLAY,
  vars: EVERYWHERE,
  vars_files: PLAY,
  vars_prompt: PLAY,
}

/** The names allowed at a level. */
export function keywordsOf(level: Level): readonly string[] {
  const names = Object.entries<Entry>(KEYWORDS).filter(([, entry]) => entry.levels.includes(level))
  const structure = Object.entries(STRUCTURE).filter(([, levels]) => levels.includes(level))
  return [...names, ...structure].map(([name]) => name).sort()
}
