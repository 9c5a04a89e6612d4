export const IMAGES = ['debian-12', 'debian-13', 'debian-sid'] as const
export type ImageName = (typeof IMAGES)[number]

export type LabHost = {
  /** The inventory's name, which becomes the host's name. */
  readonly name: string
  readonly image: ImageName
  /** The last octet of the host's address in the lab's /24; 1 is the bridge. */
  readonly octet: number
}

export type LabSpec = {
  readonly name: string
  readonly hosts: readonly LabHost[]
  /** Adds Python and its apt and MySQL bindings, which Ansible needs and `provision` does not. */
  readonly python: boolean
}

/** What `up` and the others say while they work. `ms` is there when a step has ended. */
export type LabEvent = { readonly host: string | null; readonly text: string; readonly ms: number | null }

export type LabOptions = {
  /** The folder whose `.provision/lab/` the lab writes; the working directory when absent. */
  readonly project?: string
  readonly report?: (event: LabEvent) => void
}

export type HostStatus = {
  readonly name: string
  readonly image: ImageName
  readonly address: string
  readonly state: 'running' | 'stopped'
  /** Process id, on this machine, of the host's init; `nsenter -t PID -a` enters the host. */
  readonly pid: number | null
  readonly log: string
}

export type LabStatus = {
  readonly name: string
  /** The lab's name on this machine: its name and a hash of the project's folder. */
  readonly id: string
  readonly project: string
  /** The folder with the keys, known_hosts and ssh_config. */
  readonly folder: string
  /** The first three octets. */
  readonly network: string
  readonly python: boolean
  readonly hosts: readonly HostStatus[]
}
