/** One difference between a host's state and what is wanted. `before` null: absent now; `after` null: removed. */
export type Change = {
  /** What differs, in the module's words: `mode`, `content`, `package nginx`. */
  readonly what: string
  readonly before: string | null
  readonly after: string | null
  /** Done anew each time (a command, a restart): applying it does not make the plan empty. */
  readonly action?: true
  /** Only running tells whether it counts as a change (a request, a query): check mode shows the task as unknown. */
  readonly uncertain?: true
  /** Made, but not counted: a task whose changes are all quiet is `ok` (Ansible's `daemon_reload`, `update_cache` beside packages). */
  readonly quiet?: true
}
