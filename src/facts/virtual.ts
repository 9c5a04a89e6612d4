import { sh } from '../kernel/sh.ts'
import type { Evidence, FactSource } from './fact-source.ts'

/** What a host runs in or hosts (Ansible's `virtual` collector): the first finding names the type, all are collected. */
export const virtual: FactSource = {
  name: 'virtual',
  files: sh`/proc/1/cgroup /run/systemd/container /proc/xen/capabilities /proc/modules /sys/devices/virtual/dmi/id/product_name
    /sys/devices/virtual/dmi/id/sys_vendor /sys/devices/virtual/dmi/id/product_family /sys/devices/virtual/dmi/id/bios_vendor`,
  paths: sh`/proc/vz /proc/lve /proc/bc /.dockerenv /.dockerinit /proc/xen /dev/kvm`,
  script: sh`
    field .init-env "$(grep -zs '^container=' /proc/1/environ)" || :
    field .cpu-kind "$(grep -sE '^(model name.*(QEMU Virtual CPU|UML)|vendor_id.*(User Mode Linux|IBM/S390))' /proc/cpuinfo)" || :
  `,
  read(evidence) {
    const findings = [...containers(evidence), ...machines(evidence), ...hypervisors(evidence)]
    const first = findings.find(({ names }) => names)
    const kinds = (role: string) => [
      ...new Set(findings.filter((finding) => finding.role === role).map((finding) => finding.type)),
    ]
    return {
      virtualization_type: first?.type ?? 'NA',
      virtualization_role: first?.role ?? 'NA',
      virtualization_tech_guest: kinds('guest').sort(),
      virtualization_tech_host: kinds('host').sort(),
    }
  },
}

/** `names` is false for a finding that is listed but never gives the type. */
type Finding = { readonly type: string; readonly role: 'guest' | 'host'; readonly names: boolean }
const guest = (type: string): Finding => ({ type, role: 'guest', names: true })
const host = (type: string): Finding => ({ type, role: 'host', names: true })

function containers(evidence: Evidence): Finding[] {
  const found: Finding[] = []
  for (const line of evidence.lines('/proc/1/cgroup')) {
    if (/\/docker(\/|-[0-9a-f]+\.scope)/.test(line)) found.push(guest('docker'))
    if (/\/lxc\/|\/machine\.slice\/machine-lxc/.test(line)) found.push(guest('lxc'))
    if (line.includes('/system.slice/containerd.service')) found.push(guest('containerd'))
  }
  const init = evidence.fields.text('.init-env')
  if (init.includes('container=lxc')) found.push(guest('lxc'))
  if (init.includes('container=podman')) found.push(guest('podman'))
  if (/^container=./m.test(init)) found.push(guest('container'))
  if (evidence.exists('/proc/vz') && !evidence.exists('/proc/lve'))
    found.push(evidence.exists('/proc/bc') ? host('openvz') : guest('openvz'))
  const manager = evidence.text('/run/systemd/container')
  if (manager !== null) found.push(guest(manager))
  if (evidence.exists('/.dockerenv') || evidence.exists('/.dockerinit')) found.push(guest('docker'))
  const contained = found.some(({ type }) =>
    ['docker', 'lxc', 'podman', 'openvz', 'containerd', manager].includes(type),
  )
  return contained ? [...found, { ...guest('container'), names: false }] : found
}

const DMI: readonly (readonly [file: string, values: readonly string[], type: string])[] = [
  ['product_name', ['KVM', 'KVM Server', 'Bochs', 'AHV'], 'kvm'],
  ['sys_vendor', ['oVirt'], 'oVirt'],
  ['product_name', ['RHEV Hypervisor'], 'RHEV'],
  ['product_family', ['RHV'], 'RHV'],
  ['product_name', ['VMware Virtual Platform', 'VMware7,1'], 'VMware'],
  ['product_name', ['OpenStack Compute', 'OpenStack Nova'], 'openstack'],
  ['bios_vendor', ['Xen'], 'xen'],
  ['bios_vendor', ['innotek GmbH'], 'virtualbox'],
  ['bios_vendor', ['Amazon EC2', 'DigitalOcean', 'Hetzner'], 'kvm'],
  ['sys_vendor', ['QEMU', 'Amazon EC2', 'DigitalOcean', 'Google', 'Scaleway', 'Nutanix'], 'kvm'],
  ['sys_vendor', ['KubeVirt'], 'KubeVirt'],
  ['sys_vendor', ['Microsoft Corporation'], 'VirtualPC'],
  ['sys_vendor', ['Parallels Software International Inc.'], 'parallels'],
  ['sys_vendor', ['OpenStack Foundation'], 'openstack'],
]

function machines(evidence: Evidence): Finding[] {
  const found: Finding[] = []
  if (evidence.exists('/proc/xen')) {
    const control = evidence.lines('/proc/xen/capabilities').some((line) => line.includes('control_d'))
    found.push(control ? host('xen') : guest('xen'))
  }
  for (const [file, values, type] of DMI) {
    const value = evidence.text(`/sys/devices/virtual/dmi/id/${file}`)
    if (value !== null && values.includes(value)) found.push(guest(type))
  }
  const cpu = evidence.fields.text('.cpu-kind')
  if (/QEMU Virtual CPU/.test(cpu)) found.push(guest('kvm'))
  if (/User Mode Linux|UML/.test(cpu)) found.push(guest('uml'))
  if (/IBM\/S390/.test(cpu)) found.push(guest('PR/SM'))
  return found
}

function hypervisors(evidence: Evidence): Finding[] {
  const modules = new Set(evidence.lines('/proc/modules').map((line) => line.split(' ')[0]))
  return [
    ...(modules.has('kvm') ? [host('kvm')] : []),
    ...(modules.has('vboxdrv') ? [host('virtualbox')] : []),
    // Ansible lists a virtio guest under the host's technologies; the type it gives is "kvm", the role "guest".
    ...(modules.has('virtio') ? [guest('kvm')] : []),
    ...(evidence.exists('/dev/kvm') ? [host('kvm')] : []),
  ]
}
