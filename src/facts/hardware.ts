import { sh } from '../kernel/sh.ts'
import { devices } from './devices.ts'
import type { Evidence, FactSource, Facts } from './fact-source.ts'
import { mounts } from './mounts.ts'

const DMI_NAMES: { readonly [fact: string]: string } = {
  bios_date: 'bios_date',
  bios_vendor: 'bios_vendor',
  bios_version: 'bios_version',
  board_asset_tag: 'board_asset_tag',
  board_name: 'board_name',
  board_serial: 'board_serial',
  board_vendor: 'board_vendor',
  board_version: 'board_version',
  chassis_asset_tag: 'chassis_asset_tag',
  chassis_serial: 'chassis_serial',
  chassis_vendor: 'chassis_vendor',
  chassis_version: 'chassis_version',
  form_factor: 'chassis_type',
  product_name: 'product_name',
  product_serial: 'product_serial',
  product_uuid: 'product_uuid',
  product_version: 'product_version',
  system_vendor: 'sys_vendor',
}

/** Processors, memory, firmware, block devices, mounts, uptime and LVM (Ansible's `hardware` collector on Linux). */
export const hardware: FactSource = {
  name: 'hardware',
  files: sh`/proc/meminfo /proc/uptime /sys/hypervisor/type ${Object.values(DMI_NAMES).map(
    (name) => `/sys/devices/virtual/dmi/id/${name}`,
  )} ${devices.files!} ${mounts.files!}`,
  links: devices.links!,
  paths: sh`/proc/xen ${devices.paths!}`,
  script: sh`
    field .cpu "$(grep -sE '^(model name|Processor|vendor_id|cpu|Vendor|processor|physical id|core id|cpu cores|siblings|# processors|ncpus active)[[:space:]]*:' /proc/cpuinfo)" || :
    field .nproc "$(nproc 2>/dev/null)" || :
    if command -v vgs >/dev/null && [ "$uid" = 0 ]; then
      set -- --noheadings --nosuffix --units g --separator ,
      field .vgs "$(vgs "$@" 2>/dev/null)" || :
      field .lvs "$(lvs "$@" 2>/dev/null)" || :
      field .pvs "$(pvs "$@" 2>/dev/null)" || :
    fi
    ${mounts.script!}
  `,
  read: (evidence, known) => ({
    ...processors(evidence, String(known.architecture ?? '')),
    ...memory(evidence),
    ...firmware(evidence),
    ...uptime(evidence),
    ...lvm(evidence),
    ...devices.read(evidence, known),
    ...mounts.read(evidence, known),
  }),
}

const LISTED = new Set(['model name', 'Processor', 'vendor_id', 'cpu', 'Vendor', 'processor'])

function processors(evidence: Evidence, architecture: string): Facts {
  const processor: string[] = []
  const count: { [key: string]: number } = {}
  const sockets = new Map<string, number>()
  const cores = new Map<string, number>()
  let physical = '0'
  let core = '0'
  for (const line of evidence.fields.text('.cpu').split('\n')) {
    const [key = '', value = ''] = line.split(/:(.*)/s).map((part) => part.trim())
    if (LISTED.has(key)) {
      processor.push(value)
      count[key] = (count[key] ?? 0) + 1
    } else if (key === 'physical id') {
      physical = value
      if (!sockets.has(physical)) sockets.set(physical, 1)
    } else if (key === 'core id') {
      core = value
      if (!sockets.has(core)) cores.set(core, 1)
    } else if (key === 'cpu cores') sockets.set(physical, Number(value))
    else if (key === 'siblings') cores.set(core, Number(value))
  }
  const vendors = count.vendor_id ?? 0
  const listed = vendors > 0 && vendors === count['model name'] ? vendors : processor.length
  const number = /^(armv|aarch|ppc)/.test(architecture) ? (count.processor ?? 0) : listed
  const perSocket = [...sockets.values()][0] || 1
  const sockets_ = sockets.size > 0 ? sockets.size : number
  const threads = Math.floor(([...cores.values()][0] ?? 1) / perSocket)
  return {
    processor,
    processor_count: sockets_,
    processor_cores: perSocket,
    processor_threads_per_core: threads,
    processor_vcpus: threads * sockets_ * perSocket,
    processor_nproc: evidence.fields.int('.nproc') ?? count.processor ?? 1,
  }
}

function memory(evidence: Evidence): Facts {
  const megabytes = new Map<string, number>()
  for (const line of evidence.lines('/proc/meminfo')) {
    const match = /^(\w+):\s+(\d+)/.exec(line)
    if (match !== null) megabytes.set(match[1]!, Math.floor(Number(match[2]) / 1024))
  }
  const get = (name: string) => megabytes.get(name) ?? 0
  const free = get('Cached') + get('MemFree') + get('Buffers')
  return {
    memtotal_mb: get('MemTotal'),
    memfree_mb: get('MemFree'),
    swaptotal_mb: get('SwapTotal'),
    swapfree_mb: get('SwapFree'),
    memory_mb: {
      real: { total: get('MemTotal'), used: get('MemTotal') - get('MemFree'), free: get('MemFree') },
      nocache: { free, used: get('MemTotal') - free },
      swap: {
        total: get('SwapTotal'),
        free: get('SwapFree'),
        used: get('SwapTotal') - get('SwapFree'),
        cached: get('SwapCached'),
      },
    },
  }
}

/** Names of chassis types (SMBIOS 3.2, 7.4.1). */
const FORM_FACTORS = [
  ...['Unknown', 'Other', 'Unknown', 'Desktop', 'Low Profile Desktop', 'Pizza Box', 'Mini Tower', 'Tower', 'Portable'],
  ...['Laptop', 'Notebook', 'Hand Held', 'Docking Station', 'All In One', 'Sub Notebook', 'Space-saving', 'Lunch Box'],
  ...['Main Server Chassis', 'Expansion Chassis', 'Sub Chassis', 'Bus Expansion Chassis', 'Peripheral Chassis'],
  ...['RAID Chassis', 'Rack Mount Chassis', 'Sealed-case PC', 'Multi-system', 'CompactPCI', 'AdvancedTCA', 'Blade'],
  ...['Blade Enclosure', 'Tablet', 'Convertible', 'Detachable', 'IoT Gateway', 'Embedded PC', 'Mini PC', 'Stick PC'],
]

function firmware(evidence: Evidence): Facts {
  const facts = Object.entries(DMI_NAMES).map(([fact, file]) => {
    const value = evidence.text(`/sys/devices/virtual/dmi/id/${file}`)
    if (value === null || fact !== 'form_factor') return [fact, value ?? 'NA'] as const
    return [fact, FORM_FACTORS[Number(value)] ?? `unknown (${value})`] as const
  })
  return Object.fromEntries(facts)
}

function uptime(evidence: Evidence): Facts {
  const seconds = evidence.text('/proc/uptime')
  return seconds === null ? {} : { uptime_seconds: Math.floor(Number.parseFloat(seconds)) }
}

function lvm(evidence: Evidence): Facts {
  const { fields } = evidence
  if (!fields.has('.vgs')) return { lvm: 'N/A' }
  const rows = (name: string) =>
    fields
      .text(name)
      .split('\n')
      .filter((line) => line.trim() !== '')
      .map((line) => line.trim().split(','))
  return {
    lvm: {
      vgs: Object.fromEntries(
        rows('.vgs').map((row) => [
          row[0]!,
          { size_g: row.at(-2) ?? '', free_g: row.at(-1) ?? '', num_lvs: row[2] ?? '', num_pvs: row[1] ?? '' },
        ]),
      ),
      lvs: Object.fromEntries(rows('.lvs').map((row) => [row[0]!, { size_g: row[3] ?? '', vg: row[1] ?? '' }])),
      pvs: Object.fromEntries(
        rows('.pvs').map((row) => [row[0]!, { size_g: row[4] ?? '', free_g: row[5] ?? '', vg: row[1] ?? '' }]),
      ),
    },
  }
}
