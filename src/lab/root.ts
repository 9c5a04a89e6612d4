import { chmod, chown, copyFile, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { loginKey } from './access.ts'
import { type HostNames, namesOf } from './names.ts'
import type { LabRecord } from './record.ts'
import { run, tryRun } from './run.ts'
import type { LabHost } from './types.ts'

/**
 * A host's files: an overlay over its image, which never changes. `volatile` turns every sync into nothing, as a lab host need not
 * survive a power cut; after an unmount the kernel wants its mark of that gone before it takes the same files again.
 */
export async function mountRoot(own: HostNames, image: string): Promise<void> {
  if (await isMounted(own.root)) return
  for (const folder of [own.root, own.upper, own.work]) await mkdir(folder, { recursive: true })
  await rm(join(own.work, 'work', 'incompat'), { recursive: true, force: true })
  const options = `lowerdir=${image},upperdir=${own.upper},workdir=${own.work},volatile`
  await run('mount', ['-t', 'overlay', '-o', options, own.machine, own.root])
}

export async function unmountRoot(own: HostNames): Promise<void> {
  while (await isMounted(own.root)) await run('umount', ['--lazy', own.root])
}

/**
 * Sets a host's own files aside, so that the next mount shows the image again, and returns what deletes them: that takes longer than
 * a boot may wait for.
 */
export async function dropFiles(own: HostNames): Promise<() => Promise<void>> {
  await unmountRoot(own)
  const old = join(own.folder, `old-${process.hrtime.bigint()}`)
  await mkdir(old)
  for (const folder of ['upper', 'work']) await rename(join(own.folder, folder), join(old, folder)).catch(ignoreAbsent)
  return async () => {
    const folders = (await readdir(own.folder)).filter((name) => name.startsWith('old-'))
    for (const name of folders) await rm(join(own.folder, name), { recursive: true, force: true })
  }
}

/** What makes the image this host: its name, its keys, who may log in, and where the lab's other hosts are. */
export async function writeIdentity(record: LabRecord, host: LabHost): Promise<void> {
  const names = namesOf(record.id)
  const own = names.host(host)
  const etc = join(own.root, 'etc')
  await writeFile(join(etc, 'hostname'), `${host.name}\n`)
  await writeFile(join(etc, 'hosts'), etcHosts(record, host))
  await writeFile(join(etc, 'machine-id'), `${own.machineId}\n`)
  await writeFile(join(etc, 'resolv.conf'), await resolvConf())
  await copyFile(own.hostKey, join(etc, 'ssh', 'ssh_host_ed25519_key'))
  await copyFile(`${own.hostKey}.pub`, join(etc, 'ssh', 'ssh_host_ed25519_key.pub'))
  await chmod(join(etc, 'ssh', 'ssh_host_ed25519_key'), 0o600)
  const publicKey = await readFile(`${loginKey(names)}.pub`, 'utf8')
  for (const home of ['root', 'home/admin', 'home/operator']) await authorize(join(own.root, home), publicKey)
}

/** hosts(5). The host's own name has its address, not 127.0.1.1: servers of the lab announce themselves under it. */
export function etcHosts(record: LabRecord, self: LabHost): string {
  const others = record.hosts.map((host) => `${record.network}.${host.octet} ${host.name}`)
  const own = `${record.network}.${self.octet} ${self.name}`
  const loopback = ['127.0.0.1 localhost', '::1 localhost ip6-localhost ip6-loopback']
  return `${[...loopback, own, ...others.filter((line) => line !== own)].join('\n')}\n`
}

async function authorize(home: string, publicKey: string): Promise<void> {
  const { uid, gid } = await stat(home)
  const file = join(home, '.ssh', 'authorized_keys')
  await writeFile(file, publicKey, { mode: 0o600 })
  await chown(file, uid, gid)
}

/** systemd-resolved's stub listens on a loopback address that hosts do not share; the file with the real servers is elsewhere. */
async function resolvConf(): Promise<string> {
  const text = await readFile('/etc/resolv.conf', 'utf8').catch(() => '')
  if (!/^nameserver\s+127\./m.test(text)) return text
  return readFile('/run/systemd/resolve/resolv.conf', 'utf8').catch(() => text)
}

async function isMounted(folder: string): Promise<boolean> {
  return (await tryRun('mountpoint', ['--quiet', folder])).code === 0
}

function ignoreAbsent(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error
}
