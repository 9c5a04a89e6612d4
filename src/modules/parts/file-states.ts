import type { Change } from '../../kernel/change.ts'
import { Failure } from '../../kernel/module.ts'
import { lines, type Sh, sh } from '../../kernel/sh.ts'
import {
  type Adjustment,
  type Attributes,
  adjustment,
  adjustmentChanges,
  adjustScript,
  initialAdjustment,
  NO_ADJUSTMENT,
} from './attributes.ts'
import { directoryChanges, makeDirectories, missingDirectories } from './directories.ts'
import { dirname, hostPath, join } from './paths.ts'
import { required } from './require.ts'
import { type Status, stateOf } from './status.ts'
import { type FileTime, timesScript } from './times.ts'
import { adjustTreeScript, type Entry, treeAdjustments } from './tree.ts'

export type FileWant = {
  readonly path: string
  /** null: whatever is there. */
  readonly state: 'absent' | 'directory' | 'file' | 'hard' | 'link' | 'touch' | null
  readonly src: string | null
  readonly recurse: boolean
  readonly force: boolean
  readonly follow: boolean
  readonly attributes: Attributes
  readonly modification: FileTime
  readonly access: FileTime
}

export type FileNow = {
  readonly path: string
  readonly status: Status | null
  /** What the path points to, when it is a link. */
  readonly target: string | null
  /** The path with all links resolved, and what is there; only when links are followed. */
  readonly real: string
  readonly referent: Status | null
  readonly source: Status | null
  /** The nearest parent that exists. */
  readonly existing: string
  /** A directory with something in it stands in the place of a link. */
  readonly full: boolean
  /** Modification and access time, where times are wanted. */
  readonly times: readonly [string, string] | null
  readonly tree: readonly Entry[]
  readonly umask: number
}

/** The changes of a `file` task. Fails, in Ansible's words, where something else stands in the way. */
export function planFile(now: FileNow, want: FileWant): readonly Change[] {
  switch (want.state ?? presentState(now)) {
    case 'absent':
      return now.status === null ? [] : [{ what: 'state', before: stateOf(now.status), after: 'absent' }]
    case 'directory':
      return planDirectory(now, want)
    case 'link':
      return planLink(now, want)
    case 'hard':
      return planHardLink(now, want)
    case 'touch':
      return [
        ...(now.status === null ? [created(now, 'file')] : []),
        ...attributeChanges(now, want),
        ...timeChanges(now, want),
      ]
    default:
      return planExisting(now, want)
  }
}

/** The script for the changes that `planFile` gave. */
export function applyFile(changes: readonly Change[], want: FileWant, now: FileNow): Sh {
  const path = hostPath(now.path)
  const creates = changes.some((change) => change.what === 'state' || change.what === 'src')
  switch (want.state ?? presentState(now)) {
    case 'absent':
      return now.status?.kind === 'directory' ? sh`rm -rf ${path}` : sh`rm -f ${path}`
    case 'directory':
      return now.status === null || followed(now, want) === null
        ? makeDirectories(missing(now, want), adjustOf(now, want))!
        : attributesScript(now, want)
    case 'link':
      return lines([
        targetRequired(now, want),
        creates ? linkScript(now, want, sh`ln -s`) : null,
        attributesScript(now, want),
      ])
    case 'hard':
      return lines([
        now.source === null && want.src !== null
          ? required(sh`[ -e ${hostPath(want.src)} ]`, 'src does not exist')
          : null,
        creates ? linkScript(now, want, sh`ln`) : null,
        attributesScript(now, want),
      ])
    case 'touch':
      return lines([now.status === null ? sh`: >>${path}` : null, attributesScript(now, want)])
    default:
      return now.status === null
        ? required(sh`[ -e ${path} ]`, `file (${now.path}) is absent, cannot continue`)
        : attributesScript(now, want)
  }
}

function presentState(now: FileNow): 'link' | 'directory' | 'file' {
  const kind = now.status?.kind
  return kind === 'link' || kind === 'directory' ? kind : 'file'
}

function created(now: FileNow, state: string): Change {
  return { what: 'state', before: stateOf(now.status), after: state }
}

/** What the attributes are set on: the target of a link that is followed. */
function followed(now: FileNow, want: FileWant): Status | null {
  if (now.status?.kind !== 'link' || !want.follow) return now.status
  return now.referent
}

function subject(now: FileNow, want: FileWant): Status | null {
  if (want.state === 'link' && want.src !== null)
    return want.follow ? now.source : now.status?.kind === 'link' ? now.status : null
  if (want.state === 'hard' && want.src !== null) return now.source
  return followed(now, want)
}

function adjustOf(now: FileNow, want: FileWant): Adjustment {
  const status = subject(now, want)
  if (status !== null) return adjustment(status, want.attributes, now.umask)
  if (want.state === 'link')
    return want.follow ? NO_ADJUSTMENT : { ...initialAdjustment(want.attributes, 0o777, 0), mode: null }
  return initialAdjustment(want.attributes, want.state === 'directory' ? 0o777 : 0o666, now.umask)
}

function attributeChanges(now: FileNow, want: FileWant): Change[] {
  return adjustmentChanges(subject(now, want), adjustOf(now, want))
}

function timeChanges(now: FileNow, want: FileWant): Change[] {
  const times: readonly [string, FileTime, string | null][] = [
    ['mtime', want.modification, now.times?.[0] ?? null],
    ['atime', want.access, now.times?.[1] ?? null],
  ]
  return times.flatMap(([what, time, before]): Change[] => {
    if (time === 'preserve' || (time === 'now' && now.status === null)) return []
    if (time === 'now') return [{ what, before: null, after: 'now' }]
    return time.stamp === before ? [] : [{ what, before, after: time.stamp }]
  })
}

function planExisting(now: FileNow, want: FileWant): readonly Change[] {
  const status = followed(now, want)
  const state = stateOf(status)
  if (now.status === null) return [created(now, 'file')]
  if (state !== 'file' && state !== 'hard') {
    const path = now.status?.kind === 'link' && want.follow ? now.real : now.path
    throw new Failure(`file (${path}) is ${state}, cannot continue`, { path, state })
  }
  return [...attributeChanges(now, want), ...timeChanges(now, want)]
}

function planDirectory(now: FileNow, want: FileWant): readonly Change[] {
  const status = followed(now, want)
  if (status === null) {
    return [...directoryChanges(missing(now, want), adjustOf(now, want))]
  }
  if (status.kind !== 'directory')
    throw new Failure(`${now.path} already exists as a ${stateOf(status)}`, { path: now.path })
  return [
    ...attributeChanges(now, want),
    ...timeChanges(now, want),
    ...treeAdjustments(now.tree, want.attributes, now.umask).flatMap(({ path, status, adjust }) =>
      adjustmentChanges(status, adjust, `${path}: `),
    ),
  ]
}

/** The directories that are to be made, outermost first. */
function missing(now: FileNow, want: FileWant): readonly string[] {
  const path = now.status?.kind === 'link' ? now.real : now.path
  if (want.follow && now.status?.kind === 'link') return [path]
  return missingDirectories(path, now.existing)
}

function planLink(now: FileNow, want: FileWant): readonly Change[] {
  const { path } = now
  const state = stateOf(now.status)
  if (want.src === null && now.status?.kind !== 'link')
    throw new Failure('src is required for creating new symlinks', { path })
  if (!want.force && state !== 'absent' && state !== 'link')
    throw new Failure(`refusing to convert from ${state} to symlink for ${path}`, { path })
  if (now.full) throw new Failure(`the directory ${path} is not empty, refusing to convert it`, { path })
  const changes: Change[] = []
  if (state !== 'link') changes.push(created(now, 'link'))
  const unfounded = want.src !== null && !want.force && now.source === null
  if (want.src !== null && (want.src !== now.target || unfounded))
    changes.push({ what: 'src', before: now.target, after: want.src })
  return [...changes, ...attributeChanges(now, want), ...(subject(now, want) === null ? [] : timeChanges(now, want))]
}

function targetRequired(now: FileNow, want: FileWant): Sh | null {
  if (want.src === null || want.force || now.source !== null) return null
  const target = want.src.startsWith('/') ? want.src : join(dirname(now.path), want.src)
  return required(
    sh`[ -e ${hostPath(target)} ]`,
    `src file does not exist, use "force=yes" if you really want to create the link: ${target}`,
  )
}

function planHardLink(now: FileNow, want: FileWant): readonly Change[] {
  const { path, status, source } = now
  const data = { dest: path, src: want.src }
  if (want.src === null && stateOf(status) !== 'hard') throw new Failure('src is required for creating new hardlinks')
  const same = status !== null && source !== null && status.inode === source.inode && status.device === source.device
  const links =
    want.src === null || same ? [] : [created(now, 'hard'), { what: 'src', before: now.target, after: want.src }]
  if (links.length > 0 && status !== null && status.kind !== 'link' && !want.force) {
    throw new Failure(
      stateOf(status) === 'file'
        ? 'Cannot link, file exists at destination'
        : 'Cannot link, different hard link exists at destination',
      data,
    )
  }
  return [...links, ...attributeChanges(now, want), ...timeChanges(now, want)]
}

/** The link is made beside its place and moved there, so that the path is never missing; an empty directory has to go first. */
function linkScript(now: FileNow, want: FileWant, command: Sh): Sh {
  const path = hostPath(now.path)
  const source = want.state === 'hard' ? hostPath(want.src!) : want.src!
  if (now.status === null) return sh`${command} -- ${source} ${path}`
  return lines([
    now.status.kind === 'directory' ? sh`rmdir ${path}` : null,
    sh`
      staged=${join(dirname(path), '.provision')}.$$
      rm -f "$staged"
      ${command} -- ${source} "$staged"
      trap 'rm -f "$staged"' 0
      mv -fT "$staged" ${path}
      trap - 0`,
  ])
}

function attributesScript(now: FileNow, want: FileWant): Sh {
  const follow = want.follow || (now.status?.kind !== 'link' && want.state !== 'link')
  const path = hostPath(now.path)
  return lines([
    adjustScript(path, adjustOf(now, want), follow),
    adjustTreeScript(treeAdjustments(now.tree, want.attributes, now.umask)),
    subject(now, want) === null && want.state === 'link' ? null : timesScript(path, want.modification, want.access),
  ])
}
