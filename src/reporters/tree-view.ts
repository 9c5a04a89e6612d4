import type { Event, HostResult, TaskInfo } from '../kernel/event.ts'
import { type Paint, painter } from './colour.ts'
import { handlersLostText, warningText, withPlace } from './notice-text.ts'
import { customStatsText, type RunEnd, recapLines, wireLines } from './recap-text.ts'
import { dispatch, type Handlers, type ReporterOptions } from './reporter.ts'
import { shortName, warningsOf } from './result-text.ts'
import { banner, printable, pythonText, widthOf } from './text.ts'
import { hostList, taskText } from './tree-task.ts'

/** Something to keep on the screen for good. */
type Piece = { readonly to: 'out' | 'err'; readonly text: string }

/** What runs at the moment, for the part of the screen that is drawn again and again. */
export type Live = { readonly title: string; readonly lines: readonly string[] }

/** A task some of whose hosts have not reported. */
type Active = {
  readonly task: TaskInfo
  /** Hosts still at work and what they are at: a loop item, a retry. */
  readonly waiting: Map<string, string>
  /** Every host of the task, in the play's order. */
  readonly hosts: string[]
  readonly results: HostResult[]
  readonly items: Map<string, HostResult[]>
}

/**
 * The tree as text: a play is a group; a task is kept once all its hosts have reported and it has something to say (changes,
 * failures, messages); converged tasks are only counted. Hosts with the same outcome share a line, so 300 read like 3.
 */
export class TreeView {
  readonly #options: ReporterOptions
  readonly #paint: Paint
  readonly #width: number
  readonly #active = new Map<number, Active>()
  readonly #warned = new Set<string>()
  readonly #handlers: Handlers
  #pieces: Piece[] = []
  #play: string | null = null
  #converged = 0
  #skipped = 0
  #changes = 0
  #unknown = 0

  constructor(options: ReporterOptions) {
    this.#options = options
    this.#paint = painter(options.colour)
    this.#width = widthOf(options.columns)
    this.#handlers = {
      'run-start': () => undefined,
      'play-start': (event) => this.#startPlay(event.name, event.hosts),
      'task-start': (event) => this.#startTask(event.task, event.hosts),
      item: (event) => this.#item(event),
      'host-result': (event) => this.#result(event),
      retry: (event) => this.#activeOf(event.task).waiting.set(event.host, `failed, ${event.left} retries left`),
      'no-hosts': (event) => this.#print(`  ${this.#paint('skipped', `○ no hosts matched ${event.pattern}`)}\n`),
      message: (event) => this.#print(`  ${this.#paint('dim', printable(event.text))}\n`),
      warning: (event) => this.#warn(withPlace(event.text, event.at)),
      'handlers-lost': (event) => this.#warn(handlersLostText(event.host, event.handlers)),
      'run-end': (event) => this.#endRun(event),
    }
  }

  /** Takes an event in; returns what to print for good. */
  apply(event: Event): readonly Piece[] {
    this.#pieces = []
    dispatch(this.#handlers, event)
    return this.#pieces
  }

  /** Null when nothing is at work. */
  live(): Live | null {
    if (this.#active.size === 0) return null
    const lines = [...this.#active.values()].slice(0, MOST_TASKS).flatMap((active) => liveLines(active))
    if (this.#active.size > MOST_TASKS) lines.push(`and ${this.#active.size - MOST_TASKS} more tasks`)
    return { title: this.#play === null ? 'PLAY' : `PLAY ${this.#play}`, lines }
  }

  #startPlay(name: string, hosts: readonly string[]): void {
    this.#endPlay()
    this.#play = name
    const mode = this.#options.check ? ', check mode' : ''
    const count = hosts.length === 1 ? '1 host' : `${hosts.length} hosts`
    this.#print(`\n${this.#paint('heading', `PLAY ${name}`)} ${this.#paint('dim', `(${count}${mode})`)}\n`)
  }

  #endPlay(): void {
    for (const id of [...this.#active.keys()]) this.#settle(id)
    const counts = [
      ...(this.#converged > 0 ? [`✔ ${count(this.#converged, 'task')} converged`] : []),
      ...(this.#skipped > 0 ? [`○ ${this.#skipped} skipped`] : []),
    ]
    if (counts.length > 0) this.#print(`  ${this.#paint('dim', counts.join(', '))}\n`)
    this.#converged = 0
    this.#skipped = 0
  }

  #startTask(task: TaskInfo, hosts: readonly string[]): void {
    const active = this.#activeOf(task)
    for (const host of hosts) active.waiting.set(host, '')
    active.hosts.push(...hosts)
  }

  #item(entry: HostResult): void {
    const active = this.#activeOf(entry.task)
    const items = active.items.get(entry.host) ?? []
    items.push(entry)
    active.items.set(entry.host, items)
    active.waiting.set(entry.host, `item ${pythonText(entry.item)} ${entry.status}`)
    this.#count(entry)
  }

  #result(entry: HostResult): void {
    const active = this.#activeOf(entry.task)
    if (!active.items.has(entry.host)) this.#count(entry)
    active.results.push(entry)
    active.waiting.delete(entry.host)
    for (const text of warningsOf(entry.result)) this.#warn(text)
    if (active.waiting.size === 0) this.#settle(entry.task.id)
  }

  #count({ status, changes }: HostResult): void {
    if (status === 'unknown') this.#unknown += 1
    else this.#changes += changes.length
  }

  #settle(id: number): void {
    const { task, hosts, results, items } = this.#active.get(id)!
    const order = new Map(hosts.map((host, index) => [host, index]))
    results.sort((a, b) => (order.get(a.host) ?? 0) - (order.get(b.host) ?? 0))
    this.#active.delete(id)
    const text = taskText(task, results, items, this.#options, this.#paint)
    if (text !== '') this.#print(text)
    else if (results.length > 0 && results.every((entry) => entry.status === 'skipped')) this.#skipped += 1
    else if (results.length > 0 && shortName(task.action) !== 'meta') this.#converged += 1
  }

  #endRun(event: RunEnd): void {
    this.#endPlay()
    this.#print(`${banner('PLAY RECAP', this.#width)}${recapLines(event.recap, this.#paint)}\n`)
    if (this.#options.customStats === true && event.stats !== undefined) {
      this.#print(customStatsText(event.stats, this.#width))
    }
    if (this.#options.verbosity >= 2) {
      this.#print(`${banner('WIRE', this.#width).trimStart()}${wireLines(event.wire)}\n`)
    }
    if (this.#options.check) {
      const would = this.#changes === 0 ? 'nothing would change' : `${count(this.#changes, 'change')} would be made`
      const unknown = this.#unknown === 0 ? '' : `, ${count(this.#unknown, 'result')} unknown`
      this.#print(`Check mode: ${would}${unknown}; nothing was changed.\n`)
    }
  }

  #activeOf(task: TaskInfo): Active {
    const known = this.#active.get(task.id)
    if (known !== undefined) return known
    const active: Active = { task, waiting: new Map(), hosts: [], results: [], items: new Map() }
    this.#active.set(task.id, active)
    return active
  }

  #print(text: string): void {
    this.#pieces.push({ to: 'out', text })
  }

  #warn(text: string): void {
    const warning = warningText(text, this.#width)
    if (this.#warned.has(warning)) return
    this.#warned.add(warning)
    this.#pieces.push({ to: 'err', text: `${this.#paint('warning', warning)}\n` })
  }
}

/** Tasks at work at once, drawn; there are several only under the free strategy. */
const MOST_TASKS = 5
/** Hosts still at work, drawn with what they are at; more are only named. */
const MOST_HOSTS = 6

function liveLines(active: Active): string[] {
  const done = active.results.length
  const total = done + active.waiting.size
  const title = `${active.task.name}${total > 1 ? `  ${done}/${total} hosts` : ''}`
  const waiting = [...active.waiting]
  if (waiting.length > MOST_HOSTS) return [title, `  waiting for ${hostList(waiting.map(([host]) => host))}`]
  return [
    title,
    ...waiting.map(([host, note]) => `  ${host}${note === '' ? '' : `  ${printable(note).replaceAll('\n', ' ')}`}`),
  ]
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}
