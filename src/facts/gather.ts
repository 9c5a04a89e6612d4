import type { Fields } from '../kernel/fields.ts'
import { Failure } from '../kernel/module.ts'
import { lines, Sh, sh } from '../kernel/sh.ts'
import { dateTime } from './date-time.ts'
import { distribution } from './distribution.ts'
import { Evidence, type FactSource, type Facts } from './fact-source.ts'
import { hardware } from './hardware.ts'
import { localScript, readLocal } from './local.ts'
import { packageManager, serviceManager } from './managers.ts'
import { fibreChannel, iscsi, network, nvme } from './network.ts'
import { platform, python } from './platform.ts'
import * as system from './system.ts'
import { virtual } from './virtual.ts'

/** Every group, in an order in which what one knows helps the next. */
const SOURCES: readonly FactSource[] = [
  platform,
  distribution,
  system.lsb,
  system.selinux,
  system.apparmor,
  system.chroot,
  system.fips,
  python,
  system.capabilities,
  packageManager,
  serviceManager,
  system.commandLine,
  dateTime,
  system.environment,
  system.loadAverage,
  system.sshKeys,
  system.user,
  virtual,
  hardware,
  system.dns,
  fibreChannel,
  network,
  iscsi,
  nvme,
]

const LOCAL = 'local'
/** Groups of Ansible that need tools of their own on the host; asking for them is allowed and gives nothing. */
const FOREIGN = ['facter', 'ohai']
const MINIMAL: readonly string[] = [
  ...['apparmor', 'caps', 'cmdline', 'date_time', 'distribution', 'dns', 'env', 'fips', 'local', 'lsb', 'pkg_mgr'],
  ...['platform', 'python', 'selinux', 'service_mgr', 'ssh_pub_keys', 'user'],
]
/** Names of single facts that stand for the group they are in. */
const ALIASES: { readonly [group: string]: readonly string[] } = {
  hardware: ['devices', 'mounts', 'processor', 'processor_cores', 'processor_count'],
  network: ['interfaces', 'default_ipv4', 'default_ipv6', 'all_ipv4_addresses', 'all_ipv6_addresses'],
  virtual: ['virtualization_type', 'virtualization_role', 'virtualization_tech_guest', 'virtualization_tech_host'],
  distribution: ['distribution_version', 'distribution_release', 'distribution_major_version', 'os_family'],
  platform: ['system', 'kernel', 'kernel_version', 'machine', 'python_version', 'architecture', 'machine_id'],
  caps: ['system_capabilities', 'system_capabilities_enforced'],
  ssh_pub_keys: [
    ...['ssh_host_pub_keys', 'ssh_host_key_dsa_public', 'ssh_host_key_rsa_public'],
    ...['ssh_host_key_ecdsa_public', 'ssh_host_key_ed25519_public'],
  ],
  user: [
    ...['user_id', 'user_uid', 'user_gid', 'user_gecos', 'user_dir', 'user_shell'],
    ...['real_user_id', 'effective_user_id', 'effective_group_ids'],
  ],
}

/** The groups a `gather_subset` asks for: what it adds to the minimal ones, without what it excludes. */
export function groupsOf(subset: readonly string[]): ReadonlySet<string> {
  const every = [...SOURCES.map(({ name }) => name), LOCAL, ...FOREIGN]
  const groupOf = new Map(every.map((name) => [name, name]))
  for (const [group, names] of Object.entries(ALIASES)) for (const name of names) groupOf.set(name, group)
  const added = new Set(MINIMAL)
  const excluded = new Set<string>()
  const named = new Set<string>()
  for (const word of subset) {
    if (word === 'min') continue
    if (word === 'all') for (const name of every) added.add(name)
    else if (word === '!min') for (const name of MINIMAL) excluded.add(name)
    else if (word === '!all') for (const name of every) MINIMAL.includes(name) || excluded.add(name)
    else if (word.startsWith('!')) excluded.add(groupOf.get(word.slice(1)) ?? word.slice(1))
    else {
      const group = groupOf.get(word)
      if (group === undefined) {
        const allowed = [...groupOf.keys()].sort().join(', ')
        throw new Failure(`Bad subset '${word}' given to Ansible. gather_subset options allowed: all, ${allowed}`)
      }
      named.add(group)
      added.add(group)
    }
  }
  return new Set([...added].filter((name) => !excluded.has(name) || named.has(name)))
}

/** One script for all groups asked for: one process reads every file, one every link, and each group adds its own commands. */
export function gatherScript(groups: ReadonlySet<string>, factPath: string): Sh {
  const chosen = SOURCES.filter(({ name }) => needed(groups).has(name))
  const words = (part: 'files' | 'links' | 'paths') => joined(chosen.map((source) => source[part]))
  return lines([
    sh`own_path=$PATH; PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin`,
    IDENTITY,
    sh`field .files "$(grep -s '' /dev/null ${words('files')})" || :`,
    sh`
      set --
      for path in ${words('links')}; do [ ! -L "$path" ] || set -- "$@" "$path"; done
      [ $# = 0 ] || field .links "$(ls -ld "$@" 2>/dev/null)" || :`,
    sh`for path in ${words('paths')}; do [ ! -e "$path" ] || field .path "$path"; done`,
    ...chosen.map(({ script }) => (script === undefined ? null : script)),
    groups.has(LOCAL) ? localScript(factPath) : null,
  ])
}

/** `$uid` and `$gid`, by builtins where proc(5) tells them. */
const IDENTITY = sh`
  uid= gid=
  if [ -r /proc/self/status ]; then
    while [ -z "$gid" ] && read -r key real _; do case $key in Uid:) uid=$real ;; Gid:) gid=$real ;; esac; done </proc/self/status
  fi
  [ "$gid" ] || { uid=$(id -u); gid=$(id -g); }`

/** The facts of the groups asked for, named as Ansible names them but without the `ansible_` prefix. */
export function readFacts(fields: Fields, groups: ReadonlySet<string>): Facts {
  const evidence = new Evidence(fields)
  const known: { [name: string]: Facts[string] } = {}
  const facts: Facts = {}
  for (const source of SOURCES) {
    if (!needed(groups).has(source.name)) continue
    const found = source.read(evidence, known)
    Object.assign(known, found)
    if (groups.has(source.name)) Object.assign(facts, found)
  }
  return groups.has(LOCAL) ? { ...facts, ...readLocal(fields) } : facts
}

/** Some groups need to know others. */
function needed(groups: ReadonlySet<string>): ReadonlySet<string> {
  return new Set([...groups, 'platform', 'distribution'])
}

/** Word lists as one: each word once, on one line. */
function joined(parts: readonly (Sh | undefined)[]): Sh {
  const words = parts.flatMap((part) => (part === undefined ? [] : part.text.trim().split(/\s+/)))
  return new Sh([[...new Set(words)].join(' ')])
}
