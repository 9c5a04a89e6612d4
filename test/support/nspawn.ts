import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { execa } from 'execa'
import { type Host, hostOf } from './host.ts'

/** Boots a throw-away container (systemd-nspawn) on an overlay over the image; everything it wrote goes with it. */
export async function bootContainer(image: string): Promise<Host> {
  const folder = await mkdtemp(join(tmpdir(), 'provision-host-'))
  const name = folder.slice(folder.lastIndexOf('/') + 1)
  const root = join(folder, 'root')
  await execa('mkdir', [root])
  await execa('mount', ['-t', 'tmpfs', 'tmpfs', folder])
  await execa('mkdir', [root, join(folder, 'upper'), join(folder, 'work')])
  const layers = `lowerdir=${image},upperdir=${join(folder, 'upper')},workdir=${join(folder, 'work')}`
  await execa('mount', ['-t', 'overlay', 'overlay', '-o', layers, root])
  const options = ['-q', '-D', root, `--machine=${name}`, '--register=no', '--keep-unit', '-b', '--private-network']
  const nspawn = spawn('systemd-nspawn', [...options, '--console=read-only'], {
    env: { ...process.env, SYSTEMD_NSPAWN_UNIFIED_HIERARCHY: '1' },
    stdio: 'ignore',
    detached: true,
  })
  const ended = new Promise((resolve) => nspawn.on('close', resolve))
  const leader = await leaderOf(nspawn.pid!)
  const host = hostOf(leader, name, async () => {
    // The first process takes all others with it; killing only nspawn would leave them running.
    process.kill(leader, 'SIGKILL')
    await ended
    await execa('umount', ['-l', root])
    await execa('umount', ['-l', folder])
    await rm(folder, { recursive: true, force: true })
  })
  await host.sure(
    'n=0; until systemctl is-system-running --wait >/dev/null 2>&1 || [ "$n" = 50 ]; do n=$((n+1)); sleep 0.1; done',
  )
  return host
}

/** The container's first process, as the machine outside sees it. */
async function leaderOf(pid: number): Promise<number> {
  for (let tries = 0; tries < 100; tries++) {
    const child = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ')[0]!
    if (child !== '' && readFileSync(`/proc/${child}/cmdline`, 'utf8').includes('systemd\0')) return Number(child)
    await sleep(50)
  }
  throw new Error('the test host did not boot')
}
