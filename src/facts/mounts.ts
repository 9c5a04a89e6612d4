import type { Json } from '../kernel/json.ts'
import { sh } from '../kernel/sh.ts'
import { baseName, type Evidence, type Facts } from './fact-source.ts'

/**
 * Mounted file systems of devices and network shares: a part of the `hardware` group. One `stat -f` for all; a share that does not
 * answer must not hang a run, so it has a time limit where the host has `timeout`.
 */
export const mounts = {
  files: sh`/proc/mounts /proc/self/mountinfo`,
  script: sh`
    set --
    while read -r device place kind _; do
      case $device in /*|*:/*) ;; *) continue ;; esac
      case $kind in none) continue ;; esac
      case $place in *\\*) place=$(printf %b "$(emit "$place" | sed 's/\\/\\0/g')") ;; esac
      set -- "$@" "$place"
    done </proc/mounts
    if [ $# -gt 0 ]; then
      set -- stat -f -c '%S|%s|%b|%a|%c|%d|%n' -- "$@"
      sizes=$(timeout 10 "$@" 2>/dev/null) && code=0 || code=$?
      [ "$code" != 127 ] || sizes=$("$@" 2>/dev/null) || :
      field .stat "$sizes"
    fi
  `,
  read(evidence: Evidence, _known: Facts): Facts {
    const sizes = statistics(evidence.fields.text('.stat'))
    const bound = boundPlaces(evidence)
    const uuids = uuidOf(evidence)
    const found = new Map<string, Json>()
    for (const line of evidence.lines('/proc/mounts')) {
      const [device, mount, fstype, options] = line.split(' ').map(unescaped)
      if (options === undefined || fstype === 'none') continue
      if (!device!.startsWith('/') && !device!.startsWith('\\') && !device!.includes(':/')) continue
      found.set(mount!, {
        mount: mount!,
        device: device!,
        fstype: fstype!,
        options: bound.has(mount!) && !options.includes('bind') ? `${options},bind` : options,
        ...sizes.get(mount!),
        uuid: uuids(device!),
      })
    }
    return { mounts: [...found.values()] }
  },
}

function statistics(answer: string): ReadonlyMap<string, { readonly [name: string]: number }> {
  const found = new Map<string, { [name: string]: number }>()
  for (const line of answer.split('\n')) {
    const match = /^(\d+)\|(\d+)\|(\d+)\|(\d+)\|(\d+)\|(\d+)\|(.*)$/.exec(line)
    if (match === null) continue
    const [fragment, block, total, available, inodes, inodesFree] = match.slice(1, 7).map(Number) as number[]
    found.set(match[7]!, {
      size_total: fragment! * total!,
      size_available: fragment! * available!,
      block_size: block!,
      block_total: total!,
      block_available: available!,
      block_used: total! - available!,
      inode_total: inodes!,
      inode_available: inodesFree!,
      inode_used: inodes! - inodesFree!,
    })
  }
  return found
}

/** Places where a folder of a file system, not its root, is mounted (proc(5), mountinfo: the fourth field). */
function boundPlaces(evidence: Evidence): ReadonlySet<string> {
  const entries = evidence.lines('/proc/self/mountinfo').map((line) => line.split(' '))
  return new Set(entries.filter((entry) => entry[3] !== '/').map((entry) => unescaped(entry[4] ?? '')))
}

function uuidOf(evidence: Evidence): (device: string) => string {
  const uuids = new Map(
    evidence.linksBelow('/dev/disk/by-uuid/').map(([path, target]) => [baseName(target), baseName(path)]),
  )
  for (const path of evidence.filesBelow('/sys/block/dm-')) {
    const [, , , kernelName, folder, file] = path.split('/')
    const uuid = uuids.get(kernelName!)
    if (folder === 'dm' && file === 'name' && uuid !== undefined) uuids.set(`mapper/${evidence.text(path)}`, uuid)
  }
  return (device) => uuids.get(device.replace(/^\/dev\//, '')) ?? 'N/A'
}

function unescaped(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)))
}
