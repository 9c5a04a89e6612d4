import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { openRun } from '../../../src/commands/open-run.ts'
import { parseArguments } from '../../../src/commands/options.ts'
import { redactEvent } from '../../../src/commands/redact-event.ts'
import { engineOf } from '../../../src/commands/run.ts'
import { run } from '../../../src/engine/run.ts'
import type { Event, HostResult } from '../../../src/kernel/event.ts'
import type { JsonObject } from '../../../src/kernel/json.ts'
import { problemsOf } from '../../../src/kernel/problem.ts'

/** A small project and how it is run; record.py reads the same notation. */
export type Case = {
  readonly name: string
  readonly playbook?: string
  /** Tasks of a play on `hosts` (h1), instead of a playbook. */
  readonly tasks?: string
  readonly hosts?: string
  readonly files?: { readonly [path: string]: string }
  readonly args?: readonly string[]
  /** Lines that a person types, for `--step` and the debugger. */
  readonly input?: string
  /** Hosts go their own way, so only the order on each of them counts. */
  readonly free?: boolean
  /** Why our answer is another one, which is wanted; CONFORMANCE.md tells it in words. */
  readonly differs?: { readonly reason: string; readonly exit: number; readonly flow: readonly string[] }
}

/** What happened, in a form both programs can be brought to. */
export type Entry =
  | { readonly play: string }
  | {
      readonly task: string
      readonly host: string
      readonly status: string
      readonly action?: string
      readonly ignored?: boolean
      readonly item?: boolean
      readonly result?: { readonly [key: string]: unknown }
    }
export type Answer = {
  readonly exit: number
  readonly events: readonly Entry[]
  readonly recap: { readonly [host: string]: { readonly [count: string]: number } }
  /** What `set_stats` has gathered, by host, and for the run under `_run`. */
  readonly stats?: { readonly [host: string]: JsonObject } | undefined
  /** What the run has left behind: each path that the project did not have so, its mode and content. */
  readonly left?: { readonly [path: string]: string }
  readonly error?: string
}

/** Runs a case in a folder of its own, in this process. */
export async function runCase(given: Case, inventory: string): Promise<Answer> {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'conform')))
  const before = { folder: process.cwd(), home: process.env.HOME, zone: process.env.TZ }
  try {
    for (const [path, text] of Object.entries(projectOf(given, inventory))) {
      mkdirSync(dirname(join(root, 'p', path)), { recursive: true })
      writeFileSync(join(root, 'p', path), text, { mode: text.startsWith('#!') ? 0o755 : 0o644 })
    }
    process.chdir(join(root, 'p'))
    process.env.HOME = root
    process.env.TZ = 'UTC'
    const answer = { ...(await play(given)), left: leftIn(join(root, 'p'), projectOf(given, inventory)) }
    return JSON.parse(JSON.stringify(answer).replaceAll(join(root, 'p'), '{here}')) as Answer
  } finally {
    process.chdir(before.folder)
    process.env.HOME = before.home
    if (before.zone === undefined) delete process.env.TZ
    else process.env.TZ = before.zone
    rmSync(root, { recursive: true, force: true })
  }
}

/** How background jobs are kept is our own. */
function leftIn(root: string, given: { readonly [path: string]: string }): { [path: string]: string } {
  const found: { [path: string]: string } = {}
  for (const name of readdirSync(root, { recursive: true, encoding: 'utf8' })) {
    if (name.split('/')[0] === 'jobs') continue
    const path = join(root, name)
    const { mode } = lstatSync(path)
    const bits = (mode & 0o7777).toString(8).padStart(4, '0')
    if (lstatSync(path).isSymbolicLink()) found[name] = `link ${readlinkSync(path)}`
    else if (lstatSync(path).isDirectory()) {
      if (!Object.keys(given).some((known) => known.startsWith(`${name}/`))) found[name] = `${bits} directory`
    } else {
      const text = readFileSync(path, 'utf8')
      if (given[name] !== text) found[name] = `${bits} ${text}`
    }
  }
  return found
}

function projectOf(given: Case, inventory: string): { [path: string]: string } {
  const files: { [path: string]: string } = { 'inventory/hosts': inventory, ...given.files }
  if (given.playbook !== undefined) files['playbook.yml'] = given.playbook
  if (given.tasks !== undefined) {
    const head = `- hosts: ${given.hosts ?? 'h1'}\n  gather_facts: false\n  tasks:\n`
    files['playbook.yml'] = head + given.tasks.replace(/^(?=.)/gm, '    ')
  }
  return files
}

async function play(given: Case): Promise<Answer> {
  const events: Event[] = []
  try {
    const argv = ['playbook', '-i', 'inventory', ...(given.args ?? []), 'playbook.yml']
    const invocation = await parseArguments(argv, 'provision')
    if (invocation.kind !== 'run') throw new Error(`${argv.join(' ')} is no run`)
    const opened = await openRun(invocation, null)
    const emit = (event: Event) => events.push(redactEvent(event, opened.redactor))
    const engine = await engineOf(opened, { suspend: () => undefined }, emit)
    const playbooks = opened.playbooks.map((path) => opened.loader.loadPlaybook(resolve(path)))
    const lines = given.input?.split('\n').slice(0, -1) ?? []
    const exit = await run({ ...engine, readLine: async () => lines.shift() ?? null }, playbooks)
    return { exit, events: events.flatMap(entriesOf), recap: recapOf(events), stats: statsOf(events) }
  } catch (error) {
    const problems = problemsOf(error)
    if (problems === null) throw error
    const text = problems.map((problem) => `${problem.code}: ${problem.message}`).join('; ')
    return { exit: 4, events: events.flatMap(entriesOf), recap: recapOf(events), error: text }
  }
}

function entriesOf(event: Event): Entry[] {
  if (event.type === 'play-start') return [{ play: event.name }]
  if (event.type !== 'host-result' && event.type !== 'item') return []
  return [entryOf(event)]
}

function entryOf(event: Event & HostResult): Entry {
  const { task, host, status, ignored, result } = event
  return { task: task.name, action: task.action, host, status, ignored, item: event.type === 'item', result }
}

function statsOf(events: readonly Event[]): Answer['stats'] {
  const stats = events.find((event) => event.type === 'run-end')?.stats
  if (stats === undefined) return undefined
  return { ...stats.hosts, ...(stats.run === null ? {} : { _run: stats.run }) }
}

function recapOf(events: readonly Event[]): Answer['recap'] {
  const end = events.find((event) => event.type === 'run-end')
  if (end === undefined) return {}
  return Object.fromEntries(
    Object.entries(end.recap).map(([host, { failed, unknown, ...counts }]) => [host, { ...counts, failures: failed }]),
  )
}
