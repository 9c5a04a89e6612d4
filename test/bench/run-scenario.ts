import { mkdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import type { RunDocument } from '../../src/reporters/json.ts'
import { differences, type Fingerprint } from '../support/fingerprint.ts'
import { writeContent } from './content.ts'
import type { Hosts } from './hosts.ts'
import { writeInventories } from './inventories.ts'
import { farAway } from './latency.ts'
import { measure, type Sample } from './measure.ts'
import type { Scenario } from './scenarios.ts'
import type { Job, Tool } from './tools.ts'
import type { Workplace } from './workplace.ts'

/** What a scenario gave. Raw: every run of every tool is in it, also those that can't be used. */
export type Outcome = {
  readonly scenario: Scenario
  readonly tools: { readonly [tool: string]: readonly Sample[] }
  /** Why a tool has no numbers, or not as many as asked for. */
  readonly notes: readonly string[]
  /** How the hosts after each tool's last run differ from those after the first tool's; empty when every tool made the same. */
  readonly endState: { readonly [tool: string]: readonly string[] }
  /** What went over our wire, of one run more: the largest of the hosts. */
  readonly wire: { readonly messages: number } | null
}

export async function runScenario(
  place: Workplace,
  scenario: Scenario,
  near: Hosts,
  all: readonly Tool[],
  runs: number,
): Promise<Outcome> {
  const tools = all.filter((tool) => tool.serves(scenario))
  const folder = join(place.folder, 'job')
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder)
  await writeContent(scenario.content, folder)
  await near.reset()
  await writeInventories(folder, near)
  const ours = tools.find(({ name }) => name === 'provision')!
  const nearJob: Job = { folder, hosts: near, check: false, version: false }
  if (scenario.state === 'noop') await converge(place, ours, nearJob)
  const far = scenario.rtt === 0 ? null : await farAway(place, near, scenario.rtt)
  if (far !== null) await writeInventories(folder, far)
  const run: Running = {
    place,
    scenario,
    job: { folder, hosts: far ?? near, check: scenario.check, version: scenario.version },
    near,
  }
  try {
    const measured = await interleaved(run, tools, runs)
    return { scenario, ...measured, wire: await wireOf(run, ours) }
  } finally {
    far?.end()
  }
}

type Running = { readonly place: Workplace; readonly scenario: Scenario; readonly job: Job; readonly near: Hosts }
type Measured = Pick<Outcome, 'tools' | 'notes' | 'endState'>

/** Each round every tool in turn, another one first each time; a tool whose runs cost more than the budget gets no more. */
async function interleaved(run: Running, tools: readonly Tool[], runs: number): Promise<Measured> {
  const { place, scenario } = run
  const samples = new Map(tools.map((tool): [Tool, Sample[]] => [tool, []]))
  const states = new Map<string, Made>()
  const notes: string[] = []
  const out = new Set<Tool>()
  for (let round = 0; round < runs; round++) {
    for (const tool of [...tools.slice(round % tools.length), ...tools.slice(0, round % tools.length)]) {
      if (out.has(tool)) continue
      place.stopping.signal.throwIfAborted()
      const sample = await once(run, tool)
      place.stopping.signal.throwIfAborted()
      samples.get(tool)!.push(sample)
      place.say(`  ${line(tool, sample)}`)
      const spent = samples.get(tool)!.reduce((sum, { wall }) => sum + wall, 0)
      const problem = wrongWith(sample, scenario)
      if (problem !== null) notes.push(`${tool.name}: ${problem}`)
      if (sample.code !== 0) {
        place.say((await readFile(logOf(run, tool), 'utf8')).split('\n').slice(-15).join('\n'))
        out.add(tool)
      }
      if (spent + sample.wall > scenario.budget && round + 1 < runs) {
        notes.push(`${tool.name}: ${round + 1} of ${runs} runs, its time was up`)
        out.add(tool)
      }
      if (!tool.floor && !states.has(tool.name)) states.set(tool.name, await fingerprints(run.near))
    }
  }
  const [reference] = states.values()
  const compared = [...states].map(([tool, made]) => [tool, reference === undefined ? [] : compare(reference, made)])
  return {
    tools: Object.fromEntries([...samples].map(([tool, each]) => [tool.name, each])),
    notes: [...new Set(notes)],
    endState: Object.fromEntries(compared),
  }
}

async function once(run: Running, tool: Tool): Promise<Sample> {
  const { place, job } = run
  if (!tool.floor) await prepare(run)
  const sample = await measure(place, job.hosts, tool.launch(job), join(job.folder, `${tool.name}.log`))
  await rm(join(job.folder, 'cp'), { recursive: true, force: true })
  return sample
}

async function prepare({ scenario, job, near }: Running): Promise<void> {
  if (scenario.state !== 'first') return
  await near.reset()
  await writeInventories(job.folder, near)
}

/** Twice: what the first run left to change (a service that only then could start) is a fault of the content. */
async function converge(place: Workplace, tool: Tool, job: Job): Promise<void> {
  for (const round of [1, 2]) {
    const log = join(job.folder, 'converge.log')
    const sample = await measure(place, job.hosts, tool.launch(job), log)
    if (sample.code === 0 && (round === 1 || sample.changed === 0)) continue
    throw new Error(`the hosts can't be brought to the wanted state:\n${(await readFile(log, 'utf8')).slice(-3000)}`)
  }
}

function wrongWith(sample: Sample, { state }: Scenario): string | null {
  if (sample.code !== 0) return `a run ended with ${sample.code}`
  if (state === 'noop' && sample.changed !== null && sample.changed > 0) return `a run changed ${sample.changed} things`
  return null
}

/** One run of ours more, for what its document tells and for the profile: neither belongs into a measured run. */
async function wireOf(run: Running, ours: Tool): Promise<Outcome['wire']> {
  const { place, scenario, job } = run
  await prepare(run)
  const { argv, cwd, env } = ours.launch(job)
  const profiling =
    place.profiles === null ? [] : ['--cpu-prof', `--cpu-prof-dir=${join(place.profiles, scenario.name)}`]
  place.stopping.signal.throwIfAborted()
  const ran = await execa(process.execPath, [...profiling, ...argv, '--output', 'json'], {
    ...{ cwd, env, reject: false, maxBuffer: 1e9 },
  })
  if (!ran.stdout.startsWith('{')) return null
  const each = Object.values((JSON.parse(ran.stdout) as RunDocument).wire)
  return { messages: Math.max(...each.map(({ messages }) => messages)) }
}

type Made = ReadonlyMap<string, Fingerprint>

async function fingerprints(hosts: Hosts): Promise<Made> {
  const each = await Promise.all(
    hosts.list.slice(0, 10).map(async (host) => [host.name, await hosts.fingerprint(host)] as const),
  )
  return new Map(each)
}

/** What a tool leaves on the host for itself, and copies of /etc/passwd and the like from before the last change. */
const OWN =
  /^(file (\/root\/(\.ansible|\.cache|\.bash_history)|\/etc\/(passwd|group|shadow|gshadow|subuid|subgid)-|\/etc\/\.pwd\.lock)|active |mount )/

function compare(one: Made, other: Made): string[] {
  return [...one].flatMap(([host, made]) =>
    differences(made, other.get(host)!)
      .filter((each) => !OWN.test(each) && !/^file \/etc\/g?shadow: /.test(each))
      .map((each) => `${host}: ${each}`),
  )
}

function logOf({ job }: Running, tool: Tool): string {
  return join(job.folder, `${tool.name}.log`)
}

function line(tool: Tool, sample: Sample): string {
  const { wall, controllerCpu, hostsCpu, processes, packets, otherShare, changed, code } = sample
  const parts = [
    `${wall.toFixed(2)} s`,
    `controller ${controllerCpu.toFixed(2)} s`,
    `hosts ${hostsCpu.toFixed(2)} s`,
    `${processes} processes`,
    `${packets} packets`,
    `noise ${(otherShare * 100).toFixed(0)} %`,
    ...(changed === null ? [] : [`changed ${changed}`]),
    ...(code === 0 ? [] : [`ENDED WITH ${code}`]),
  ]
  return `${tool.name.padEnd(20)} ${parts.join(', ')}`
}
