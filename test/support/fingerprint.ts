import { createHash } from 'node:crypto'
import { type Dirent, lstatSync, readdirSync, readFileSync, readlinkSync, type Stats } from 'node:fs'
import { join } from 'node:path'

/** A host's state, one entry for each thing: `file /etc/hosts`, `package nginx`, `active ssh.service`, `sysctl net.ipv4.ip_forward`. */
export type Fingerprint = ReadonlyMap<string, string>

/**
 * What changes by itself or by being looked at: logs, traces of logins and of sudo, systemd's own stamps, caches, and the files of a
 * running database.
 */
const VOLATILE = [
  /^\/(dev|proc|sys|run|tmp)(\/|$)/,
  /^\/var\/(log|tmp)(\/|$)/,
  /^\/var\/lib\/(systemd|sudo|lastlog|wtmpdb|mysql|logrotate)(\/|$)/,
  /^\/var\/cache\/(ldconfig|man)(\/|$)/,
  /^\/home\/[^/]+\/\.sudo_as_admin_successful$/,
]

/**
 * The files of a host that are not as its image has them, by kind, mode, owner and content (times do not count). Only folders that the
 * overlay's upper layer has are walked, so it takes milliseconds. `root` is the overlay as mounted.
 */
export function fileFingerprint(folders: { root: string; upper: string; image: string }): Map<string, string> {
  const entries = new Map<string, string>()
  walk('/')
  return entries

  function walk(folder: string): void {
    const touched = children(join(folders.upper, folder)).map(({ name }) => name)
    const names = children(join(folders.image, folder)).map(({ name }) => name)
    const removed = names.filter((name) => statOf(join(folders.root, folder, name)) === null)
    for (const name of [...new Set([...touched, ...removed])].sort()) compare(join(folder, name))
  }

  function compare(path: string): void {
    if (VOLATILE.some((pattern) => pattern.test(path))) return
    const now = describe(join(folders.root, path))
    if (now !== describe(join(folders.image, path))) entries.set(`file ${path}`, now ?? 'absent')
    if (now?.startsWith('directory')) walk(path)
  }
}

function describe(path: string): string | null {
  const found = statOf(path)
  if (found === null) return null
  const mode = (found.mode & 0o7777).toString(8).padStart(4, '0')
  const owner = `${found.uid}:${found.gid}`
  if (found.isDirectory()) return `directory ${mode} ${owner}`
  if (found.isSymbolicLink()) return `link ${owner} → ${readlinkSync(path)}`
  if (found.isFile()) return `file ${mode} ${owner} ${createHash('sha256').update(readFileSync(path)).digest('hex')}`
  return `special ${found.mode.toString(8)} ${owner} ${found.rdev}`
}

function children(folder: string): Dirent[] {
  return statOf(folder)?.isDirectory() ? readdirSync(folder, { withFileTypes: true }) : []
}

function statOf(path: string): Stats | null {
  return lstatSync(path, { throwIfNoEntry: false }) ?? null
}

/**
 * Prints what files do not tell, one entry a line: its name, a tab, its value. Units that D-Bus starts and that end by themselves,
 * logins and the transient units of whoever looks are left out, as are counters among the sysctls.
 */
export const STATE_SCRIPT = `
export LC_ALL=C
dpkg-query -W -f 'package \${Package}\\t\${Version} \${db:Status-Abbrev}\\n'
getent passwd | sed 's/^\\([^:]*\\):/user \\1\\t/'
getent group | sed 's/^\\([^:]*\\):/group \\1\\t/'
systemctl list-units --plain --no-legend --state=active,failed --type=service,socket,timer,path,mount |
  grep -Ev '^(user@|user-runtime-dir@|run-|session-|systemd-(hostnamed|timedated|localed|tmpfiles-clean)|ssh@|sshd@)' |
  awk '{ print "active " $1 "\\t" $3 " " ($4 == "failed" ? "failed" : "") }'
systemctl list-unit-files --plain --no-legend | awk '{ print "enabled " $1 "\\t" $2 }'
sysctl -a 2>/dev/null | grep '^net\\.' | grep -v 'nf_conntrack_count\\|\\.tcp_mem\\|\\.udp_mem' | sed 's/^/sysctl /; s/ = /\\t/'
ip -o address | awk '{ print "address " $2 " " $4 "\\tpresent" }'
ip route | sed 's/^/route /; s/$/\\tpresent/'
grep -v ' /run/\\(credentials\\|user\\)/' /proc/1/mounts | awk '{ print "mount " $2 " " $3 "\\t" $4 }'
printf 'hostname\\t%s\\n' "$(uname -n)"
`

/** The entries a script of that kind printed. */
export function parseState(stdout: string): Map<string, string> {
  const lines = stdout.split('\n').filter((line) => line !== '')
  return new Map(lines.map((line) => [line.split('\t', 1)[0]!, line.slice(line.indexOf('\t') + 1)]))
}

/** What differs between two fingerprints, one line for each thing, sorted; empty when nothing does. */
export function differences(before: Fingerprint, after: Fingerprint): string[] {
  const names = [...new Set([...before.keys(), ...after.keys()])].sort()
  return names
    .filter((name) => before.get(name) !== after.get(name))
    .map((name) => `${name}: ${before.get(name) ?? '(none)'} → ${after.get(name) ?? '(none)'}`)
}
