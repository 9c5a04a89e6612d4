import type { Position } from '../kernel/problem.ts'
import type { Dict, Template, Value } from '../kernel/value.ts'
import type { Keywords } from './keywords.ts'

/** A playbook file with everything it imports statically: `import_playbook`, `import_tasks`, `import_role`, `roles`. */
export type Playbook = { readonly file: string; readonly plays: readonly Play[] }

/** What stands above a block or task: keywords and variables are inherited along these links (see `inherited`). */
export type Parent = Play | Role | Include | Block

export type Play = {
  readonly kind: 'play'
  /** As written; `null` when the play has none (Ansible then shows its hosts). */
  readonly name: Value
  /** With the tags and `when` of the `import_playbook` that brought the play in. */
  readonly keywords: Keywords
  /** Those of the `import_playbook` win over the play's own. */
  readonly vars: Dict
  readonly varsFiles: readonly VarsFile[]
  readonly varsPrompt: readonly VarsPrompt[]
  /** The folder that relative paths of this play start from. */
  readonly folder: string
  readonly roles: readonly Role[]
  readonly preTasks: readonly Item[]
  readonly tasks: readonly Item[]
  readonly postTasks: readonly Item[]
  /** The play's own handlers; those of its roles are in `Role.handlers`, those of imported roles in `importedRoles`. */
  readonly handlers: readonly Item[]
  /** Roles that `import_role` brought in: their handlers, defaults and vars count for the whole play. */
  readonly importedRoles: readonly Role[]
  /** The `import_playbook`s that brought the play in, outermost first. */
  readonly imports: readonly PlaybookImport[]
  readonly at: Position
}

export type PlaybookImport = { readonly file: string; readonly vars: Dict; readonly at: Position }

/** One entry of `vars_files`: the first of the candidates that exists counts. */
export type VarsFile = { readonly candidates: readonly (string | Template)[]; readonly at: Position }

export type VarsPrompt = {
  readonly name: string
  readonly prompt: Value
  readonly default: Value
  readonly private: boolean
  readonly confirm: boolean
  readonly encrypt: string | null
  readonly saltSize: number | null
  readonly salt: string | null
  readonly unsafe: boolean
  readonly at: Position
}

/**
 * A role in one place of use. Its tasks are compiled once for each place, so that every task has one chain of parents; two uses of
 * the same role with the same parameters have the same `identity`, and the second runs only if `allowDuplicates`.
 */
export type Role = {
  readonly kind: 'role'
  /** Name as Ansible shows it: `nginx`, `acme.web.nginx`. */
  readonly name: string
  readonly path: string
  /** `acme.web` for a role of a collection. */
  readonly collection: string | null
  readonly keywords: Keywords
  /** The entry's `vars:`, or the vars of the `include_role`/`import_role` task. */
  readonly vars: Dict
  /** The entry's other keys (`- role: x, port: 80`): role parameters. */
  readonly params: Dict
  /** `defaults/main` and `vars/main`, or what `defaults_from` and `vars_from` name. */
  readonly defaults: Dict
  readonly roleVars: Dict
  /** `meta/main.yml` dependencies, which run before the role's tasks; their parent is this role. */
  readonly dependencies: readonly Role[]
  readonly tasks: readonly Item[]
  readonly handlers: readonly Item[]
  /** `meta/argument_specs.yml` below `argument_specs`; null if there is none. The first task then validates the entry point. */
  readonly argumentSpecs: Dict | null
  /** The `tasks_from` of the use, or `main`. */
  readonly entryPoint: string
  readonly allowDuplicates: boolean
  /** `public` of `include_role`; always true otherwise: whether defaults, vars and handlers count for the whole play. */
  readonly public: boolean
  /** Collections searched for the short names in this role. */
  readonly collections: readonly string[]
  readonly identity: string
  /** The role that depends on this one, the include that brought it, or the play. */
  readonly parent: Parent
  readonly at: Position
}

/** The edge between an include or import and what it brought in. */
export type Include = {
  readonly kind: 'include'
  /** `import_*`: keywords are inherited. `include_*`: only vars are, and what `apply` says. */
  readonly static: boolean
  readonly task: Task
  /** Keywords of `apply:`. */
  readonly apply: Keywords
  readonly applyVars: Dict
  /** The loop variables and the like that the engine adds for one inclusion. */
  readonly vars: Dict
  /** The file of tasks, or the role's folder. */
  readonly path: string
  readonly parent: Parent
}

export type Item = Block | Task

export type Block = {
  readonly kind: 'block'
  readonly name: Value
  readonly items: readonly Item[]
  readonly rescue: readonly Item[]
  readonly always: readonly Item[]
  readonly keywords: Keywords
  readonly vars: Dict
  readonly role: Role | null
  readonly parent: Parent
  readonly at: Position
}

export type Task = {
  readonly kind: 'task'
  /** As written; null when there is none: `displayName` then takes the action. */
  readonly name: Value
  readonly handler: boolean
  readonly action: Action
  /** Arguments by name, `args:` merged below the module's own. */
  readonly args: Dict
  readonly argsAt: ReadonlyMap<string, Position>
  /** The text of a free-form module (`command: ls -l`, `include_tasks: x.yml`, `meta: noop`). */
  readonly freeForm: string | Template | null
  /** `args: "{{ dict }}"` or `copy: "{{ dict }}"`: renders to a dict that lies below `args`. */
  readonly argsTemplate: Template | null
  readonly loop: Loop | null
  readonly loopControl: LoopControl
  readonly keywords: Keywords
  readonly vars: Dict
  readonly role: Role | null
  readonly parent: Parent
  readonly at: Position
}

export type Action = {
  /** `community.mysql.mysql_db`, `copy`: as the playbook says. */
  readonly written: string
  /** Without the collection: `mysql_db`. */
  readonly name: string
  /** `community.mysql`; `ansible.builtin` also for a short name that no other collection claims. */
  readonly collection: string
  readonly at: Position
}

export type Loop = {
  /** `loop` for the keyword, else the lookup's name: `items`, `community.general.filetree`. */
  readonly lookup: string
  readonly value: Value
  readonly at: Position
}

export type LoopControl = {
  readonly loopVar: string | Template
  readonly indexVar: string | Template | null
  readonly label: Value
  readonly pause: Value
  readonly extended: Value
  readonly extendedAllitems: Value
  readonly breakWhen: readonly Value[]
}
