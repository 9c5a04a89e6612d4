import { createHash } from 'node:crypto'
import { join } from 'node:path'
import type { LabHost } from './types.ts'

export const STATE = '/var/lib/provision-lab'
export const CACHE = '/var/cache/provision-lab'
export const LOCKS = '/run/lock/provision-lab'

/** Where the package cache listens: an address of the machine that hosts of every lab reach through their bridge. */
export const PACKAGE_CACHE = { address: '10.213.255.1', port: 8142 } as const

/** Everything a lab makes on the machine has a name that follows from its id, so that `down` finds it after any crash. */
export type Names = {
  readonly id: string
  readonly state: string
  readonly record: string
  readonly access: string
  readonly bridge: string
  readonly table: string
  host(host: LabHost): HostNames
}

export type HostNames = {
  readonly machine: string
  readonly namespace: string
  readonly link: string
  readonly mac: string
  readonly machineId: string
  readonly folder: string
  readonly root: string
  readonly upper: string
  readonly work: string
  readonly log: string
  readonly hostKey: string
}

/** A lab's id on this machine: two clones of a project both have a lab `default`. */
export function labId(name: string, project: string): string {
  return `${name}-${hash(project).slice(0, 6)}`
}

/** The names of everything the lab `id` makes. Link names have at most 15 characters, hence the hash. */
export function namesOf(id: string): Names {
  const key = hash(id).slice(0, 8)
  const state = join(STATE, id)
  return {
    id,
    state,
    record: join(state, 'lab.json'),
    access: join(state, 'access'),
    bridge: `lab${key}`,
    table: `provision_lab_${key}`,
    host: (host) => hostNames(state, key, host),
  }
}

function hostNames(state: string, key: string, host: LabHost): HostNames {
  const machine = `lab${key}-${host.octet}`
  const folder = join(state, 'hosts', host.name)
  const octets = [0x02, ...Buffer.from(key, 'hex'), host.octet]
  return {
    machine,
    namespace: machine,
    link: machine,
    mac: octets.map((octet) => octet.toString(16).padStart(2, '0')).join(':'),
    machineId: hash(`${machine} machine-id`).slice(0, 32),
    folder,
    root: join(folder, 'root'),
    upper: join(folder, 'upper'),
    work: join(folder, 'work'),
    log: join(folder, 'console.log'),
    hostKey: join(folder, 'ssh_host_ed25519_key'),
  }
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
