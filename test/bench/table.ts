import type { Sample } from './measure.ts'
import type { Outcome } from './run-scenario.ts'

export type Report = {
  readonly machine: readonly string[]
  readonly versions: { readonly [tool: string]: string }
  readonly outcomes: readonly Outcome[]
}

/** The report as Markdown: ratios first, then each scenario with everything that was counted. */
export function markdown({ machine, versions, outcomes }: Report): string {
  const parts = [
    '# Benchmark',
    machine.map((each) => `- ${each}`).join('\n'),
    Object.entries(versions)
      .map(([tool, version]) => `- ${tool}: ${version}`)
      .join('\n'),
    `Medians; in brackets least and most. Controller and hosts share the processors, so compare ratios. A ratio is the peer's median by ours.`,
    overview(outcomes),
    ...outcomes.map(details),
  ]
  return `${parts.join('\n\n')}\n`
}

const PEERS = ['ansible', 'mitogen', 'pyinfra'] as const

function overview(outcomes: readonly Outcome[]): string {
  const rows = outcomes.map(({ scenario, tools }) => {
    const ours = median(tools.provision ?? [], 'wall')
    const cells = PEERS.map((peer) => {
      const theirs = median(tools[peer] ?? [], 'wall')
      return theirs === null || ours === null ? '–' : `${seconds(theirs)} = **${(theirs / ours).toFixed(1)}×**`
    })
    return [scenario.title, ours === null ? '–' : seconds(ours), ...cells]
  })
  return table(['wall seconds', 'provision', ...PEERS], rows)
}

function details({ scenario, tools, notes, endState, wire }: Outcome): string {
  const rows = Object.entries(tools).map(([tool, all]) => {
    const samples = usable(all)
    const cell = (field: keyof Sample, digits: number, unit = 1) => {
      const value = median(all, field)
      return value === null ? '–' : (value / unit).toFixed(digits)
    }
    const walls = samples.map(({ wall }) => wall)
    const spread = walls.length === 0 ? '–' : `${seconds(Math.min(...walls))}–${seconds(Math.max(...walls))}`
    const numbers = [cell('controllerCpu', 2), cell('hostsCpu', 2), cell('processes', 0), cell('rss', 0, 1e6)]
    const wires = [cell('packets', 0), cell('bytes', 2, 1e6)]
    return [
      tool,
      String(samples.length),
      `${cell('wall', 2)} (${spread})`,
      ...numbers,
      ...wires,
      `${cell('otherShare', 0, 0.01)} %`,
    ]
  })
  const heads = [
    '',
    'n',
    'wall s',
    'controller CPU s',
    'hosts CPU s',
    'processes on hosts',
    'controller RSS MB',
    'packets',
    'MB',
    'other load',
  ]
  const differing = Object.entries(endState).filter(([, lines]) => lines.length > 0)
  return [
    `## ${scenario.title} (\`${scenario.name}\`)`,
    table(heads, rows),
    ...(wire === null ? [] : [`provision: ${wire.messages} messages and ${wire.steps} steps to each host.`]),
    differing.length === 0
      ? 'All tools left the same state.'
      : differing
          .map(([tool, lines]) => `- ${tool} left another state: ${lines.length} differences, e.g. ${lines[0]}`)
          .join('\n'),
    ...notes.map((note) => `- ${note}`),
  ].join('\n\n')
}

/** Failed runs count for nothing; among runs without change, neither do those that changed something. */
function usable(samples: readonly Sample[]): readonly Sample[] {
  return samples.filter(({ code }) => code === 0)
}

function median(samples: readonly Sample[], field: keyof Sample): number | null {
  const values = usable(samples)
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
