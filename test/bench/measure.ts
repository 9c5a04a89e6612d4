import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { open, readFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { makeGroup } from './cgroup.ts'
import { type Hosts, processesOf, trafficOf } from './hosts.ts'
import type { Workplace } from './workplace.ts'

/** One run of one tool. Seconds and bytes. */
export type Sample = {
  readonly wall: number
  /** The tool's own and its children's, SSH masters included. */
  readonly controllerCpu: number
  readonly hostsCpu: number
  /** What the machine did besides, as a share of all it could do: how noisy the run was. */
  readonly otherShare: number
  /** Peak of the sum over the tool's processes; pages they share count more than once. */
  readonly rss: number
  readonly packets: number
  readonly bytes: number
  /** Processes and threads started on all hosts together, sshd's own included. */
  readonly processes: number
  /** What the recap counts; null when the tool prints none. */
  readonly changed: number | null
  readonly code: number
}

export type Launch = {
  readonly argv: readonly string[]
  readonly env: { readonly [name: string]: string }
  readonly cwd: string
}

const TIME_LIMIT = 900_000

/** Runs a tool in a cgroup of its own, ends whatever it leaves behind, and says what it cost. Its output goes to the file `log`. */
export async function measure(place: Workplace, hosts: Hosts, launch: Launch, log: string): Promise<Sample> {
  const group = await makeGroup(`${place.name}-run`)
  const output = await open(log, 'w')
  const before = await counters(hosts)
  const busyBefore = await busySeconds()
  const started = performance.now()
  const [program, ...args] = group.enter(launch.argv)
  const child = spawn(program!, args, {
    cwd: launch.cwd,
    env: { PATH: process.env.PATH, HOME: place.folder, LANG: 'C.UTF-8', ...launch.env },
    stdio: ['ignore', output.fd, output.fd],
  })
  const stop = () => void group.end()
  place.stopping.signal.addEventListener('abort', stop)
  const late = setTimeout(stop, TIME_LIMIT)
  const memory = watchMemory(group)
  try {
    const [code]: [number | null] = await once(child, 'exit').then((ended) => [ended[0] ?? null])
    const wall = (performance.now() - started) / 1000
    const controllerCpu = await group.cpuSeconds()
    const busy = (await busySeconds()) - busyBefore
    const after = await counters(hosts)
    const hostsCpu = after.hostsCpu - before.hostsCpu
    return {
      wall,
      controllerCpu,
      hostsCpu,
      otherShare: Math.max(0, (busy - controllerCpu - hostsCpu) / (wall * availableParallelism())),
      rss: await memory.end(),
      packets: after.packets - before.packets,
      bytes: after.bytes - before.bytes,
      processes: after.processes - before.processes - hosts.list.length,
      changed: changedIn(await readFile(log, 'utf8')),
      code: code ?? 255,
    }
  } finally {
    clearTimeout(late)
    place.stopping.signal.removeEventListener('abort', stop)
    await memory.end()
    await output.close()
    await group.end()
  }
}

async function counters(hosts: Hosts) {
  const processes = await processesOf(hosts)
  return { processes, hostsCpu: await hosts.cpuSeconds(), ...(await trafficOf(hosts)) }
}

type Watch = { end(): Promise<number> }

function watchMemory(group: { pids(): Promise<readonly number[]> }): Watch {
  let peak = 0
  let ended = false
  const watching = (async () => {
    while (!ended) {
      const each = await Promise.all((await group.pids()).map(residentBytes))
      peak = Math.max(
        peak,
        each.reduce((sum, bytes) => sum + bytes, 0),
      )
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    return peak
  })()
  return {
    end: () => {
      ended = true
      return watching
    },
  }
}

/** proc_pid_statm(5): the second field, in pages. */
async function residentBytes(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/statm`, 'utf8').catch(() => '0 0')
  return Number(text.split(' ')[1]) * 4096
}

/** Seconds that the machine's processors have worked, from /proc/stat's first line: all but idle and iowait. */
async function busySeconds(): Promise<number> {
  const fields = (await readFile('/proc/stat', 'utf8')).split('\n', 1)[0]!.split(/\s+/).slice(1).map(Number)
  const [user, nice, system, , , irq, softirq, steal] = fields
  return (user! + nice! + system! + irq! + softirq! + steal!) / 100
}

function changedIn(output: string): number | null {
  const counts = [...output.matchAll(/\bok=\d+\s+changed=(\d+)/g)].map(([, count]) => Number(count))
  return counts.length === 0 ? null : counts.reduce((sum, count) => sum + count, 0)
}
