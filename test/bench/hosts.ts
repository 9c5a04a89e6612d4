import { readFile } from 'node:fs/promises'
import { execa } from 'execa'
import type { Fingerprint } from '../support/fingerprint.ts'
import { cpuSecondsOfHost } from './cgroup.ts'

/** One host as tools reach it: as root, over SSH. */
export type BenchHost = {
  readonly name: string
  readonly address: string
  readonly port: number
  /** The host's first process as this machine sees it. */
  readonly pid: number
}

/** The hosts of a scenario. */
export type Hosts = {
  readonly list: readonly BenchHost[]
  readonly key: string
  readonly knownHosts: string
  /** The network device through which all traffic to the hosts goes. */
  readonly device: string | null
  cpuSeconds(): Promise<number>
  fingerprint(host: BenchHost): Promise<Fingerprint>
  /** The hosts' files as they were at the start. */
  reset(): Promise<void>
  down(): Promise<void>
}

/** This machine alone. */
export const NO_HOSTS: Hosts = {
  list: [],
  key: '',
  knownHosts: '',
  device: null,
  cpuSeconds: async () => 0,
  fingerprint: async () => new Map(),
  reset: async () => {},
  down: async () => {},
}

export type Traffic = { readonly packets: number; readonly bytes: number }

/** What has gone through the hosts' device in both directions. */
export async function trafficOf(hosts: Hosts): Promise<Traffic> {
  if (hosts.device === null) return { packets: 0, bytes: 0 }
  const count = async (name: string) =>
    Number(await readFile(`/sys/class/net/${hosts.device}/statistics/${name}`, 'utf8'))
  const [rxPackets, txPackets, rxBytes, txBytes] = await Promise.all(
    ['rx_packets', 'tx_packets', 'rx_bytes', 'tx_bytes'].map(count),
  )
  return { packets: rxPackets! + txPackets!, bytes: rxBytes! + txBytes! }
}

/**
 * How many processes and threads have been started on all hosts, ever. The last pid of a host's pid namespace is the fifth field of
 * /proc/loadavg (proc_loadavg(5)) as read inside it; each reading is one process more on each host.
 */
export async function processesOf(hosts: Hosts): Promise<number> {
  const script = 'read -r line </proc/loadavg; echo "${line##* }"'
  const counts: number[] = []
  for (let start = 0; start < hosts.list.length; start += 20) {
    const some = hosts.list.slice(start, start + 20)
    const lines = await Promise.all(
      some.map(({ pid }) => execa('nsenter', ['--target', String(pid), '--pid', '--mount', 'sh', '-c', script])),
    )
    counts.push(...lines.map(({ stdout }) => Number(stdout)))
  }
  return counts.reduce((sum, count) => sum + count, 0)
}

export async function sumOfCpu(pids: readonly number[]): Promise<number> {
  const each = await Promise.all(pids.map(cpuSecondsOfHost))
  return each.reduce((sum, seconds) => sum + seconds, 0)
}
