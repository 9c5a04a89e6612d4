import { type ChildProcess, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdir, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { exists } from '../../src/lab/processes.ts'
import { run } from '../../src/lab/run.ts'
import { CACHE, type Workplace } from './workplace.ts'

const PEERS = ['ansible-core', 'ansible-mitogen', 'openssh-client', 'ca-certificates']
/** What pyinfra imports; pyinfra itself is not in Debian. */
const FOR_PYINFRA = ['python3-paramiko', 'python3-gevent', 'python3-click', 'python3-jinja2', 'python3-dateutil']
const MORE_FOR_PYINFRA = ['python3-setuptools', 'python3-distro', 'python3-packaging', 'python3-typeguard']

/** A root of Debian 13 with the peers, in which they run: same kernel, same network, the benchmark's folder at the same path. */
export type ControllerRoot = {
  enter(command: readonly string[], folder?: string): string[]
}

export async function openControllerRoot(place: Workplace, pyinfra: string | null): Promise<ControllerRoot> {
  const packages = [...PEERS, ...FOR_PYINFRA, ...MORE_FOR_PYINFRA]
  const folder = join(CACHE, `controller-${createHash('sha256').update(packages.join()).digest('hex').slice(0, 12)}`)
  if (!(await exists(folder))) {
    place.say('  building the root of the peers (Debian 13: ansible-core, ansible-mitogen)')
    await mkdir(CACHE, { recursive: true })
    const building = `${folder}.building-${process.pid}`
    await run('mmdebstrap', ['--variant=minbase', '--quiet', `--include=${packages.join(',')}`, 'trixie', building])
    await rename(building, folder)
  }
  const holder = hold(folder, place.folder, pyinfra)
  place.cleanups.push(async () => holder.kill('SIGKILL'))
  const entered = async () => (await readFile(`/proc/${holder.pid}/comm`, 'utf8').catch(() => '')) === 'sleep\n'
  for (let tries = 0; tries < 200 && !(await entered()); tries++) await sleep(20)
  return {
    enter: (command, cwd = '/') => [
      ...['nsenter', `--target=${holder.pid}`, '--mount', '--root', '--wd', '--', 'env', '-C', cwd],
      ...command,
    ],
  }
}

/** A process that keeps the root's mounts, in a namespace of their own, for as long as this process lives. */
function hold(folder: string, work: string, pyinfra: string | null): ChildProcess {
  const script = `
cd "$1"
for each in proc sys dev; do mount --rbind "/$each" "$each"; done
mkdir -p ".$2" opt/pyinfra
mount --bind "$2" ".$2"
[ -z "$3" ] || mount --bind "$3" opt/pyinfra
exec chroot . sleep infinity`
  const args = ['--pdeathsig', 'KILL', 'unshare', '--mount', '--propagation', 'private', 'sh', '-ec', script, 'sh']
  return spawn('setpriv', [...args, folder, work, pyinfra ?? ''], { stdio: 'ignore' })
}
