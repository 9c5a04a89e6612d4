import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Host, hostOf } from './host.ts'

/**
 * Boots a throw-away container (systemd-nspawn) on an overlay over the image. Its mounts stand in a namespace of its own and it is shut down when
 * this process ends in whatever way, so nothing of it can stay behind. It is quiet: no timer runs, and no service has folders in /var/tmp that come
 * and go with it (systemd-timedated ends half a minute after it was asked).
 */
export async function bootContainer(image: string): Promise<Host> {
  const folder = await mkdtemp(join(tmpdir(), 'provision-host-'))
  const name = folder.slice(folder.lastIndexOf('/') + 1)
  const child = spawn('unshare', ['-m', '--propagation', 'private', 'sh', '-ec', BOOT, 'sh', folder, image, name], {
    env: { ...process.env, SYSTEMD_NSPAWN_UNIFIED_HIERARCHY: '1' },
    stdio: 'ignore',
    detached: true,
  })
  const ended = new Promise((resolve) => child.on('close', resolve))
  const leader = await leaderOf(child.pid!)
  const host = hostOf(leader, name, async () => {
    // The end of a container's first process ends all others in it; nspawn's own end would leave them behind.
    process.kill(leader, 'SIGKILL')
    await ended
    await rm(folder, { recursive: true, force: true })
  })
  await host.sure(SETTLED)
  return host
}

const BOOT = `
mount -t tmpfs tmpfs "$1"
mkdir "$1/root" "$1/upper" "$1/work"
mount -t overlay overlay -o "lowerdir=$2,upperdir=$1/upper,workdir=$1/work" "$1/root"
units="$1/root/etc/systemd/system"
mkdir "$units/service.d"
printf '[Service]\\nPrivateTmp=no\\n' >"$units/service.d/quiet.conf"
ln -s /dev/null "$units/timers.target"
exec setpriv --pdeathsig TERM systemd-nspawn -q -D "$1/root" --machine="$3" --register=no --keep-unit -b \
  --private-network --console=read-only`

const SETTLED = `
tries=0
until systemctl is-system-running --wait >/dev/null 2>&1 || [ "$tries" = 100 ]; do tries=$((tries + 1)); sleep 0.1; done`

/** The container's first process, as the machine outside sees it. */
async function leaderOf(pid: number): Promise<number> {
  for (let tries = 0; tries < 400; tries++) {
    const child = readOr('', `/proc/${pid}/task/${pid}/children`).trim().split(' ')[0]!
    if (child !== '' && readOr('', `/proc/${child}/cmdline`).includes('systemd\0')) return Number(child)
    await sleep(50)
  }
  throw new Error('the test host did not boot')
}

function readOr(otherwise: string, path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return otherwise
  }
}
