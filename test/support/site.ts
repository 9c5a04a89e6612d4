import { resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { execa } from 'execa'
import type { Status } from '../../src/kernel/event.ts'
import type { HostDocument, RunDocument, TaskDocument } from '../../src/reporters/json.ts'
import type { TestLab } from './lab.ts'

/** How a program ended; `text` is what a person saw: both outputs. */
export type Ended = { readonly code: number; readonly stdout: string; readonly text: string }

/** The site of `playbooks/site.yml` on a lab, set up by the built program. */
export type Site = {
  readonly lab: TestLab
  readonly inventory: string
  /** `provision INVENTORY …`, with what it printed. */
  provision(...args: string[]): Promise<Ended>
  /** The same with `--output json`; throws with the output where there is no document. */
  document(...args: string[]): Promise<RunDocument>
  /** A request through the load balancer, or to another host. */
  request(path: string, init?: RequestInit, host?: string): Promise<Response>
}

/** Text that is in every stack trace of a JavaScript program, and in nothing else. */
export const STACK_TRACE = /^\s+at .*\.[cm]?[jt]s:\d+/m

const PROGRAM = resolve('bin/provision')
const TIME_LIMIT = 300_000

export function siteOf(lab: TestLab, inventory: string): Site {
  const provision = (...args: string[]) => runProgram(lab.name, [inventory, ...args])
  return {
    lab,
    inventory,
    provision,
    document: async (...args) => {
      const ended = await provision('--output', 'json', ...args)
      if (!ended.stdout.startsWith('{')) throw new Error(`no document, exit code ${ended.code}:\n${ended.text}`)
      return JSON.parse(ended.stdout) as RunDocument
    },
    request: (path, init = {}, host = 'lb01') =>
      fetch(`http://${lab.host(host).address}${path}`, { redirect: 'manual', ...init }),
  }
}

/** The built program on a lab, or the program at another path (a link). */
export async function runProgram(lab: string, args: readonly string[], program = PROGRAM): Promise<Ended> {
  const env = { PROVISION_LAB: lab, NO_COLOR: '1' }
  const ended = await execa(program, args, { env, reject: false, all: true, input: '', timeout: TIME_LIMIT })
  return { code: ended.exitCode ?? 255, stdout: ended.stdout, text: ended.all }
}

/** `HOST: TASK` of all results that have one of these statuses, each once, sorted. */
export function tasksWith(run: RunDocument, ...statuses: Status[]): string[] {
  const found = results(run).filter(({ result }) => statuses.includes(result.status))
  return [...new Set(found.map(({ host, task }) => `${host}: ${task.name}`))].sort()
}

/** Every result of a run. */
export function results(run: RunDocument): { host: string; task: TaskDocument; result: HostDocument }[] {
  return run.plays
    .flatMap((play) => play.tasks)
    .flatMap((task) => Object.entries(task.hosts).map(([host, result]) => ({ host, task, result })))
}

/** What is wrong with a run, in words that a failed test shows: its failures with all they said. */
export function failures(run: RunDocument): string[] {
  return results(run)
    .filter(({ result }) => ['failed', 'unreachable'].includes(result.status))
    .map(({ host, task, result }) => `${host}: ${task.name}: ${JSON.stringify(result.result)}`)
}

/** Waits until the load balancer has found both web servers healthy again, after what took one away. */
export function serves(site: Site): Promise<boolean> {
  const both = async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => site.request('/whoami')))
    const servers = new Set(answers.map((answer) => answer.headers.get('x-served-by')))
    return answers.every((answer) => answer.status === 200) && servers.size === 2
  }
  return becomes(() => both().catch(() => false), 60)
}

/** Asks again until the answer is yes; false after the time limit. */
export async function becomes(condition: () => Promise<boolean>, seconds = 15): Promise<boolean> {
  const end = performance.now() + seconds * 1000
  while (performance.now() < end) {
    if (await condition()) return true
    await sleep(200)
  }
  return false
}
