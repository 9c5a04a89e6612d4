/** One difference between a host's state and what is wanted. `before` null: absent now; `after` null: removed. */
export type Change = {
  /** What differs, in the module's words: `mode`, `content`, `package nginx`. */
  readonly what: string
  readonly before: string | null
  readonly after: string | null
  /** An action that only running tells the outcome of (a command, a request): it may end with `changed: false` in its result. */
  readonly action?: true
  /** Made, but not counted: a task whose changes are all quiet is `ok` (Ansible's `daemon_reload`, `update_cache` beside packages). */
  readonly quiet?: true
}
