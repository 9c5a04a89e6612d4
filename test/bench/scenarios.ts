import type { ContentName } from './content.ts'

/** What is measured: content, hosts, the state they are in before, and how the tools are asked. */
export type Scenario = {
  readonly name: string
  readonly title: string
  readonly content: ContentName
  /** `web` hosts are whole machines with systemd, `bare` ones an sshd each; `none`: this machine alone. */
  readonly kind: 'web' | 'bare' | 'none'
  readonly count: number
  /** `first`: before each run the hosts are as at the start. `noop`: they are as the content wants them. */
  readonly state: 'first' | 'noop'
  readonly check: boolean
  /** Only to say the tool's version: what starting it costs. */
  readonly version: boolean
  /** Milliseconds that the proxy adds to each round trip; 0 is without proxy. */
  readonly rtt: number
  /** Seconds of a tool in all its runs here; a run that would go beyond them is not begun. */
  readonly budget: number
  /** Leaves out the tools that would take many minutes. */
  readonly quickOnly: boolean
}

const plain = { check: false, version: false, rtt: 0, budget: 100, quickOnly: false }
const web = { ...plain, content: 'webstack', kind: 'web', count: 3 } as const
const one = { ...plain, kind: 'bare', count: 1 } as const

const none = { ...plain, kind: 'none', count: 0, content: 'local', state: 'noop' } as const

export const SCENARIOS: readonly Scenario[] = [
  { ...none, name: 'version', title: 'start-up: `--version`', version: true },
  { ...none, name: 'local', title: 'one task on localhost, nothing to change' },
  { ...web, name: 'web-noop', title: '61-task web stack, 3 hosts, nothing to change', state: 'noop' },
  { ...web, name: 'web-check', title: 'the same, `--check --diff`', state: 'noop', check: true },
  { ...web, name: 'web-rtt100', title: 'the same, 100 ms round-trip time', state: 'noop', rtt: 100 },
  { ...web, name: 'web-first', title: 'the same, first run, packages already there', state: 'first' },
  { ...one, name: 'copy100-first', title: '100 `copy` tasks, 1 host, first run', content: 'copy100', state: 'first' },
  { ...one, name: 'copy100-noop', title: 'the same, nothing to change', content: 'copy100', state: 'noop' },
  {
    ...one,
    name: 'template200-first',
    title: '`template` loop of 200, 1 host, first run',
    content: 'template200',
    state: 'first',
  },
  { ...one, name: 'template200-noop', title: 'the same, nothing to change', content: 'template200', state: 'noop' },
  { ...one, name: 'big-first', title: '`copy` of 100 MB, first run', content: 'big', state: 'first' },
  ...[3, 25, 50, 100, 200].map(
    (count): Scenario => ({
      ...one,
      name: `fan${count}`,
      title: `10 trivial tasks on ${count} hosts, nothing to change`,
      content: 'trivial',
      state: 'noop',
      count,
      quickOnly: count > 100,
    }),
  ),
]
