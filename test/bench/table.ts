import type { EngineSpeed } from './engine.ts'
import type { Sample } from './measure.ts'
import type { Outcome } from './run-scenario.ts'

export type Report = {
  readonly engine: readonly EngineSpeed[]
  readonly machine: readonly string[]
  readonly versions: { readonly [tool: string]: string }
  readonly outcomes: readonly Outcome[]
}

/** The report as Markdown: ratios first, then each scenario with everything that was counted. */
export function markdown({ machine, versions, outcomes, engine }: Report): string {
  const parts = [
    '# Benchmark',
    machine.map((each) => `- ${each}`).join('\n'),
    Object.entries(versions)
      .map(([tool, version]) => `- ${tool}: ${version}`)
      .join('\n'),
    READING,
    overview(outcomes),
    ...costAgainstHosts(outcomes.filter(({ scenario }) => scenario.content === 'trivial')),
    ...outcomes.map(details),
    ...(engine.length === 0 ? [] : ['## The engine alone', engineTable(engine)]),
  ]
  return `${parts.join('\n\n')}\n`
}

const READING = `Every run starts with cold connections; the tools take turns, and begin in another order each round. Numbers are medians, in brackets
least and most. Controller and hosts share the processors, so that a tool which works the hosts hard waits longer here than with hosts of
their own: compare ratios (a peer's median by ours), CPU seconds and counts. "Controller CPU" is the tool with all its children and SSH masters,
"processes" are all that hosts started, threads and sshd's own included, "RSS" is the peak of the sum over the tool's processes, "other
load" is what else ran on the machine. The round-trip time comes from a TCP proxy in user space: it acknowledges at once, which spares
whoever waits for acknowledgements. Nothing to change means: every tool said so, or (pyinfra) left the hosts as they were.`

const PEERS = ['ansible', 'mitogen', 'pyinfra'] as const

function overview(outcomes: readonly Outcome[]): string {
  const rows = outcomes.map((outcome) => {
    const ours = median(outcome, 'provision', 'wall')
    const cells = PEERS.map((peer) => {
      const theirs = median(outcome, peer, 'wall')
      return theirs === null || ours === null ? '–' : `${seconds(theirs)} = **${(theirs / ours).toFixed(1)}×**`
    })
    return [outcome.scenario.title, ours === null ? '–' : seconds(ours), ...cells]
  })
  return table(['wall seconds', 'provision', ...PEERS], rows)
}

/** The same play on more and more hosts. */
function costAgainstHosts(outcomes: readonly Outcome[]): string[] {
  if (outcomes.length < 2) return []
  const rows = outcomes.map((outcome) => {
    const cells = ['provision', ...PEERS].map((tool) => {
      const [wall, cpu, rss] = (['wall', 'controllerCpu', 'rss'] as const).map((field) => median(outcome, tool, field))
      return wall == null || cpu == null || rss == null
        ? '–'
        : `${seconds(wall)} s, ${seconds(cpu)} s CPU, ${(rss / 1e6).toFixed(0)} MB`
    })
    return [String(outcome.scenario.count), ...cells]
  })
  return ['## 10 trivial tasks: cost for the controller against hosts', table(['hosts', 'provision', ...PEERS], rows)]
}

function details(outcome: Outcome): string {
  const { scenario, tools, notes, endState } = outcome
  const differing = Object.entries(endState).filter(([, lines]) => lines.length > 0)
  return [
    `## ${scenario.title} (\`${scenario.name}\`)`,
    table(
      [
        '',
        'n',
        'wall s',
        'controller CPU s',
        'hosts CPU s',
        'processes',
        'controller RSS MB',
        'packets',
        'MB',
        'other load',
      ],
      Object.keys(tools).map((tool) => rowOf(outcome, tool)),
    ),
    floor(outcome),
    differing.length === 0
      ? 'All tools left the same state.'
      : differing
          .map(([tool, lines]) => `- ${tool} left another state: ${lines.length} differences, e.g. ${lines[0]}`)
          .join('\n'),
    ...notes.map((note) => `- ${note}`),
  ]
    .filter((part) => part !== '')
    .join('\n\n')
}

function rowOf(outcome: Outcome, tool: string): string[] {
  const cell = (field: keyof Sample, digits: number, unit = 1) => {
    const value = median(outcome, tool, field)
    return value === null ? '–' : (value / unit).toFixed(digits)
  }
  const walls = usable(outcome, tool).map(({ wall }) => wall)
  const spread = walls.length === 0 ? '' : ` (${seconds(Math.min(...walls))}–${seconds(Math.max(...walls))})`
  return [
    ...[tool, String(walls.length), `${cell('wall', 2)}${spread}`, cell('controllerCpu', 2), cell('hostsCpu', 2)],
    ...[
      cell('processes', 0),
      cell('rss', 0, 1e6),
      cell('packets', 0),
      cell('bytes', 2, 1e6),
      `${cell('otherShare', 0, 0.01)} %`,
    ],
  ]
}

/** How far we are from what no tool can go below: one handshake, one message, and the processes that must start on the host. */
function floor(outcome: Outcome): string {
  const { scenario, wire } = outcome
  const [ours, exec, ssh] = ['provision', 'provision exec true', 'ssh true'].map((tool) =>
    median(outcome, tool, 'wall'),
  )
  if (ours == null || exec == null || ssh == null || wire === null) return ''
  const perHost = (tool: string) => Math.round((median(outcome, tool, 'processes') ?? 0) / scenario.count)
  const handshake = `one connection with one empty message takes provision ${seconds(exec)} s, its own start included (OpenSSH's handshakes alone: ${seconds(ssh)} s)`
  const messages = `${wire.messages} ${wire.messages === 1 ? 'message' : 'messages'} to each host`
  const processes = `${perHost('provision')} processes on each, of them ${perHost('provision exec true')} for the connection (sshd's own: ${perHost('ssh true')})`
  return `To the limit: of ${seconds(ours)} s, ${handshake}; ${messages}, ${processes}.`
}

/** Planning without a host: every probe is answered from memory, nothing is printed. */
function engineTable(runs: readonly EngineSpeed[]): string {
  const rows = runs.map(({ tasks, hosts, wall, cpu, perCpuSecond }) => [
    ...[String(tasks), String(hosts), wall.toFixed(1), cpu.toFixed(1), String(perCpuSecond)],
  ])
  return table(['tasks', 'hosts', 'wall s', 'CPU s', 'task-hosts a CPU second'], rows)
}

/** The runs of a tool that count: none that failed, and where nothing was to change, none that changed something. */
function usable({ scenario, tools }: Outcome, tool: string): readonly Sample[] {
  const isRight = ({ code, changed }: Sample) => code === 0 && (scenario.state === 'first' || (changed ?? 0) === 0)
  return (tools[tool] ?? []).filter(isRight)
}

/** Null where the tool has no run that counts. */
function median(outcome: Outcome, tool: string, field: keyof Sample): number | null {
  const values = usable(outcome, tool)
    .map((sample) => sample[field] ?? 0)
    .sort((a, b) => a - b)
  if (values.length === 0) return null
  const middle = Math.floor(values.length / 2)
  return values.length % 2 === 1 ? values[middle]! : (values[middle - 1]! + values[middle]!) / 2
}

function seconds(value: number): string {
  return value < 10 ? value.toFixed(2) : value.toFixed(1)
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [heads, heads.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`)
  return lines.join('\n')
}
