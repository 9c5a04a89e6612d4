import type { Change } from '../../kernel/change.ts'
import type { Fields } from '../../kernel/fields.ts'
import type { Json } from '../../kernel/json.ts'
import { Problem } from '../../kernel/problem.ts'
import { arg } from '../../kernel/schema.ts'
import { lines, type Sh, sh } from '../../kernel/sh.ts'
import { type Mode, needsUmask, parseMode, resolveMode } from './mode.ts'
import { octal, type Status } from './status.ts'

/** The arguments that every module which makes files has. */
export const attributeArgs = {
  mode: arg.raw('Permissions, octal (as text) or symbolic'),
  owner: arg.str('User who owns it, by name or number'),
  group: arg.str('Group that owns it, by name or number'),
  attributes: arg.str('Flags of chattr(1); not supported', { aliases: ['attr'] }),
  seuser: arg.str('SELinux user; has no effect where SELinux is off'),
  serole: arg.str('SELinux role; has no effect where SELinux is off'),
  setype: arg.str('SELinux type; has no effect where SELinux is off'),
  selevel: arg.str('SELinux level; has no effect where SELinux is off'),
  unsafe_writes: arg.bool('Has no effect: files are always replaced whole', { default: false }),
}

type AttributeArgs = {
  readonly mode: Json | undefined
  readonly owner: string | undefined
  readonly group: string | undefined
  readonly attributes: string | undefined
}

/** Wanted owner, group and mode; null: as it is. */
export type Attributes = { readonly mode: Mode | null; readonly owner: string | null; readonly group: string | null }

/** The wanted attributes; raises `args.mode` and, for chattr flags, `args.unsupported`. */
export function attributesOf(args: AttributeArgs): Attributes {
  if (args.attributes !== undefined && args.attributes !== '') {
    throw new Problem({
      code: 'args.unsupported',
      summary: 'Argument not supported',
      detail: 'attributes (flags of chattr) can not be set',
      hint: 'run chattr with the command module',
    })
  }
  return { mode: parseMode(args.mode), owner: args.owner ?? null, group: args.group ?? null }
}

/** Shell text that gives the umask where the wanted mode depends on it. */
export function probeUmask(wanted: Attributes): Sh | null {
  return needsUmask(wanted.mode) ? sh`field umask "$(umask)"` : null
}

/** The umask that `probeUmask` found; 022 where it did not matter. */
export function readUmask(fields: Fields): number {
  return Number.parseInt(fields.get('umask') ?? '022', 8)
}

/** What is to be made of a path's attributes: only what differs; all null when nothing does. */
export type Adjustment = { readonly mode: number | null; readonly owner: string | null; readonly group: string | null }

/** Compares a path's attributes with the wanted ones. A link's own mode never differs: it has none. */
export function adjustment(status: Status, wanted: Attributes, umask: number): Adjustment {
  const { mode, owner, group } = wanted
  const bits = mode === null ? null : resolveMode(mode, status.mode, status.kind === 'directory', umask)
  return {
    mode: bits === status.mode || status.kind === 'link' ? null : bits,
    owner: owner === null || owner === status.owner || owner === String(status.uid) ? null : owner,
    group: group === null || group === status.group || group === String(status.gid) ? null : group,
  }
}

/** What is to be made of a new path's attributes, which starts with the bits `base` (0666 or 0777 before the umask). */
export function initialAdjustment(wanted: Attributes, base: number, umask: number): Adjustment {
  const { mode, owner, group } = wanted
  return { mode: mode === null ? null : resolveMode(mode, base & ~umask, base === 0o777, umask), owner, group }
}

/** The one or the other, for a regular file that may be there already. */
export function fileAdjustment(status: Status | null, wanted: Attributes, umask: number): Adjustment {
  return status === null ? initialAdjustment(wanted, 0o666, umask) : adjustment(status, wanted, umask)
}

/** An adjustment as changes. `prefix` names the path where a task has several: `conf.d/a: `. */
export function adjustmentChanges(status: Status | null, adjust: Adjustment, prefix = ''): Change[] {
  const changes: Change[] = []
  if (adjust.owner !== null)
    changes.push({ what: `${prefix}owner`, before: status?.owner ?? null, after: adjust.owner })
  if (adjust.group !== null)
    changes.push({ what: `${prefix}group`, before: status?.group ?? null, after: adjust.group })
  if (adjust.mode !== null)
    changes.push({
      what: `${prefix}mode`,
      before: status === null ? null : octal(status.mode),
      after: octal(adjust.mode),
    })
  return changes
}

export const NO_ADJUSTMENT: Adjustment = { mode: null, owner: null, group: null }

/** True when there is nothing to adjust. */
export function isSettled({ mode, owner, group }: Adjustment): boolean {
  return mode === null && owner === null && group === null
}

/**
 * Shell text that makes the adjustment of one path or several; owner first, because chown(1) takes setuid away. A link's own owner is
 * changed unless `follow` says its target's.
 */
export function adjustScript(path: string | Sh | readonly string[], adjust: Adjustment, follow = false): Sh {
  const { mode, owner, group } = adjust
  return lines([ownershipScript(path, owner, group, follow), mode === null ? null : sh`chmod ${exact(mode)} ${path}`])
}

/** A mode for chmod(1) and mkdir(1), which with fewer digits leave a directory's setgid as it is. */
export function exact(mode: number): string {
  return mode.toString(8).padStart(5, '0')
}

function ownershipScript(
  path: string | Sh | readonly string[],
  owner: string | null,
  group: string | null,
  follow: boolean,
): Sh | null {
  if (owner === null && group === null) return null
  const command = [owner === null ? 'chgrp' : 'chown', ...(follow ? [] : ['-h'])]
  const who = owner === null ? group : group === null ? owner : `${owner}:${group}`
  return sh`${command} ${who} ${path}`
}
