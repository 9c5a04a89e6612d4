import { chmod, copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Names, namesOf } from './names.ts'
import { type LabRecord, recordFolder } from './record.ts'
import { run } from './run.ts'

/** The key pair the lab's users log in with and each host's own key, made once per lab so that a reset changes neither. */
export async function ensureKeys(record: LabRecord): Promise<void> {
  const names = namesOf(record.id)
  await mkdir(names.access, { recursive: true, mode: 0o700 })
  await ensureKey(loginKey(names), `lab-${record.name}`)
  for (const host of record.hosts) {
    const { folder, hostKey } = names.host(host)
    await mkdir(folder, { recursive: true, mode: 0o700 })
    await ensureKey(hostKey, `root@${host.name}`)
  }
}

export function loginKey(names: Names): string {
  return join(names.access, 'id_ed25519')
}

/** Writes what inventories and `ssh -F` read: `.provision/lab/NAME/` in the project. */
export async function writeAccess(record: LabRecord): Promise<string> {
  const names = namesOf(record.id)
  const folder = recordFolder(record.project, record.name)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const key = loginKey(names)
  for (const suffix of ['', '.pub']) await copyFile(`${key}${suffix}`, join(folder, `id_ed25519${suffix}`))
  await chmod(join(folder, 'id_ed25519'), 0o600)
  const hostKeys = await Promise.all(record.hosts.map((host) => readFile(`${names.host(host).hostKey}.pub`, 'utf8')))
  await writeFile(join(folder, 'network'), record.network)
  await writeFile(join(folder, 'known_hosts'), knownHosts(record, hostKeys))
  await writeFile(join(folder, 'ssh_config'), sshConfig(record, folder))
  return folder
}

export async function removeAccess(record: LabRecord): Promise<void> {
  await rm(recordFolder(record.project, record.name), { recursive: true, force: true })
}

/** sshd(8), SSH_KNOWN_HOSTS FILE FORMAT: each host under its address and its name. `hostKeys` are `.pub` files' texts. */
export function knownHosts(record: LabRecord, hostKeys: readonly string[]): string {
  const lines = record.hosts.map((host, index) => {
    const [type, key] = hostKeys[index]!.split(' ')
    return `${record.network}.${host.octet},${host.name} ${type} ${key}\n`
  })
  return lines.join('')
}

/** ssh_config(5), so that `ssh -F …/ssh_config web01` works with nobody asked anything and no key but the host's own accepted. */
export function sshConfig(record: LabRecord, folder: string): string {
  const hosts = record.hosts.map((host) => `Host ${host.name}\n  HostName ${record.network}.${host.octet}\n`)
  const all = [
    'User admin',
    `IdentityFile "${join(folder, 'id_ed25519')}"`,
    'IdentitiesOnly yes',
    `UserKnownHostsFile "${join(folder, 'known_hosts')}"`,
    'GlobalKnownHostsFile /dev/null',
    'StrictHostKeyChecking yes',
  ]
  return `${hosts.join('')}Host *\n${all.map((line) => `  ${line}\n`).join('')}`
}

async function ensureKey(path: string, comment: string): Promise<void> {
  const present = await readFile(`${path}.pub`, 'utf8').catch(() => '')
  if (present !== '') return
  await rm(path, { force: true })
  await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', comment, '-f', path])
}
