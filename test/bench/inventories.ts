import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Hosts } from './hosts.ts'

/** The same hosts for each tool: `hosts.ini` for Ansible's family and us, `inventory.py` for pyinfra, `known_hosts` for all. */
export async function writeInventories(folder: string, hosts: Hosts): Promise<void> {
  const knownHosts = join(folder, 'known_hosts')
  const lines = hosts.list.map(({ name, address, port }) => `${name} ansible_host=${address} ansible_port=${port}`)
  if (lines.length === 0) lines.push('localhost ansible_connection=local')
  const vars = [
    'ansible_user=root',
    `ansible_ssh_private_key_file=${hosts.key}`,
    `ansible_ssh_common_args=-o UserKnownHostsFile=${knownHosts}`,
    'ansible_python_interpreter=/usr/bin/python3',
  ]
  await writeFile(join(folder, 'hosts.ini'), `[servers]\n${lines.join('\n')}\n\n[all:vars]\n${vars.join('\n')}\n`)
  await writeFile(knownHosts, hosts.knownHosts)
  const forPyinfra = hosts.list.map(({ name, address, port }) => {
    const data = {
      ssh_hostname: address,
      ssh_port: port,
      ssh_user: 'root',
      ssh_key: hosts.key,
      ssh_known_hosts_file: knownHosts,
    }
    return `    (${JSON.stringify(name)}, ${JSON.stringify(data)}),\n`
  })
  if (forPyinfra.length === 0) forPyinfra.push(`    "@local",\n`)
  await writeFile(join(folder, 'inventory.py'), `servers = [\n${forPyinfra.join('')}]\n`)
}
