import { spawn } from 'node:child_process'
import { mkdir, open, readdir, readFile, rm, rmdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { HostNames } from './names.ts'
import { childOf, exists, findProcess, killProcess } from './processes.ts'
import { tryRun } from './run.ts'

/** Where systemd-nspawn(1) keeps a container's own folders; one that is killed leaves them. */
const LEFTOVERS = ['/run/systemd/nspawn/propagate', '/run/systemd/nspawn/unix-export']

/**
 * Where this machine is on cgroup v1, the host's systemd still gets version 2, the only one new releases boot on. The sysctls of its
 * network namespace are a host's own and may be written; the others are the machine's.
 */
const NSPAWN_ENVIRONMENT = { SYSTEMD_NSPAWN_UNIFIED_HIERARCHY: '1', SYSTEMD_NSPAWN_API_VFS_WRITABLE: 'network' }

/** A running host: the shell that starts it, the systemd-nspawn it runs in, and its init (each null while it is not there). */
type Running = { readonly keeper: number | null; readonly nspawn: number | null; readonly init: number | null }

/** How systemd-nspawn(1) ends with --keep-unit when the host wants to be started anew. */
const REBOOT = 133

/**
 * Starts systemd in the host's root and namespace, detached: it outlives the controller. Its console goes to the host's log.
 *
 * A host that asks for a reboot is started anew: where nspawn does not do it itself, by the shell that keeps it.
 *
 * Under a systemd that is PID 1, nspawn asks it for a scope, so that the host belongs to no session that may end. Elsewhere
 * nspawn stays in the cgroup it is started in, and every host needs one of its own: in a shared one, each host's systemd would take
 * the others' services for its own.
 */
export async function bootHost(own: HostNames, hostname: string): Promise<void> {
  const managed = await exists('/run/systemd/system')
  const cgroups = managed ? [] : await makeCgroups(own.machine)
  const log = await open(own.log, 'a', 0o600)
  const enter =
    'for group in "$@"; do [ "$group" = -- ] && break; echo $$ >"$group/cgroup.procs"; shift; done; shift; exec "$@"'
  const command = ['systemd-nspawn', ...nspawnArguments(own, hostname), ...(managed ? [] : ['--keep-unit']), '--boot']
  const keep = `while "$@"; [ $? -eq ${REBOOT} ]; do :; done`
  const child = spawn('sh', ['-c', keep, keeperMark(own), 'sh', '-c', enter, 'sh', ...cgroups, '--', ...command], {
    detached: true,
    cwd: '/',
    env: { PATH: process.env.PATH, ...NSPAWN_ENVIRONMENT },
    stdio: ['ignore', log.fd, log.fd],
  })
  child.unref()
  await log.close()
}

function nspawnArguments(own: HostNames, hostname: string): string[] {
  return [
    '--quiet',
    `--directory=${own.root}`,
    `--machine=${own.machine}`,
    `--hostname=${hostname}`,
    `--network-namespace-path=/run/netns/${own.namespace}`,
    '--capability=CAP_NET_ADMIN,CAP_NET_RAW',
    '--register=no',
    '--resolv-conf=off',
    '--timezone=off',
    '--link-journal=no',
    '--console=read-only',
  ]
}

/** Finds a host by the name it was started under, even before the shell that starts it became nspawn; null when it does not run. */
export async function findHost(own: HostNames): Promise<Running | null> {
  const [mark, machine] = [keeperMark(own), `--machine=${own.machine}`]
  const keeper = await findProcess((args) => args.includes(mark))
  const nspawn = await findProcess(
    (args) => args.includes('systemd-nspawn') && args.includes(machine) && !args.includes(mark),
  )
  if (keeper === null && nspawn === null) return null
  return { keeper, nspawn, init: nspawn === null ? null : await childOf(nspawn) }
}

function keeperMark({ machine }: HostNames): string {
  return `--keeper=${machine}`
}

/**
 * Ends a host at once, and whatever else is in its network namespace: when its init dies the kernel kills every process in it, but an
 * init outlives an nspawn that was killed.
 */
export async function killHost(own: HostNames): Promise<void> {
  for (let running = await findHost(own); running !== null; running = await findHost(own)) {
    const { keeper, nspawn, init } = running
    if (keeper !== null) await killProcess(keeper)
    if (nspawn === null) continue
    await killProcess(init ?? nspawn, nspawn)
    await killProcess(nspawn)
  }
  const { stdout } = await tryRun('ip', ['netns', 'pids', own.namespace])
  await Promise.all(
    stdout
      .split('\n')
      .filter(Boolean)
      .map((pid) => killProcess(Number(pid))),
  )
  for (const folder of LEFTOVERS) await removeLeftover(join(folder, own.machine))
  for (const group of await cgroupFolders(own.machine)) await removeCgroup(group)
}

async function removeLeftover(folder: string): Promise<void> {
  if (!(await exists(folder))) return
  await tryRun('umount', ['--lazy', folder])
  await rm(folder, { recursive: true, force: true })
}

async function makeCgroups(machine: string): Promise<string[]> {
  const groups = await cgroupFolders(machine)
  for (const group of groups) await mkdir(group, { recursive: true })
  return groups
}

/** The host's cgroup in systemd's hierarchy and in the unified one; on cgroup v2 they are the same. */
async function cgroupFolders(machine: string): Promise<string[]> {
  const mounts = (await readFile('/proc/self/mounts', 'utf8')).split('\n').map((line) => line.split(' '))
  const systemd = mounts.filter(
    ([, , type, options]) => type === 'cgroup2' || options?.split(',').includes('name=systemd'),
  )
  return systemd.map(([, folder]) => join(folder!, machine))
}

/** Innermost first. The kernel counts killed processes out of a cgroup a moment after they are gone. */
async function removeCgroup(group: string): Promise<void> {
  const entries = await readdir(group, { withFileTypes: true }).catch(() => null)
  if (entries === null) return
  for (const entry of entries) if (entry.isDirectory()) await removeCgroup(join(group, entry.name))
  for (let attempt = 0; attempt < 100; attempt++) {
    const code = await rmdir(group).then(
      () => null,
      (error: NodeJS.ErrnoException) => error.code,
    )
    if (code !== 'EBUSY') return
    await sleep(10)
  }
}
