import { PassThrough } from 'node:stream'
import type { Event, HostResult, Recap, TaskInfo } from '../../../src/kernel/event.ts'
import { createReporter } from '../../../src/reporters/create.ts'
import type { ReporterKind, ReporterOptions } from '../../../src/reporters/reporter.ts'

/** A task for events; its id comes from its name. */
export function task(name: string, details: Partial<TaskInfo> = {}): TaskInfo {
  const id = [...name].reduce((sum, character) => sum * 31 + character.codePointAt(0)!, 7) % 1_000_003
  return { id, name, action: 'command', kind: 'task', at: null, ...details }
}

type Details = Partial<Omit<HostResult, 'task' | 'host' | 'status'>>

export function result(of: TaskInfo, host: string, status: HostResult['status'], details: Details = {}): Event {
  return { type: 'host-result', ...entry(of, host, status, details) }
}

export function item(of: TaskInfo, host: string, status: HostResult['status'], details: Details): Event {
  return { type: 'item', ...entry(of, host, status, details) }
}

export function start(of: TaskInfo, ...hosts: string[]): Event {
  return { type: 'task-start', task: of, hosts }
}

export function play(name: string, ...hosts: string[]): Event {
  return { type: 'play-start', name, hosts }
}

export function recap(counts: Partial<Recap>): Recap {
  const none = { ok: 0, changed: 0, unreachable: 0, failed: 0, skipped: 0, rescued: 0, ignored: 0, unknown: 0 }
  return { ...none, ...counts }
}

export function runEnd(hosts: { readonly [host: string]: Partial<Recap> }, exitCode = 0): Event {
  const wire = {
    messages: 3,
    probes: 60,
    applies: 1,
    processes: 99,
    bytesSent: 52_340,
    bytesReceived: 912,
    waitMs: 41.6,
  }
  const entries = Object.entries(hosts)
  return {
    type: 'run-end',
    recap: Object.fromEntries(entries.map(([host, counts]) => [host, recap(counts)])),
    wire: Object.fromEntries(entries.map(([host]) => [host, wire])),
    exitCode,
  }
}

/** What a reporter prints for events. */
export async function printed(
  kind: ReporterKind,
  events: readonly Event[],
  given: Partial<Omit<ReporterOptions, 'out' | 'err'>> = {},
): Promise<{ out: string; err: string }> {
  const [out, err] = [new PassThrough(), new PassThrough()]
  const options = {
    colour: false,
    verbosity: 0,
    columns: null,
    check: false,
    diff: false,
    diffContext: 3,
    hidden: [],
    ...given,
  }
  const reporter = await createReporter(kind, { ...options, out, err })
  for (const event of events) reporter.emit(event)
  await reporter.end()
  return { out: String(out.read() ?? ''), err: String(err.read() ?? '') }
}

function entry(of: TaskInfo, host: string, status: HostResult['status'], details: Details): HostResult {
  const changed = status === 'changed'
  return {
    task: of,
    host,
    delegate: null,
    item: null,
    status,
    ignored: false,
    changes: [],
    result: { changed, failed: status === 'failed' },
    ms: 12,
    ...details,
  }
}
