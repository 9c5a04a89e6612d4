import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { cpus, release, totalmem } from 'node:os'
import { join, resolve } from 'node:path'
import { Command, InvalidArgumentError } from 'commander'
import { execa } from 'execa'
import { bareHosts } from './bare-hosts.ts'
import { goFirst } from './cgroup.ts'
import { type ControllerRoot, openControllerRoot } from './controller-root.ts'
import type { EngineSpeed } from './engine.ts'
import { type Hosts, NO_HOSTS } from './hosts.ts'
import { type Outcome, runScenario } from './run-scenario.ts'
import { SCENARIOS, type Scenario } from './scenarios.ts'
import { markdown, type Report } from './table.ts'
import { type Tool, toolsIn } from './tools.ts'
import { webHosts } from './web-hosts.ts'
import { closeWorkplace, openWorkplace, type Workplace } from './workplace.ts'

type Options = { peers: string; runs: number; pyinfra?: string; results: string; profile?: string; list?: boolean }

const ENGINE = 'engine'

const program = new Command('npm run bench --')
  .description(
    'Measures provision beside Ansible, Mitogen and pyinfra on hosts of this machine. Root on Debian or Ubuntu.',
  )
  .argument('[scenario...]', 'which; all when none is named, see --list')
  .option('--peers <names>', 'ansible, mitogen, pyinfra with commas; `none` for provision alone', 'ansible,mitogen')
  .option('--runs <number>', 'runs of each tool in each scenario', count, 3)
  .option('--pyinfra <folder>', 'a folder with the Python package pyinfra, which Debian does not have')
  .option('--results <folder>', 'where table and raw data go', 'test/bench/results')
  .option('--profile <folder>', 'write a CPU profile of one run of provision in each scenario (node --cpu-prof)')
  .option('--list', 'name the scenarios and stop')
  .action(bench)
await program.parseAsync()

async function bench(names: readonly string[], options: Options): Promise<void> {
  if (options.list)
    return void say(
      [...SCENARIOS, { name: ENGINE, title: 'the engine alone, hosts answer from memory' }]
        .map(({ name, title }) => `${name.padEnd(20)} ${title}`)
        .join('\n'),
    )
  const chosen = names.length === 0 ? SCENARIOS : names.filter((name) => name !== ENGINE).map(scenarioOf)
  const place = await openWorkplace(say, options.profile === undefined ? null : resolve(options.profile))
  const stop = () => {
    if (place.stopping.signal.aborted) return
    say('stopping, and taking the hosts down')
    place.stopping.abort()
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, stop)
  try {
    await goFirst(place)
    await execa('npm', ['run', '--silent', 'build'])
    const root = await openControllerRoot(place, options.pyinfra === undefined ? null : resolve(options.pyinfra))
    const tools = toolsFor(options, root)
    const report = {
      machine: await machine(),
      versions: await versions(root, tools),
      outcomes: [] as Outcome[],
      engine: [] as EngineSpeed[],
    }
    await overScenarios(place, chosen, async (scenario, hosts) => {
      say(`${scenario.name}: ${scenario.title}`)
      report.outcomes.push(await runScenario(place, scenario, hosts, tools, options.runs))
      await save(report, options.results)
    })
    if (names.length === 0 || names.includes(ENGINE)) {
      for (let round = 0; round < options.runs; round++) report.engine.push(await engineAlone(1000, 100))
      await save(report, options.results)
    }
  } catch (error) {
    if (!place.stopping.signal.aborted) throw error
    process.exitCode = 130
  } finally {
    await closeWorkplace(place)
  }
}

/** Bundled as the program is, and in a process of its own: nothing here, and no loader, is in its memory or its time. */
async function engineAlone(tasks: number, hosts: number): Promise<EngineSpeed> {
  const { stdout } = await execa('npm', ['run', '--silent', 'bench:engine', '--', String(tasks), String(hosts)])
  say(`engine: ${stdout}`)
  return JSON.parse(stdout) as EngineSpeed
}

/** Hosts stay up while the next scenario wants the same. */
async function overScenarios(
  place: Workplace,
  scenarios: readonly Scenario[],
  work: (scenario: Scenario, hosts: Hosts) => Promise<void>,
): Promise<void> {
  let up = { key: '', hosts: null as Hosts | null }
  for (const scenario of scenarios) {
    place.stopping.signal.throwIfAborted()
    const key = `${scenario.kind} ${scenario.count}`
    if (up.key !== key) {
      await up.hosts?.down()
      up = { key, hosts: await hostsFor(place, scenario) }
    }
    await work(scenario, up.hosts!)
  }
  await up.hosts?.down()
}

async function hostsFor(place: Workplace, { kind, count }: Scenario): Promise<Hosts> {
  if (kind === 'none') return NO_HOSTS
  say(`starting ${count} ${kind} hosts`)
  return kind === 'web' ? webHosts(place, count) : bareHosts(place, count)
}

function toolsFor({ peers, pyinfra }: Options, root: ControllerRoot): readonly Tool[] {
  const wanted = ['provision', ...peers.split(','), ...(pyinfra === undefined ? [] : ['pyinfra'])]
  return toolsIn(root).filter(({ name, peer }) => !peer || wanted.includes(name))
}

async function save(report: Report, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'raw.json'), `${JSON.stringify(report, null, 1)}\n`)
  await writeFile(join(folder, 'README.md'), markdown(report))
  say(`  written to ${join(folder, 'README.md')}`)
}

async function machine(): Promise<string[]> {
  const os = /^PRETTY_NAME="(.*)"$/m.exec(await readFile('/etc/os-release', 'utf8'))?.[1] ?? 'Linux'
  const each = cpus()
  return [
    `${each.length} processors (${each[0]!.model}), ${Math.round(totalmem() / 2 ** 30)} GiB of memory, ${os}, kernel ${release()}`,
    `Controller and all hosts are on this one machine. Hosts: Debian 13; round-trip time below 0.1 ms where nothing else is said.`,
    `Taken on ${new Date().toISOString().slice(0, 10)}, every run from cold connections, the tools in turn.`,
  ]
}

async function versions(root: ControllerRoot, tools: readonly Tool[]): Promise<{ [tool: string]: string }> {
  const first = async (argv: readonly string[]) => {
    const ran = await execa(argv[0]!, argv.slice(1), { reject: false, env: { PYTHONPATH: '/opt/pyinfra' } })
    return (ran.stdout || ran.stderr || '').split('\n', 1)[0]!
  }
  const ours = (await execa('git', ['describe', '--always', '--dirty'], { reject: false })).stdout ?? ''
  const peers: { readonly [tool: string]: readonly string[] } = {
    ansible: ['ansible', '--version'],
    mitogen: ['dpkg-query', '-W', '-f', 'ansible-mitogen ${Version}', 'ansible-mitogen'],
    pyinfra: ['python3', '-m', 'pyinfra', '--version'],
  }
  const found: { [tool: string]: string } = { provision: `${ours}, Node ${process.version}` }
  for (const { name } of tools) if (peers[name] !== undefined) found[name] = await first(root.enter(peers[name]))
  return found
}

function scenarioOf(name: string): Scenario {
  const found = SCENARIOS.find((each) => each.name === name)
  if (found !== undefined) return found
  throw new InvalidArgumentError(`there is no scenario "${name}"; --list names them`)
}

function count(text: string): number {
  const number = Number(text)
  if (Number.isInteger(number) && number >= 1 && number <= 50) return number
  throw new InvalidArgumentError('a number from 1 to 50')
}

function say(text: string): void {
  process.stdout.write(`${text}\n`)
}
