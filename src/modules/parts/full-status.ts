import type { JsonObject } from '../../kernel/json.ts'

export type FullStatus = {
  readonly mode: number
  readonly kind: number
  readonly size: number
  readonly times: { readonly atime: number; readonly mtime: number; readonly ctime: number }
  /** The keys of Ansible's `find`. */
  readonly keys: JsonObject
  /** What its `stat` has beyond them. */
  readonly more: JsonObject
}

/** One record in FULL_FORMAT, and what stands behind another `|`; null for an empty one. */
export function parseFullStatus(text: string): FullStatus | null {
  const [head, x, y, z, owner, group] = text.split('|')
  const words = head!.split(' ')
  if (words.length < 14 || group === undefined) return null
  const raw = Number.parseInt(words[0]!, 16)
  const [uid, gid, size, nlink, inode, dev, blocks, blockSize] = words.slice(1, 9).map(Number)
  const [mode, kind] = [raw & 0o7777, raw >> 12]
  const times = {
    atime: secondsOf(words[11]!, x!),
    mtime: secondsOf(words[12]!, y!),
    ctime: secondsOf(words[13]!, z!),
  }
  const bit = (mask: number) => (mode & mask) !== 0
  return {
    mode,
    kind,
    size: size!,
    times,
    keys: {
      mode: mode.toString(8).padStart(4, '0'),
      isdir: kind === 4,
      ischr: kind === 2,
      isblk: kind === 6,
      isreg: kind === 8,
      isfifo: kind === 1,
      islnk: kind === 10,
      issock: kind === 12,
      ...{ uid: uid!, gid: gid!, size: size!, inode: inode!, dev: dev!, nlink: nlink! },
      ...times,
      gr_name: group === 'UNKNOWN' ? '' : group,
      pw_name: owner === 'UNKNOWN' ? '' : owner!,
      ...{ wusr: bit(0o200), rusr: bit(0o400), xusr: bit(0o100) },
      ...{ wgrp: bit(0o20), rgrp: bit(0o40), xgrp: bit(0o10) },
      ...{ woth: bit(2), roth: bit(4), xoth: bit(1) },
      ...{ isuid: bit(0o4000), isgid: bit(0o2000) },
    },
    more: { blocks: blocks!, block_size: blockSize!, device_type: deviceOf(words[9]!, words[10]!) },
  }
}

function secondsOf(seconds: string, text: string): number {
  return Number(`${seconds}${/\.\d+/.exec(text)?.[0] ?? ''}`)
}

/** makedev(3) of the hexadecimal major and minor number. */
function deviceOf(major: string, minor: string): number {
  const [high, low] = [Number.parseInt(major, 16) || 0, Number.parseInt(minor, 16) || 0]
  return ((high & 0xfff) << 8) | (low & 0xff) | ((low & ~0xff) << 12)
}
