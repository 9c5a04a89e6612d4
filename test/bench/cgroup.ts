import { mkdir, readdir, readFile, rmdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Workplace } from './workplace.ts'

/**
 * A cgroup of version 2: it counts the CPU of all processes ever in it, daemons and the dead included. Machines on version 1 have
 * the unified hierarchy mounted beside it, and its `cpu.stat` counts without any controller.
 */
export type Group = {
  /** A command that runs `command` inside the group. */
  enter(command: readonly string[]): string[]
  cpuSeconds(): Promise<number>
  pids(): Promise<readonly number[]>
  /** Kills what is in the group and removes it. */
  end(): Promise<void>
}

const ENTER = 'echo $$ >"$1/cgroup.procs"; shift; exec "$@"'

export async function makeGroup(name: string): Promise<Group> {
  const folder = join(await unifiedMount(), name)
  await mkdir(folder, { recursive: true })
  const pids = async () =>
    (await readFile(join(folder, 'cgroup.procs'), 'utf8').catch(() => '')).split('\n').filter(Boolean).map(Number)
  return {
    enter: (command) => ['sh', '-c', ENTER, 'sh', folder, ...command],
    cpuSeconds: () => cpuSecondsOf(folder),
    pids,
    end: async () => {
      for (let tries = 0; tries < 200; tries++) {
        const left = await pids()
        for (const pid of left) kill(pid)
        if (left.length === 0 && (await removed(folder))) return
        await sleep(10)
      }
    },
  }
}

/**
 * Gives this process and all it starts, hosts and tools alike, the processors before whatever else the machine does, where the `cpu`
 * controller is mounted as version 1. Elsewhere, and without it, nothing happens: then only an idle machine gives clean numbers.
 */
export async function goFirst(place: Workplace): Promise<void> {
  const mounts = (await readFile('/proc/self/mounts', 'utf8')).split('\n').map((line) => line.split(' '))
  const mounted = mounts.find(([, , type, options]) => type === 'cgroup' && options!.split(',').includes('cpu'))
  if (mounted === undefined) return
  const [root, folder] = [mounted[1]!, join(mounted[1]!, place.name)]
  place.cleanups.push(async () => {
    for (let tries = 0; tries < 100 && !(await removed(folder)); tries++) {
      // What outlives a run, such as the lab's package cache, goes back to where it would have been.
      const left = (await readFile(join(folder, 'cgroup.procs'), 'utf8')).split('\n').filter(Boolean)
      for (const pid of left) await writeFile(join(root, 'cgroup.procs'), pid).catch(() => {})
      await sleep(20)
    }
  })
  await mkdir(folder)
  await writeFile(join(folder, 'cpu.shares'), '16384')
  await writeFile(join(folder, 'cgroup.procs'), String(process.pid))
}

/** CPU seconds of the host whose first process is `pid`, by the cgroup that its container or its group is. */
export async function cpuSecondsOfHost(pid: number): Promise<number> {
  const own = /^0::(.*)$/m.exec(await readFile(`/proc/${pid}/cgroup`, 'utf8'))?.[1] ?? '/'
  return cpuSecondsOf(join(await unifiedMount(), own.replace(/\/(payload|init\.scope)(\/.*)?$/, '')))
}

async function cpuSecondsOf(folder: string): Promise<number> {
  const text = await readFile(join(folder, 'cpu.stat'), 'utf8')
  return Number(/^usage_usec (\d+)$/m.exec(text)![1]) / 1e6
}

async function unifiedMount(): Promise<string> {
  const mounts = (await readFile('/proc/self/mounts', 'utf8')).split('\n').map((line) => line.split(' '))
  const unified = mounts.find(([, , type]) => type === 'cgroup2')
  if (unified === undefined) throw new Error('this machine has no cgroup2 mounted, which the measuring of CPU needs')
  return unified[1]!
}

async function removed(folder: string): Promise<boolean> {
  for (const entry of await readdir(folder, { withFileTypes: true }).catch(() => []))
    if (entry.isDirectory()) await removed(join(folder, entry.name))
  return rmdir(folder).then(
    () => true,
    (error: NodeJS.ErrnoException) => error.code === 'ENOENT',
  )
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
