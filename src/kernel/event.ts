import type { Change } from './change.ts'
import type { Json, JsonObject } from './json.ts'
import type { Position } from './problem.ts'
import type { WireStats } from './shell.ts'

/** How a task ended on a host. `unknown`: only applying earlier changes will tell (check mode). */
export type Status = 'ok' | 'changed' | 'skipped' | 'failed' | 'unreachable' | 'unknown'

export type TaskInfo = {
  /** Unique within the run. */
  readonly id: number
  /** `role : name`, or the module's name when the task has none. */
  readonly name: string
  readonly action: string
  readonly kind: 'task' | 'handler' | 'control'
  readonly at: Position | null
}

export type HostResult = {
  readonly task: TaskInfo
  readonly host: string
  /** The host the task ran on instead (`delegate_to`), or null. */
  readonly delegate: string | null
  /** The loop item's label, or null outside a loop and for the sum of a loop. */
  readonly item: Json
  readonly status: Status
  /** A failure that `ignore_errors` lets pass. */
  readonly ignored: boolean
  readonly changes: readonly Change[]
  /** The task's own `diff`, which wins over the run's; absent where it has none. Without, changes tell only what they are about. */
  readonly diff?: boolean
  /** What `register` holds; secrets masked, empty under `no_log`. */
  readonly result: JsonObject
  readonly ms: number
}

export type Recap = {
  readonly ok: number
  readonly changed: number
  readonly unreachable: number
  readonly failed: number
  readonly skipped: number
  readonly rescued: number
  readonly ignored: number
  readonly unknown: number
}

/** What `set_stats` has gathered, by host and for the run as a whole. */
export type CustomStats = { readonly hosts: { readonly [host: string]: JsonObject }; readonly run: JsonObject | null }

/** What the engine says happened: closed, serialisable, secrets masked. */
export type Event =
  | { readonly type: 'run-start'; readonly check: boolean; readonly diff: boolean }
  | { readonly type: 'play-start'; readonly name: string; readonly hosts: readonly string[] }
  | { readonly type: 'task-start'; readonly task: TaskInfo; readonly hosts: readonly string[] }
  | ({ readonly type: 'item' } & HostResult)
  | ({ readonly type: 'host-result' } & HostResult)
  | {
      readonly type: 'retry'
      readonly task: TaskInfo
      readonly host: string
      readonly left: number
      readonly result: JsonObject
    }
  | { readonly type: 'no-hosts'; readonly pattern: string }
  | { readonly type: 'message'; readonly text: string }
  | { readonly type: 'warning'; readonly text: string; readonly at: Position | null }
  | { readonly type: 'handlers-lost'; readonly host: string; readonly handlers: readonly string[] }
  | {
      readonly type: 'run-end'
      readonly recap: { readonly [host: string]: Recap }
      readonly wire: { readonly [host: string]: WireStats }
      readonly exitCode: number
      /** Absent when `set_stats` has gathered nothing. */
      readonly stats?: CustomStats
    }

export type Emit = (event: Event) => void
