import type { Fields } from '../../kernel/fields.ts'
import type { JsonObject } from '../../kernel/json.ts'
import { Question, STATUS_FORMAT } from '../../kernel/question.ts'
import { type Sh, sh } from '../../kernel/sh.ts'

type Kind = 'file' | 'directory' | 'link' | 'fifo' | 'socket' | 'char' | 'block'

/** What stat(1) says about a path. */
export type Status = {
  readonly kind: Kind
  /** Permission bits with setuid, setgid and sticky. */
  readonly mode: number
  readonly uid: number
  readonly gid: number
  readonly owner: string
  readonly group: string
  readonly size: number
  readonly links: number
  readonly inode: number
  readonly device: number
  /** Seconds. When it was read last is left out: a probe that reads the file would change it. */
  readonly mtime: number
}

const KINDS: { readonly [type: number]: Kind } = {
  1: 'fifo',
  2: 'char',
  4: 'directory',
  6: 'block',
  8: 'file',
  10: 'link',
  12: 'socket',
}

/**
 * Shell text that gives a path's status as the field `name`, empty when there is nothing: one process, none for a missing path, and
 * with `usual`, what the path will probably be, one for all probes of a message. `path` is a path or shell text for one word, such
 * as `"$dest"`.
 */
export function probeStatus(
  name: string,
  path: string | Sh,
  { follow = false, usual = typeof path === 'string' ? path : null }: { follow?: boolean; usual?: string | null } = {},
): Sh {
  const own = sh`field ${name} "$(${['stat', ...(follow ? ['-L'] : [])]} -c ${`${STATUS_FORMAT} %n`} ${path} 2>/dev/null)"`
  const shared = usual === null ? null : sh`field ${name} "${new Question(follow ? 'referent' : 'status', usual)}"`
  const either =
    shared === null || typeof path === 'string'
      ? (shared ?? own)
      : sh`if [ ${path} = ${usual} ]; then ${shared}; else ${own}; fi`
  return sh`
    if [ -e ${path} ]${follow ? null : sh` || [ -L ${path} ]`}; then ${either}
    else field ${name} ''; fi`
}

/** The status in the field that `probeStatus` wrote; null when there is nothing at the path. */
export function readStatus(fields: Fields, name: string): Status | null {
  return parseStatus(fields.text(name))
}

/** One line in STATUS_FORMAT, and what stands behind it; null for an empty one. */
export function parseStatus(text: string): Status | null {
  const words = text.split(' ')
  if (words.length < 10) return null
  const raw = Number.parseInt(words[0]!, 16)
  const numbers = words.slice(1, 8).map(Number)
  const [uid, gid, size, links, inode, device, mtime] = numbers as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ]
  const owner = words[8] === 'UNKNOWN' ? String(uid) : words[8]!
  const group = words[9] === 'UNKNOWN' ? String(gid) : words[9]!
  return {
    kind: KINDS[raw >> 12] ?? 'file',
    mode: raw & 0o7777,
    uid,
    gid,
    owner,
    group,
    size,
    links,
    inode,
    device,
    mtime,
  }
}

/** The keys that Ansible adds to every result with a `path` or `dest`: owner, group, mode, state, size. */
export function pathInfo(status: Status | null): JsonObject {
  if (status === null) return {}
  const { uid, gid, owner, group, size } = status
  return { uid, gid, owner, group, mode: octal(status.mode), state: stateOf(status), size }
}

/** Ansible's word for what is at a path; a file with several names is `hard`. */
export function stateOf(status: Status | null): string {
  if (status === null) return 'absent'
  if (status.kind === 'link' || status.kind === 'directory') return status.kind
  return status.links > 1 ? 'hard' : 'file'
}

/** A mode as Ansible shows it: `0644`. */
export function octal(mode: number): string {
  return `0${mode.toString(8).padStart(3, '0')}`
}
