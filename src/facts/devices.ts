import type { Json } from '../kernel/json.ts'
import { sh } from '../kernel/sh.ts'
import { baseName, type Evidence, type Facts } from './fact-source.ts'

/** Block devices and their partitions from sysfs, and the names udev gives them: a part of the `hardware` group. */
export const devices = {
  files: sh`/sys/block/*/removable /sys/block/*/size /sys/block/*/queue/rotational /sys/block/*/queue/scheduler
    /sys/block/*/queue/discard_granularity /sys/block/*/queue/logical_block_size /sys/block/*/queue/hw_sector_size
    /sys/block/*/device/vendor /sys/block/*/device/model /sys/block/*/device/serial /sys/block/*/device/sas_address
    /sys/block/*/device/sas_device_handle /sys/block/*/*/start /sys/block/*/*/size /sys/block/*/dm/name
    /sys/block/*/*/queue/logical_block_size`,
  links: sh`/sys/block/* /dev/disk/by-id/* /dev/disk/by-uuid/* /dev/disk/by-label/*`,
  paths: sh`/sys/block/*/slaves/* /sys/block/*/holders/* /sys/block/*/*/holders/*`,
  read(evidence: Evidence, _known: Facts): Facts {
    const links = deviceLinks(evidence)
    const found: { [name: string]: Json } = {}
    for (const [path] of evidence.linksBelow('/sys/block/')) {
      const name = baseName(path)
      found[name] = disk(evidence, name, links)
    }
    return { devices: found, device_links: links }
  },
}

type Links = {
  readonly [kind in 'ids' | 'uuids' | 'labels' | 'masters']: { readonly [device: string]: readonly string[] }
}

function deviceLinks(evidence: Evidence): Links {
  const below = (folder: string) =>
    grouped(evidence.linksBelow(folder).map(([path, target]) => [baseName(target), baseName(path)] as const))
  const owners = evidence
    .pathsBelow('/sys/block/')
    .map((path) => path.split('/'))
    .filter((parts) => parts[4] === 'slaves')
    .map((parts) => [parts[5]!, parts[3]!] as const)
  return {
    ids: below('/dev/disk/by-id/'),
    uuids: below('/dev/disk/by-uuid/'),
    labels: below('/dev/disk/by-label/'),
    masters: grouped(owners),
  }
}

function grouped(pairs: readonly (readonly [string, string])[]): { [key: string]: readonly string[] } {
  const groups: { [key: string]: string[] } = {}
  for (const [key, value] of pairs) {
    groups[key] ??= []
    groups[key].push(value)
  }
  for (const group of Object.values(groups)) group.sort()
  return groups
}

function linksOf(links: Links, device: string): Json {
  return Object.fromEntries(Object.entries(links).map(([kind, map]) => [kind, map[device] ?? []]))
}

function disk(evidence: Evidence, name: string, links: Links): Json {
  const text = (file: string) => evidence.text(`/sys/block/${name}/${file}`)
  const sectors = text('size')
  const serial = text('device/serial')
  const wwn = links.ids[name]?.find((id) => id.startsWith('wwn-'))?.slice(4)
  return {
    virtual: 1,
    links: linksOf(links, name),
    vendor: text('device/vendor'),
    model: text('device/model'),
    sas_address: text('device/sas_address'),
    sas_device_handle: text('device/sas_device_handle'),
    ...(serial === null ? {} : { serial }),
    removable: text('removable'),
    support_discard: text('queue/discard_granularity'),
    ...(wwn === undefined ? {} : { wwn }),
    partitions: partitions(evidence, name, links),
    rotational: text('queue/rotational'),
    scheduler_mode: /\[(.*)\]/.exec(text('queue/scheduler') ?? '')?.[1] ?? '',
    sectors: sectors ?? 0,
    sectorsize: text('queue/logical_block_size') ?? text('queue/hw_sector_size') ?? 512,
    size: human(Number(sectors ?? 0) * 512),
    host: '',
    holders: holders(evidence, `/sys/block/${name}`),
  }
}

function partitions(evidence: Evidence, disk: string, links: Links): Json {
  const found: { [name: string]: Json } = {}
  for (const path of evidence.filesBelow(`/sys/block/${disk}/`)) {
    const [, , , , name = '', file] = path.split('/')
    if (file !== 'start') continue
    const text = (file: string) => evidence.text(`/sys/block/${disk}/${name}/${file}`)
    const sectors = text('size')
    found[name] = {
      links: linksOf(links, name),
      start: text('start') ?? 0,
      sectors: sectors ?? 0,
      sectorsize: text('queue/logical_block_size') ?? 512,
      size: human(Number(sectors ?? 0) * 512),
      uuid: links.uuids[name]?.[0] ?? null,
      holders: holders(evidence, `/sys/block/${disk}/${name}`),
    }
  }
  return found
}

function holders(evidence: Evidence, folder: string): string[] {
  return evidence
    .pathsBelow(`${folder}/holders/dm-`)
    .map((path) => evidence.text(`/sys/block/${baseName(path)}/dm/name`) ?? baseName(path))
}

/** Ansible's `bytes_to_human`: two decimals and a unit. */
function human(bytes: number): string {
  const units = ['Bytes', 'KB', 'MB', 'GB', 'TB', 'PB', 'EB', 'ZB', 'YB']
  let power = 0
  while (power < units.length - 1 && bytes >= 1024 ** (power + 1)) power += 1
  return `${(bytes / 1024 ** power).toFixed(2)} ${units[power]}`
}
