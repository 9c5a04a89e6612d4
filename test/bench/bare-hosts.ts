import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmod, copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { ensureImage } from '../../src/lab/image.ts'
import { withLock } from '../../src/lab/lock.ts'
import { ensurePackageCache } from '../../src/lab/package-cache.ts'
import { childOf } from '../../src/lab/processes.ts'
import { run, tryRun } from '../../src/lab/run.ts'
import { fileFingerprint } from '../support/fingerprint.ts'
import { type Group, makeGroup } from './cgroup.ts'
import type { BenchHost, Hosts } from './hosts.ts'
import type { Workplace } from './workplace.ts'

/**
 * Many cheap hosts: each is an sshd in mount, pid and uts namespaces of its own, with its own name and machine-id, on an overlay over the lab's image with Python, and on an
 * address of its own in one network namespace. None outlives this process.
 */
export async function bareHosts(place: Workplace, count: number): Promise<Hosts> {
  await withLock('machine', ensurePackageCache)
  const image = await ensureImage('debian-13', true, place.say)
  const group = await makeGroup(`${place.name}-hosts`)
  place.cleanups.push(() => group.end())
  const net = await makeNetwork(place, count)
  const fleet: Fleet = { place, image, group, ...net }
  let list = await startAll(fleet, count)
  const down = async () => {
    await Promise.all(list.map(({ pid }) => killed(pid)))
    await group.end()
    await net.remove()
    await rm(join(place.folder, 'hosts'), { recursive: true, force: true })
  }
  const key = (await readFile(`${place.hostKey}.pub`, 'utf8')).split(' ').slice(0, 2).join(' ')
  return {
    get list() {
      return list
    },
    key: place.key,
    knownHosts: list.map(({ address }) => `${address} ${key}\n`).join(''),
    device: net.device,
    cpuSeconds: () => group.cpuSeconds(),
    fingerprint: async ({ name, pid }) =>
      fileFingerprint({ root: `/proc/${pid}/root`, upper: join(place.folder, 'hosts', name, 'upper'), image }),
    reset: async () => {
      await Promise.all(list.map(({ pid }) => killed(pid)))
      await rm(join(place.folder, 'hosts'), { recursive: true, force: true })
      list = await startAll(fleet, count)
    },
    down,
  }
}

type Network = {
  readonly namespace: string
  readonly device: string
  readonly network: string
  remove(): Promise<void>
}
type Fleet = Network & { readonly place: Workplace; readonly image: string; readonly group: Group }

async function makeNetwork({ name, octet, cleanups }: Workplace, count: number): Promise<Network> {
  const [namespace, device, network] = [`${name}-fan`, `${name}f`, `10.212.${octet}`]
  const remove = async () => {
    await tryRun('ip', ['link', 'delete', device])
    await tryRun('ip', ['netns', 'delete', namespace])
  }
  cleanups.push(remove)
  await run('ip', ['netns', 'add', namespace])
  const batch = (where: readonly string[], lines: readonly string[]) =>
    run('ip', [...where, '-batch', '-'], { input: lines.join('\n') })
  await batch(
    [],
    [
      `link add ${device} type veth peer name eth0 netns ${namespace}`,
      `address add ${network}.1/24 dev ${device}`,
      `link set ${device} up`,
    ],
  )
  const addresses = Array.from({ length: count }, (_, index) => `address add ${network}.${index + 2}/24 dev eth0`)
  await batch(['-n', namespace], ['link set lo up', 'link set eth0 up', ...addresses])
  return { namespace, device, network, remove }
}

async function startAll(fleet: Fleet, count: number): Promise<BenchHost[]> {
  const list: BenchHost[] = []
  for (let start = 0; start < count; start += 10) {
    const indices = Array.from({ length: Math.min(10, count - start) }, (_, index) => start + index)
    list.push(...(await Promise.all(indices.map((index) => startHost(fleet, index)))))
  }
  return list
}

async function startHost(fleet: Fleet, index: number): Promise<BenchHost> {
  const { place, image, group, namespace, network } = fleet
  const [name, address] = [`host${String(index + 1).padStart(3, '0')}`, `${network}.${index + 2}`]
  const folder = join(place.folder, 'hosts', name)
  for (const part of ['root', 'upper/etc/ssh', 'work']) await mkdir(join(folder, part), { recursive: true })
  const keyFile = join(folder, 'upper/etc/ssh/bench_host_key')
  await copyFile(place.hostKey, keyFile)
  await chmod(keyFile, 0o600)
  await writeFile(join(folder, 'upper/etc/machine-id'), `${createHash('md5').update(name).digest('hex')}\n`)
  await mkdir(join(folder, 'upper/root/.ssh'), { recursive: true, mode: 0o700 })
  await chmod(join(folder, 'upper/root'), 0o700)
  await writeFile(join(folder, 'upper/root/.ssh/authorized_keys'), await readFile(`${place.key}.pub`), { mode: 0o600 })
  const command = [
    ...['setpriv', '--pdeathsig', 'KILL', 'nsenter', `--net=/run/netns/${namespace}`],
    ...['unshare', '--mount', '--pid', '--uts', '--fork', '--kill-child', '--propagation', 'private'],
    ...['sh', '-ec', HOST, 'sh', folder, image, address, name],
  ]
  const [program, ...args] = group.enter(command)
  const child = spawn(program!, args, { stdio: 'ignore' })
  await answers(address)
  return { name, address, port: 22, pid: (await childOf(child.pid!))! }
}

const HOST = `
hostname "$4"
mount -t overlay overlay -o "lowerdir=$2,upperdir=$1/upper,workdir=$1/work,volatile" "$1/root"
cd "$1/root"
mount -t proc proc proc
mount --rbind /dev dev
mount -t tmpfs tmpfs run
mkdir run/sshd
exec chroot . /usr/sbin/sshd -D -o ListenAddress="$3" -o HostKey=/etc/ssh/bench_host_key -o UsePAM=no -o PidFile=none`

async function answers(address: string): Promise<void> {
  for (let tries = 0; tries < 400; tries++) {
    const open = await new Promise<boolean>((resolve) => {
      const socket = connect({ host: address, port: 22 })
      socket.once('data', () => resolve(true)).once('error', () => resolve(false))
      socket.once('data', () => socket.destroy())
    })
    if (open) return
    await sleep(50)
  }
  throw new Error(`the sshd at ${address} does not answer`)
}

async function killed(pid: number): Promise<void> {
  await tryRun('kill', ['-KILL', String(pid)])
  for (let tries = 0; tries < 300 && (await readFile(`/proc/${pid}/stat`).catch(() => null)) !== null; tries++)
    await sleep(10)
}
