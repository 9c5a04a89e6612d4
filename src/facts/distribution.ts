import { sh } from '../kernel/sh.ts'
import type { Evidence, FactSource, Facts } from './fact-source.ts'

/** The distribution's name, version and family (Ansible's `distribution` collector). */
export const distribution: FactSource = {
  name: 'distribution',
  files: sh`/etc/os-release /usr/lib/os-release /etc/debian_version /etc/lsb-release /etc/redhat-release /etc/centos-release
    /etc/oracle-release /etc/alpine-release /etc/arch-release /etc/openwrt_release /etc/SuSE-release /etc/gentoo-release
    /etc/system-release /proc/sys/kernel/osrelease /proc/sys/kernel/version`,
  paths: sh`/etc/arch-release /etc/vmware-release`,
  links: sh`/etc/products.d/baseproduct`,
  read(evidence) {
    const facts = { ...fromOsRelease(evidence), ...fromFiles(evidence) }
    const name = String(facts.distribution)
    return { ...facts, os_family: FAMILY.get(name) ?? name }
  },
}

const FAMILIES: { readonly [family: string]: readonly string[] } = {
  RedHat: [
    ...[
      'RedHat',
      'RHEL',
      'Fedora',
      'CentOS',
      'Scientific',
      'SLC',
      'Ascendos',
      'CloudLinux',
      'PSBM',
      'OracleLinux',
      'OVS',
    ],
    ...[
      'OEL',
      'Amazon',
      'Virtuozzo',
      'XenServer',
      'Alibaba',
      'EulerOS',
      'openEuler',
      'AlmaLinux',
      'Rocky',
      'TencentOS',
    ],
    ...['EuroLinux', 'Kylin Linux Advanced Server'],
  ],
  Debian: [
    ...['Debian', 'Ubuntu', 'Raspbian', 'Neon', 'KDE neon', 'Linux Mint', 'SteamOS', 'Devuan', 'Kali', 'Cumulus Linux'],
    ...['Pop!_OS', 'Parrot', 'Pardus GNU/Linux', 'Uos', 'Deepin', 'OSMC'],
  ],
  Suse: ['SuSE', 'SLES', 'SLED', 'openSUSE', 'openSUSE Tumbleweed', 'SLES_SAP', 'SUSE_LINUX', 'openSUSE Leap'],
  Archlinux: ['Archlinux', 'Antergos', 'Manjaro'],
  Gentoo: ['Gentoo', 'Funtoo'],
  Alpine: ['Alpine'],
}
const FAMILY = new Map(Object.entries(FAMILIES).flatMap(([family, names]) => names.map((name) => [name, family])))

/** os-release(5): `NAME=value` lines, quoted as in a shell. */
function osRelease(evidence: Evidence): ReadonlyMap<string, string> {
  const lines = evidence.lines('/etc/os-release').length > 0 ? '/etc/os-release' : '/usr/lib/os-release'
  const pairs = evidence.lines(lines).map((line) => /^([A-Z0-9_]+)=(["']?)(.*)\2\s*$/.exec(line))
  return new Map(pairs.filter((match) => match !== null).map((match) => [match[1]!, match[3]!]))
}

function fromOsRelease(evidence: Evidence): Facts {
  const release = osRelease(evidence)
  const id = release.get('ID') ?? ''
  const names: { readonly [id: string]: string } = { '': 'OtherLinux', amzn: 'Amazon', rhel: 'Redhat' }
  const version = release.get('VERSION_ID') ?? ''
  return {
    distribution: names[id] ?? id.charAt(0).toUpperCase() + id.slice(1).toLowerCase(),
    distribution_version: version === '' ? 'NA' : version,
    distribution_release:
      release.get('VERSION_CODENAME') ?? release.get('UBUNTU_CODENAME') ?? codename(release) ?? 'NA',
    distribution_major_version: version.split('.')[0] || 'NA',
  }
}

function codename(release: ReadonlyMap<string, string>): string | null {
  return (
    /\(([^)]+)\)|, *(\w[^,]*)$/
      .exec(release.get('VERSION') ?? '')
      ?.slice(1)
      .find(Boolean)
      ?.trim() ?? null
  )
}

type Reader = { readonly path: string; readonly variety: string; read(text: string, evidence: Evidence): Facts | null }

const firstWord = (name: string, sought: string) => (text: string) =>
  text.includes(sought)
    ? { distribution: name, distribution_file_search_string: sought }
    : { distribution: text.trim().split(/\s+/)[0] ?? name }

/** The order decides: a CentOS host has a redhat-release too. */
const READERS: readonly Reader[] = [
  { path: '/etc/oracle-release', variety: 'OracleLinux', read: firstWord('OracleLinux', 'Oracle Linux') },
  { path: '/etc/centos-release', variety: 'CentOS', read: centos },
  { path: '/etc/redhat-release', variety: 'RedHat', read: firstWord('RedHat', 'Red Hat') },
  { path: '/etc/openwrt_release', variety: 'OpenWrt', read: openWrt },
  { path: '/etc/os-release', variety: 'Amazon', read: amazon },
  {
    path: '/etc/alpine-release',
    variety: 'Alpine',
    read: (text) => ({ distribution: 'Alpine', distribution_version: text }),
  },
  { path: '/etc/arch-release', variety: 'Archlinux', read: () => ({ distribution: 'Archlinux' }) },
  {
    path: '/etc/os-release',
    variety: 'Archlinux',
    read: (text) => (text.includes('Arch Linux') ? { distribution: 'Archlinux' } : null),
  },
  { path: '/etc/os-release', variety: 'SUSE', read: suse },
  {
    path: '/etc/gentoo-release',
    variety: 'Gentoo',
    read: (text) => ({ distribution: text.split(/\s+/)[0] ?? 'Gentoo' }),
  },
  { path: '/etc/os-release', variety: 'Debian', read: debian },
  { path: '/etc/lsb-release', variety: 'Debian', read: debian },
  { path: '/etc/os-release', variety: 'Flatcar', read: flatcar },
  { path: '/etc/os-release', variety: 'NA', read: named },
]

function fromFiles(evidence: Evidence): Facts {
  for (const { path, variety, read } of READERS) {
    const text = evidence.text(path) ?? (path === '/etc/arch-release' && evidence.exists(path) ? '' : null)
    const facts = text === null ? null : read(text, evidence)
    if (facts === null) continue
    return {
      ...facts,
      distribution_file_path: path,
      distribution_file_variety: variety,
      distribution_file_parsed: true,
    }
  }
  return {}
}

function debian(text: string, evidence: Evidence): Facts | null {
  const release = osRelease(evidence)
  const pretty = /PRETTY_NAME=[^(]+ \(?([^)]+?)\)/.exec(text)?.[1]
  const version = release.get('VERSION_ID')
  const versions: Facts =
    version === undefined ? {} : { distribution_version: version, distribution_major_version: version.split('.')[0]! }
  if (/Debian|Raspbian/.test(text)) {
    const minor = evidence
      .lines('/etc/debian_version')
      .map((line) => /(\d+)\.(\d+)/.exec(line)?.[2])
      .find((found) => found !== undefined)
    return {
      distribution: 'Debian',
      ...(pretty === undefined ? {} : { distribution_release: pretty }),
      ...(minor === undefined ? {} : { distribution_minor_version: minor }),
    }
  }
  if (text.includes('Ubuntu')) return { distribution: 'Ubuntu' }
  if (text.includes('SteamOS')) return { distribution: 'SteamOS' }
  if (text.includes('Kali')) return { distribution: 'Kali' }
  if (text.includes('Parrot')) return { distribution: 'Parrot' }
  if (text.includes('Devuan'))
    return { distribution: 'Devuan', ...versions, distribution_release: release.get('VERSION_CODENAME') ?? 'NA' }
  if (text.includes('Mint')) return { distribution: 'Linux Mint', ...versions }
  return null
}

function centos(text: string): Facts {
  if (text.includes('CentOS Stream')) return { distribution: 'CentOS', distribution_release: 'Stream' }
  if (text.includes('TencentOS Server')) return { distribution: 'TencentOS' }
  return { distribution: 'CentOS' }
}

function amazon(text: string): Facts | null {
  if (!text.includes('Amazon')) return null
  const version = /VERSION_ID="(.*)"/.exec(text)?.[1]
  if (version === undefined) return { distribution: 'Amazon' }
  const [major, minor] = version.split('.')
  return {
    distribution: 'Amazon',
    distribution_version: version,
    distribution_major_version: major!,
    distribution_minor_version: minor ?? 'NA',
  }
}

function openWrt(text: string): Facts | null {
  if (!text.includes('OpenWrt')) return null
  const version = /DISTRIB_RELEASE=["'](.*)["']/.exec(text)?.[1]
  const release = /DISTRIB_CODENAME=["'](.*)["']/.exec(text)?.[1]
  return {
    distribution: 'OpenWrt',
    ...(version === undefined ? {} : { distribution_version: version }),
    ...(release === undefined ? {} : { distribution_release: release }),
  }
}

function suse(text: string, evidence: Evidence): Facts | null {
  if (!/suse/i.test(text)) return null
  const release = osRelease(evidence)
  const version = /^\d+\.?\d*/.exec(release.get('VERSION_ID') ?? '')?.[0] ?? ''
  const minor = version.split('.')[1] ?? ''
  const product = evidence.link('/etc/products.d/baseproduct') ?? ''
  return {
    distribution: product.endsWith('SLES_SAP.prod') ? 'SLES_SAP' : (release.get('NAME') ?? 'SUSE'),
    distribution_version: version,
    distribution_major_version: version.split('.')[0]!,
    distribution_release: /open/i.test(text) ? minor : minor || '0',
  }
}

function flatcar(text: string, evidence: Evidence): Facts | null {
  if (osRelease(evidence).get('ID') !== 'flatcar') return null
  const version = /^VERSION=(.*)$/m.exec(text)?.[1]?.replaceAll('"', '') ?? ''
  return { distribution: 'Flatcar', distribution_version: version, distribution_major_version: version.split('.')[0]! }
}

function named(_text: string, evidence: Evidence): Facts {
  const name = osRelease(evidence).get('NAME')
  return name === undefined ? {} : { distribution: name }
}
