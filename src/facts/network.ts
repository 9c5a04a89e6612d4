import type { Json } from '../kernel/json.ts'
import { sh } from '../kernel/sh.ts'
import { baseName, type Evidence, type FactSource, type Facts } from './fact-source.ts'

/**
 * Interfaces, addresses and default routes (Ansible's `network` collector). Without the `ip` command there are none, as there.
 * Offload features (`ethtool`) are left out: two processes an interface for facts nobody reads.
 */
export const network: FactSource = {
  name: 'network',
  files: sh`/sys/class/net/*/address /sys/class/net/*/mtu /sys/class/net/*/operstate /sys/class/net/*/type /sys/class/net/*/flags
    /sys/class/net/*/speed /sys/class/net/*/bridge/bridge_id /sys/class/net/*/bridge/stp_state /sys/class/net/*/bonding/slaves
    /sys/class/net/*/bonding/mode /sys/class/net/*/bonding/miimon /sys/class/net/*/bonding/lacp_rate
    /sys/class/net/*/bonding/primary /sys/class/net/*/bonding/all_slaves_active /sys/class/net/*/bonding_slave/perm_hwaddr`,
  links: sh`/sys/class/net/*/device /sys/class/net/*/device/driver/module`,
  paths: sh`/sys/class/net/* /sys/class/net/*/brif/*`,
  script: sh`
    if command -v ip >/dev/null; then
      field .ip "$(ip addr show 2>/dev/null)"
      field .route4 "$(ip -4 route get 8.8.8.8 2>/dev/null)" || :
      field .route6 "$(ip -6 route get 2404:6800:400a:800::1012 2>/dev/null)" || :
    fi
  `,
  read(evidence) {
    if (!evidence.fields.has('.ip')) return {}
    const devices = new Map<string, Device>()
    for (const path of evidence.pathsBelow('/sys/class/net/')) {
      if (path.split('/').length === 5) devices.set(baseName(path), describe(evidence, path))
    }
    const routes = {
      v4: route(evidence.fields.text('.route4'), '8.8.8.8'),
      v6: route(evidence.fields.text('.route6'), '2404:6800:400a:800::1012'),
    }
    const addresses = addAddresses(devices, evidence.fields.text('.ip'), routes)
    const named = [...devices].map(([name, device]) => [name.replaceAll(':', '_'), device] as const)
    return {
      interfaces: named.map(([name]) => name),
      ...Object.fromEntries(named),
      default_ipv4: routes.v4,
      default_ipv6: routes.v6,
      ...addresses,
    }
  },
}

type Device = { [name: string]: Json }

const KINDS: { readonly [type: string]: string } = {
  '1': 'ether',
  '32': 'infiniband',
  '512': 'ppp',
  '772': 'loopback',
  '65534': 'tunnel',
}

function describe(evidence: Evidence, path: string): Device {
  const text = (name: string) => evidence.text(`${path}/${name}`)
  const device: Device = { device: baseName(path) }
  const mac = text('address')
  if (mac !== null && mac !== '00:00:00:00:00:00') device.macaddress = mac
  const mtu = text('mtu')
  if (mtu !== null) device.mtu = Number(mtu)
  const state = text('operstate')
  if (state !== null) device.active = state !== 'down'
  const driver = evidence.link(`${path}/device/driver/module`)
  if (driver !== null) device.module = baseName(driver)
  const type = text('type')
  if (type !== null) device.type = KINDS[type] ?? 'unknown'
  const bridge = text('bridge/bridge_id')
  if (bridge !== null) {
    device.type = 'bridge'
    device.interfaces = evidence.pathsBelow(`${path}/brif/`).map(baseName)
    device.id = bridge
    device.stp = text('bridge/stp_state') === '1'
  }
  const mode = text('bonding/mode')
  if (mode !== null) Object.assign(device, bonding(text, mode))
  const permanent = text('bonding_slave/perm_hwaddr')
  if (permanent !== null) device.perm_macaddress = permanent
  const bus = evidence.link(`${path}/device`)
  if (bus !== null) device.pciid = baseName(bus)
  const speed = text('speed')
  if (speed !== null) device.speed = Number(speed)
  const flags = text('flags')
  if (flags !== null) device.promisc = (Number(flags) & 0x100) > 0
  return device
}

function bonding(text: (name: string) => string | null, mode: string): Device {
  const word = (name: string) => (text(`bonding/${name}`) ?? '').split(/\s+/)[0]!
  const primary = text('bonding/primary')
  return {
    type: 'bonding',
    slaves: (text('bonding/slaves') ?? '').split(/\s+/).filter(Boolean),
    mode: mode.split(/\s+/)[0]!,
    miimon: word('miimon'),
    lacp_rate: word('lacp_rate'),
    ...(primary === null ? {} : { primary, all_slaves_active: text('bonding/all_slaves_active') === '1' }),
  }
}

/** The first line of `ip route get`, when it begins with the address asked for. */
function route(answer: string, target: string): { [name: string]: Json } {
  const words = answer.split('\n')[0]!.trim().split(/\s+/)
  const found: { [name: string]: Json } = {}
  if (words[0] !== target) return found
  words.forEach((word, index) => {
    const next = words[index + 1]
    if (next === undefined) return
    if (word === 'dev') found.interface = next
    else if (word === 'src') found.address = next
    else if (word === 'via' && next !== target) found.gateway = next
  })
  return found
}

/** `ip addr show`: adds each address to its device, to the default route it belongs to and to the lists of all. */
function addAddresses(devices: Map<string, Device>, answer: string, routes: { v4: Device; v6: Device }): Facts {
  const all4: string[] = []
  const all6: string[] = []
  let device: Device = {}
  for (const line of answer.split('\n')) {
    const name = /^\d+: ([^:@\s]+)/.exec(line)?.[1]
    if (name !== undefined) device = devices.get(name) ?? {}
    const words = line.trim().split(/\s+/)
    if (words[0] === 'inet') addIpv4(devices, device, words, routes.v4, all4)
    else if (words[0] === 'inet6') addIpv6(device, words, routes.v6, all6)
  }
  return { all_ipv4_addresses: all4, all_ipv6_addresses: all6 }
}

function addIpv4(devices: Map<string, Device>, device: Device, words: readonly string[], route: Device, all: string[]) {
  const [address, prefix = '32'] = words[1]!.split('/') as [string, string?]
  const broadcast = words[2] === 'brd' ? words[3]! : ''
  const mask = Number(prefix) === 0 ? 0 : (0xffffffff << (32 - Number(prefix))) >>> 0
  const entry = { address, broadcast, netmask: dotted(mask), network: dotted((numeric(address) & mask) >>> 0), prefix }
  const label = words.at(-1)!
  const owner = label === device.device ? device : (devices.get(label) ?? {})
  // An alias such as eth0:1 has an entry of its own.
  if (owner !== device) devices.set(label, owner)
  const secondary = words.includes('secondary')
  if (!secondary && owner.ipv4 === undefined) owner.ipv4 = entry
  else owner.ipv4_secondaries = [...((owner.ipv4_secondaries as Json[]) ?? []), entry]
  if (secondary && owner !== device) device.ipv4_secondaries = [...((device.ipv4_secondaries as Json[]) ?? []), entry]
  if (route.address === address) {
    const { broadcast: _, ...rest } = entry
    Object.assign(route, rest, { broadcast, ...linkFacts(device), alias: label })
  }
  if (!address.startsWith('127.')) all.push(address)
}

function addIpv6(device: Device, words: readonly string[], route: Device, all: string[]): void {
  const peer = words[2] === 'peer'
  const [own, ownPrefix = '128'] = words[1]!.split('/') as [string, string?]
  const prefix = peer ? (words[3]!.split('/')[1] ?? '128') : ownPrefix
  const scope = (peer ? words[5] : words[3]) ?? ''
  device.ipv6 = [...((device.ipv6 as Json[]) ?? []), { address: own, prefix, scope }]
  if (route.address === own) Object.assign(route, { prefix, scope, ...linkFacts(device) })
  if (own !== '::1') all.push(own)
}

function linkFacts(device: Device): Device {
  return {
    macaddress: device.macaddress ?? '',
    mtu: device.mtu ?? 0,
    type: device.type ?? 'unknown',
  }
}

function numeric(address: string): number {
  return address.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0)
}

function dotted(value: number): string {
  return [24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join('.')
}

export const fibreChannel: FactSource = {
  name: 'fibre_channel_wwn',
  files: sh`/sys/class/fc_host/*/port_name`,
  read: (evidence) => ({
    fibre_channel_wwn: evidence
      .filesBelow('/sys/class/fc_host/')
      .flatMap((path) => evidence.lines(path).map((line) => line.trimEnd().slice(2))),
  }),
}

export const iscsi: FactSource = {
  name: 'iscsi',
  files: sh`/etc/iscsi/initiatorname.iscsi`,
  read: (evidence) => ({
    iscsi_iqn:
      evidence
        .lines('/etc/iscsi/initiatorname.iscsi')
        .find((line) => line.startsWith('InitiatorName='))
        ?.slice('InitiatorName='.length) ?? '',
  }),
}

export const nvme: FactSource = {
  name: 'nvme',
  files: sh`/etc/nvme/hostnqn`,
  read: (evidence) => ({ hostnqn: evidence.lines('/etc/nvme/hostnqn').find((line) => line.startsWith('nqn.')) ?? '' }),
}
