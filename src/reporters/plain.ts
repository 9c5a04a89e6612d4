import type { Event, HostResult, Status, TaskInfo } from '../kernel/event.ts'
import { changesText } from './change-text.ts'
import { painter, type Style } from './colour.ts'
import { handlersLostText, warningText, withPlace } from './notice-text.ts'
import { customStatsText, type RunEnd, recapLines, wireLines } from './recap-text.ts'
import { dispatch, type Handlers, type Reporter, type ReporterOptions } from './reporter.ts'
import { failureText, resultSuffix, shortName, shownResult, warningsOf } from './result-text.ts'
import { banner, dumps, printable, pythonText, widthOf } from './text.ts'

/** A line a result, in the words and columns of Ansible's default callback, so that people, greps and log parsers feel at home. */
export function plainReporter(options: ReporterOptions): Reporter {
  const paint = painter(options.colour)
  const width = widthOf(options.columns)
  const looping = new Set<string>()
  const warned = new Set<string>()
  let current: number | null = null

  const handlers: Handlers = {
    'run-start': () => undefined,
    'play-start': (event) => {
      current = null
      print(banner(event.name === '' ? 'PLAY' : `PLAY [${event.name}]`, width))
    },
    'task-start': (event) => (options.hidden.length === 0 ? taskBanner(event.task) : undefined),
    item: (event) => item(event),
    'host-result': (event) => hostResult(event),
    retry: (event) => retry(event),
    'no-hosts': () => print(`${paint('skipped', 'skipping: no hosts matched')}\n`),
    message: (event) => print(`${paint('skipped', printable(event.text))}\n`),
    warning: (event) => warn(withPlace(event.text, event.at)),
    'handlers-lost': (event) => warn(handlersLostText(event.host, event.handlers)),
    'run-end': (event) => recap(event),
  }
  return { emit: (event) => dispatch(handlers, event), suspend: () => undefined, end: async () => undefined }

  function taskBanner(task: TaskInfo): void {
    current = task.id
    print(banner(`${task.kind === 'handler' ? 'RUNNING HANDLER' : 'TASK'} [${task.name}]`, width))
    if (options.verbosity >= 2 && task.at !== null) {
      print(`${paint('debug', `task path: ${task.at.file}:${task.at.line}`)}\n`)
    }
  }

  function item(entry: HostResult): void {
    looping.add(keyOf(entry))
    if (options.hidden.includes(entry.status) || (entry.status === 'ok' && isInclude(entry.task))) return
    start(entry)
    const label = pythonText(entry.item)
    if (hasFailed(entry)) failure(entry, `failed: [${labelOf(entry)}] (item=${label}) => `)
    else {
      const blank = entry.status === 'skipped' ? ' ' : ''
      const lead = `${WORDS[entry.status]}: [${labelOf(entry)}] => (item=${label})${blank}`
      print(`${paint(entry.status, `${lead}${resultSuffix(entry, options)}`)}\n`)
      details(entry)
    }
  }

  /** A loop's items have told everything but that all of them were skipped, or that the host was lost. */
  function hostResult(entry: HostResult): void {
    const inLoop = looping.delete(keyOf(entry))
    if (options.hidden.includes(entry.status)) return
    const told = inLoop && entry.status !== 'skipped' && entry.status !== 'unreachable'
    start(entry)
    if (hasFailed(entry) && !told) {
      failure(entry, `fatal: [${labelOf(entry)}]: ${entry.status === 'failed' ? 'FAILED' : 'UNREACHABLE'}! => `)
    } else if (!told && (entry.status !== 'ok' || !isInclude(entry.task))) {
      print(`${paint(entry.status, `${WORDS[entry.status]}: [${labelOf(entry)}]${resultSuffix(entry, options)}`)}\n`)
      details(entry)
    }
    if (hasFailed(entry) && entry.ignored) print(`${paint('skipped', '...ignoring')}\n`)
  }

  /** With results in between of another task (strategy free), the task's banner comes again. */
  function start(entry: HostResult): void {
    if (current !== entry.task.id) taskBanner(entry.task)
    for (const text of warningsOf(entry.result)) warn(text)
  }

  function failure(entry: HostResult, lead: string): void {
    const style: Style = entry.status === 'unreachable' ? 'unreachable' : 'failed'
    const { json, blocks } = failureText(entry, options)
    print(`${paint(style, `${lead}${json}`)}\n${paint(style, blocks)}`)
    details(entry)
  }

  /** What changed; and for an unknown, what it is that only applying will tell. */
  function details(entry: HostResult): void {
    if (entry.status === 'unknown' && typeof entry.result.msg === 'string' && options.verbosity === 0) {
      print(`    ${printable(entry.result.msg)}\n`)
    }
    const diff = entry.diff ?? options.diff
    if (options.check || diff || options.verbosity > 0)
      print(changesText(entry.changes, entry.result, { ...options, diff, paint, indent: '    ' }))
  }

  function retry(event: Extract<Event, { type: 'retry' }>): void {
    if (current !== event.task.id) taskBanner(event.task)
    const result = dumps(shownResult(event.task, event.result, options.verbosity), true)
    const suffix = options.verbosity > 2 ? `Result was: ${printable(result)}` : ''
    const text = `FAILED - RETRYING: [${event.host}]: ${event.task.name} (${event.left} retries left).${suffix}`
    print(`${paint('debug', text)}\n`)
  }

  function warn(text: string): void {
    const warning = warningText(text, width)
    if (warned.has(warning)) return
    warned.add(warning)
    options.err.write(`${paint('warning', warning)}\n`)
  }

  function recap(event: RunEnd): void {
    print(banner('PLAY RECAP', width))
    print(`${recapLines(event.recap, paint)}\n`)
    if (options.customStats === true && event.stats !== undefined) print(customStatsText(event.stats, width))
    if (options.verbosity >= 2) print(`${banner('WIRE', width).trimStart()}${wireLines(event.wire)}\n`)
  }

  function print(text: string): void {
    if (text !== '') options.out.write(text)
  }
}

const WORDS: { readonly [status in Status]: string } = {
  ok: 'ok',
  changed: 'changed',
  skipped: 'skipping',
  failed: 'failed',
  unreachable: 'unreachable',
  unknown: 'unknown',
}

function hasFailed(entry: HostResult): boolean {
  return entry.status === 'failed' || entry.status === 'unreachable'
}

function labelOf(entry: HostResult): string {
  const here = entry.delegate === null || entry.delegate === entry.host || entry.status === 'skipped'
  return here ? entry.host : `${entry.host} -> ${entry.delegate}`
}

function keyOf(entry: HostResult): string {
  return `${entry.task.id} ${entry.host}`
}

/** An include reports what it included, and nothing for each host. */
function isInclude(task: TaskInfo): boolean {
  return ['include_tasks', 'include_role', 'include'].includes(shortName(task.action))
}
