import type { Answer, Case, Entry } from './run-case.ts'

/** An answer as lines: what both programs must agree on. */
export type Flow = {
  readonly exit: number
  readonly flow: readonly string[]
  readonly recap: readonly string[]
  readonly stats: string
}

/** Keys of results that are another thing with every run, or that tell how a program works rather than what it did. */
const VOLATILE =
  /^(_ansible_.*|invocation|start|end|delta|stdout_lines|stderr_lines|exception|warnings|deprecations|diff|skip_reason|false_condition|problem|code|module_stdout|module_stderr|ansible_job_id|results_file|elapsed|finished_at|resolution|discovered_interpreter_python|secret_hidden|censored)$/

/** Failures of these are told in the playbook's own words; the words of others are each program's own. */
const OWN_WORDS = ['fail', 'assert', 'ansible.builtin.fail', 'ansible.builtin.assert']
const ENGINE_WORDS = /undefined variable|conditional check|template error|templating|The task includes an option/i

/** Brings answers of both programs to one form. Results of hosts that ran a task side by side come in order of their names. */
export function flowOf(given: Case, answer: Answer): Flow {
  const entries = itemsNamed(answer.events.filter((entry) => 'play' in entry || told(entry)))
  const lines = given.free === true ? byHost(entries) : inTurn(entries)
  const recap = Object.entries(answer.recap)
    .filter(([, counts]) => Object.values(counts).some((count) => count > 0))
    .map(([host, counts]) => `${host} ${text(counts)}`)
  return { exit: exitOf(answer.exit), flow: lines, recap: recap.sort(), stats: text(answer.stats ?? {}) }
}

/** Ansible ends with 1 or 250 where it stumbles over a playbook while running it; both mean that the playbook can't be used. */
function exitOf(code: number): number {
  return code === 1 || code === 250 ? 4 : code
}

function told(entry: Exclude<Entry, { play: string }>): boolean {
  if (/(^|\.)meta$/.test(entry.action ?? '')) return false
  return !(/(^|\.)include(_tasks|_role)?$/.test(entry.action ?? '') && ['ok', 'changed'].includes(entry.status))
}

/** Items under the name of their task as a whole: Ansible tells them with the name rendered for the item. */
function itemsNamed(entries: readonly Entry[]): Entry[] {
  const names = new Map<string, string>()
  return entries
    .toReversed()
    .map((entry) => {
      if ('play' in entry) return entry
      if (entry.item !== true) names.set(entry.host, entry.task)
      return { ...entry, task: names.get(entry.host) ?? entry.task }
    })
    .reverse()
}

function inTurn(entries: readonly Entry[]): string[] {
  const groups: { name: string; rows: { host: string; line: string }[] }[] = []
  for (const entry of entries) {
    const [name, row] =
      'play' in entry
        ? [`PLAY ${entry.play}`, { host: '', line: `PLAY ${entry.play}` }]
        : [entry.task, { host: entry.host, line: lineOf(entry) }]
    if (groups.at(-1)?.name === name) groups.at(-1)!.rows.push(row)
    else groups.push({ name, rows: [row] })
  }
  return groups.flatMap(({ rows }) => {
    const hosts = [...new Set(rows.map(({ host }) => host))].sort()
    return hosts.flatMap((name) => rows.filter(({ host }) => host === name).map(({ line }) => line))
  })
}

function byHost(entries: readonly Entry[]): string[] {
  const hosts = [...new Set(entries.flatMap((entry) => ('play' in entry ? [] : [entry.host])))].sort()
  return hosts.flatMap((host) =>
    entries.flatMap((entry) => ('play' in entry || entry.host !== host ? [] : [lineOf(entry)])),
  )
}

function lineOf({ task, host, status, ignored, item, action, result }: Exclude<Entry, { play: string }>): string {
  const words = [
    item === true ? `- ${host}` : host,
    status,
    ...(ignored === true && status === 'failed' ? ['(ignored)'] : []),
  ]
  // Ansible forgets which role it was once that could not be included.
  const name = task.replace(/^((?:[\w.]+\.)?include_role) : .*$/, '$1')
  return `${name} | ${words.join(' ')} ${text(resultOf(result ?? {}, status, item === true, action ?? ''))}`
}

function resultOf(result: { readonly [key: string]: unknown }, status: string, item: boolean, action: string): unknown {
  const { results, changed, failed, unreachable, skipped, ...rest } = clean(result) as { [key: string]: unknown }
  if (!item && Array.isArray(results)) return {}
  const own = OWN_WORDS.includes(action) && !ENGINE_WORDS.test(String(rest.msg))
  if (status === 'failed' && !own) delete rest.msg
  if (status === 'unreachable' || 'censored' in result || /include|import/.test(action)) return {}
  if (status === 'skipped') delete rest.msg
  if (rest.msg === '') delete rest.msg
  delete rest.ansible_loop
  if (typeof rest.changed_when_result === 'string') delete rest.changed_when_result
  if (Array.isArray(rest.argument_errors)) rest.argument_errors = rest.argument_errors.length
  if (/(^|\.)(copy|template)$/.test(action)) delete rest.src
  return rest
}

function clean(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(clean)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !VOLATILE.test(key))
      .map(([key, inner]) => [key, clean(inner)]),
  )
}

/** JSON with sorted keys. */
function text(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  )
}
