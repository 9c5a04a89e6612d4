import type { HostNames, Names } from './names.ts'
import { run, tryRun } from './run.ts'
import type { LabHost } from './types.ts'

/** The lab's bridge with address .1, and its own nft table that lets hosts out under the machine's address. Made where missing. */
export async function ensureBridge(names: Names, network: string): Promise<void> {
  const { bridge, table } = names
  if ((await tryRun('ip', ['link', 'show', bridge])).code !== 0) await ip([`link add ${bridge} type bridge`])
  await ip([`address replace ${network}.1/24 dev ${bridge}`, `link set ${bridge} up`])
  await run('nft', ['-f', '-'], {
    input: [
      `add table ip ${table}`,
      `flush table ip ${table}`,
      `add chain ip ${table} postrouting { type nat hook postrouting priority srcnat; }`,
      `add rule ip ${table} postrouting ip saddr ${network}.0/24 oifname != "${bridge}" masquerade`,
    ].join('\n'),
  })
}

export async function removeBridge(names: Names): Promise<void> {
  await tryRun('ip', ['link', 'delete', names.bridge])
  await tryRun('nft', ['delete', 'table', 'ip', names.table])
}

/** A fresh network namespace for a host: rules, addresses and sysctls that a host set are gone with its old one. */
export async function makeNamespace(names: Names, host: LabHost, network: string): Promise<void> {
  const own = names.host(host)
  await removeNamespace(own)
  await run('ip', ['netns', 'add', own.namespace])
  await ip([
    `link add ${own.link} type veth peer name eth0 address ${own.mac} netns ${own.namespace}`,
    `link set ${own.link} master ${names.bridge} up`,
  ])
  await ip(
    [
      'link set lo up',
      `address add ${network}.${host.octet}/24 broadcast + dev eth0`,
      'link set eth0 up',
      `route add default via ${network}.1`,
    ],
    own.namespace,
  )
}

/** The link goes first: the kernel takes a namespace apart only later, and the link's name must be free at once. */
export async function removeNamespace(own: HostNames): Promise<void> {
  await tryRun('ip', ['link', 'delete', own.link])
  await tryRun('ip', ['netns', 'delete', own.namespace])
}

async function ip(commands: readonly string[], namespace?: string): Promise<void> {
  const where = namespace === undefined ? [] : ['-n', namespace]
  await run('ip', [...where, '-batch', '-'], { input: commands.join('\n') })
}
