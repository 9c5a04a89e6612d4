import type { Change } from '../kernel/change.ts'
import type { CustomStats, HostResult, Recap, Status, TaskInfo } from '../kernel/event.ts'
import type { Json, JsonObject } from '../kernel/json.ts'
import type { Position } from '../kernel/problem.ts'
import type { WireStats } from '../kernel/shell.ts'
import { dispatch, type Handlers, type Reporter, type ReporterOptions } from './reporter.ts'

/**
 * The whole run as one JSON document, printed at the end, also of a run that broke off (its `exitCode` is then null). Fields are only
 * ever added to it.
 */
export type RunDocument = {
  /** The version of this form. */
  version: 1
  check: boolean
  diff: boolean
  /** In the order they ran. */
  plays: PlayDocument[]
  /** What the engine had to say besides results, such as included files. */
  messages: string[]
  warnings: { text: string; at: Position | null }[]
  /** Handlers that were notified and never ran because their host failed, by host. */
  handlersLost: { [host: string]: readonly string[] }
  /** Patterns of plays that matched no host. */
  noHosts: string[]
  recap: { readonly [host: string]: Recap }
  /** What `set_stats` has gathered; null when it has nothing. */
  customStats: CustomStats | null
  /** What went over the wire, by host. */
  wire: { readonly [host: string]: WireStats }
  exitCode: number | null
}

type PlayDocument = { name: string; hosts: readonly string[]; tasks: TaskDocument[] }
/** `id` is unique within the run; `at` is where the task stands, or null for one the engine added. */
export type TaskDocument = TaskInfo & { hosts: { [host: string]: HostDocument } }
export type HostDocument = ResultDocument & {
  delegate: string | null
  /** A loop's items, in order; empty outside a loop. */
  items: (ResultDocument & { item: Json })[]
  /** How often `until` tried again. */
  retries: number
}
type ResultDocument = {
  status: Status
  /** A failure that `ignore_errors` lets pass. */
  ignored: boolean
  changes: readonly Change[]
  /** What `register` holds. */
  result: JsonObject
  ms: number
}

export function jsonReporter(options: ReporterOptions): Reporter {
  const run: RunDocument = {
    version: 1,
    check: options.check,
    diff: options.diff,
    plays: [],
    messages: [],
    warnings: [],
    handlersLost: {},
    noHosts: [],
    recap: {},
    customStats: null,
    wire: {},
    exitCode: null,
  }
  const pending = new Map<string, { items: HostDocument['items']; retries: number }>()
  let tasks = new Map<number, TaskDocument>()

  const handlers: Handlers = {
    'run-start': (event) => Object.assign(run, { check: event.check, diff: event.diff }),
    'play-start': (event) => {
      tasks = new Map()
      run.plays.push({ name: event.name, hosts: event.hosts, tasks: [] })
    },
    'task-start': (event) => taskOf(event.task),
    item: (event) => pendingOf(event.task, event.host).items.push({ item: event.item, ...resultOf(event) }),
    retry: (event) => {
      pendingOf(event.task, event.host).retries += 1
    },
    'host-result': (event) => {
      const before = pendingOf(event.task, event.host)
      pending.delete(`${event.task.id} ${event.host}`)
      taskOf(event.task).hosts[event.host] = { ...resultOf(event), delegate: event.delegate, ...before }
    },
    'no-hosts': (event) => run.noHosts.push(event.pattern),
    message: (event) => run.messages.push(event.text),
    warning: (event) => run.warnings.push({ text: event.text, at: event.at }),
    'handlers-lost': (event) => {
      run.handlersLost[event.host] = event.handlers
    },
    'run-end': ({ recap, wire, exitCode, stats }) =>
      Object.assign(run, { recap, wire, exitCode, customStats: stats ?? null }),
  }
  return {
    emit: (event) => dispatch(handlers, event),
    suspend: () => undefined,
    end: async () => {
      options.out.write(`${JSON.stringify(run, null, 2)}\n`)
    },
  }

  function taskOf(task: TaskInfo): TaskDocument {
    const known = tasks.get(task.id)
    if (known !== undefined) return known
    if (run.plays.length === 0) run.plays.push({ name: '', hosts: [], tasks: [] })
    const document: TaskDocument = { ...task, hosts: {} }
    tasks.set(task.id, document)
    run.plays.at(-1)!.tasks.push(document)
    return document
  }

  function pendingOf(task: TaskInfo, host: string): { items: HostDocument['items']; retries: number } {
    const key = `${task.id} ${host}`
    const known = pending.get(key) ?? { items: [], retries: 0 }
    pending.set(key, known)
    return known
  }
}

function resultOf(entry: HostResult): ResultDocument {
  const { status, ignored, changes, result, ms } = entry
  return { status, ignored, changes, result, ms }
}
