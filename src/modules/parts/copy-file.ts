import { createHash } from 'node:crypto'
import { Blob } from '../../kernel/blob.ts'
import type { Change } from '../../kernel/change.ts'
import type { Fields } from '../../kernel/fields.ts'
import type { Json, JsonObject } from '../../kernel/json.ts'
import { Failure, type Outcome } from '../../kernel/module.ts'
import { Problem } from '../../kernel/problem.ts'
import { lines, plain, Sh, sh } from '../../kernel/sh.ts'
import {
  type Adjustment,
  type Attributes,
  adjustmentChanges,
  adjustScript,
  fileAdjustment,
  initialAdjustment,
  probeUmask,
  readUmask,
} from './attributes.ts'
import { probeContent, readBytes, showBlob, showContent } from './content.ts'
import { attributeDiff, textDiff } from './diff.ts'
import { directoryChanges, makeDirectories, missingDirectories, probeExisting } from './directories.ts'
import { asWritten, dirname, hostPath, join } from './paths.ts'
import { newFile, replaceFile, validateCommand } from './replace-file.ts'
import { required } from './require.ts'
import { pathInfo, probeStatus, readStatus, type Status } from './status.ts'

/** One file for a path on the host: what `copy`, `template` and `assemble` have in common. */
export type FileCopy = {
  readonly kind: 'file'
  /** What is sent, or a command of the host that writes it. */
  readonly content: Blob | Sh
  readonly sha1: string
  /** See `replaceFile`. */
  readonly check?: Sh
  /** The content for a change. */
  readonly shown: string
  /** null for files so large that the host works it out, and only if `isHeard`. */
  readonly md5: string | null
  /** Somebody sees the whole result. */
  readonly isHeard: boolean
  readonly dest: string
  /** Its name in a directory; null for `content`, which needs a file's path. */
  readonly name: string | null
  /** `dest` ends with a slash: it is a directory, made when it is missing. */
  readonly intoDirectory: boolean
  readonly src: string | null
  readonly attributes: Attributes
  readonly directoryAttributes: Attributes
  readonly force: boolean
  readonly follow: boolean
  readonly backup: boolean
  readonly validate: string | undefined
}

export type FileCopyNow = {
  readonly dest: string
  readonly status: Status | null
  readonly sha1: string | null
  readonly content: Buffer | null
  readonly existing: string
  readonly umask: number
}

type FileCopyOptions = Omit<FileCopy, 'kind' | 'content' | 'sha1' | 'check' | 'shown' | 'md5' | 'intoDirectory'> & {
  readonly blob: Blob
}

/** Raises `args.validate`, and `args.conflict` for content that goes to a directory. */
export async function fileCopy({ blob, ...options }: FileCopyOptions): Promise<FileCopy> {
  const { dest, name, validate } = options
  const intoDirectory = dest.endsWith('/')
  if (intoDirectory && name === null)
    throw new Problem({
      code: 'args.conflict',
      summary: 'Arguments do not fit together',
      detail: 'can not use content with a dir as dest',
    })
  if (validate !== undefined) validateCommand(validate)
  return {
    ...options,
    kind: 'file',
    content: blob,
    sha1: blob.sha1,
    dest: intoDirectory && name !== null ? join(dest, name) : dest,
    intoDirectory,
    shown: await showBlob(blob),
    md5:
      blob.stream === null
        ? createHash('md5')
            .update(await blob.read())
            .digest('hex')
        : null,
  }
}

type Place = Pick<FileCopy, 'dest' | 'name' | 'intoDirectory' | 'follow' | 'force' | 'attributes'>

/** Unchanged: a share of one stat(1) and one sha1sum(1). */
export function probeFileCopy(want: FileCopy): Sh {
  return plain(probeFile(want, want.sha1))
}

/** Shell text that reads what is at a place, where the checksum is wanted: text, or a word of the shell. */
export function probeFile(want: Place, sha1: string | Sh): Sh {
  const usual = hostPath(want.dest)
  return lines([
    sh`dest=${usual}`,
    want.name === null || want.intoDirectory ? null : sh`[ ! -d "$dest" ] || dest=$dest/${want.name}`,
    want.follow ? sh`[ ! -L "$dest" ] || dest=$(readlink -f "$dest")` : null,
    sh`field dest "$dest"`,
    probeStatus('status', sh`"$dest"`, { usual }),
    want.force ? probeContent(sh`"$dest"`, sha1, usual) : null,
    want.intoDirectory ? lines([sh`path=\${dest%/*}`, probeExisting]) : null,
    probeUmask(want.attributes),
  ])
}

export function readFileCopy(fields: Fields): FileCopyNow {
  return {
    dest: fields.text('dest'),
    status: readStatus(fields, 'status'),
    sha1: fields.get('sha1') ?? null,
    content: readBytes(fields, '+content'),
    existing: fields.text('existing'),
    umask: readUmask(fields),
  }
}

export function planFileCopy(now: FileCopyNow, want: FileCopy): readonly Change[] {
  if (now.status?.kind === 'directory') throw new Failure('can not use content with a dir as dest')
  if (now.status !== null && !want.force) return []
  const changes: Change[] = [...directoryChanges(directories(now, want), directoryAdjust(now, want))]
  if (!sameContent(now, want)) {
    const before = now.sha1 === null ? null : showPresent(now, want)
    changes.push({ what: 'content', before, after: want.shown })
  }
  return [...changes, ...adjustmentChanges(fileStatus(now), adjustOf(now, want))]
}

/** What is replaced by a secret is probably one, too. */
function showPresent(now: FileCopyNow, { content }: FileCopy): string {
  const secret = content instanceof Blob && content.secret
  return secret ? '********' : showContent(now.content, now.status!.size, now.sha1)
}

export function applyFileCopy(want: FileCopy, now: FileCopyNow): Sh {
  const path = hostPath(now.dest)
  const adjust = adjustOf(now, want)
  const put = sameContent(now, want)
    ? adjustScript(path, adjust, true)
    : replaceFile({ ...want, dest: now.dest, now: now.status, adjust })
  const script = lines([
    makeDirectories(directories(now, want), directoryAdjust(now, want)),
    now.status === null && !want.intoDirectory
      ? required(sh`[ -d ${dirname(path)} ]`, `Destination directory ${dirname(now.dest)} does not exist`)
      : null,
    put,
    probeStatus('status', path),
    want.md5 === null && want.isHeard && !sameContent(now, want)
      ? sh`sum=$(md5sum <${path}); field md5 "\${sum%% *}"`
      : null,
  ])
  const { content } = want
  return new Sh(script.parts, {
    newFile: content instanceof Blob && isNew(now, want) ? newFile(content, path, adjust) : null,
  })
}

/** Nothing is there, and nothing but the file is missing. */
function isNew(now: FileCopyNow, want: FileCopy): boolean {
  return now.status === null && (want.validate ?? '') === '' && directories(now, want).length === 0
}

export function fileCopyResult({ now, want, ran }: Outcome<FileCopyNow, FileCopy>): JsonObject {
  if (now.status !== null && !want.force) return { dest: now.dest, src: want.src }
  const status = ran === null ? now.status : readStatus(ran.fields, 'status')
  const always = { dest: now.dest, checksum: want.sha1, ...pathInfo(status) }
  if (sameContent(now, want)) return { ...always, dest: written(now, want), path: written(now, want) }
  const backup = ran?.fields.get('backup_file')
  return {
    ...always,
    src: want.src,
    md5sum: want.md5 ?? ran?.fields.get('md5') ?? null,
    ...(backup === undefined ? {} : { backup_file: backup }),
  }
}

/** A list with the content when that changes, else the attributes. */
export function fileCopyDiff({ now, want, changes }: Outcome<FileCopyNow, FileCopy>, shown: boolean): Json | undefined {
  if (now.status !== null && !want.force) return undefined
  const content = changes.find(({ what }) => what === 'content')
  if (content !== undefined) {
    const header = { before: now.status === null ? '/dev/null' : now.dest, after: want.src ?? now.dest }
    return shown ? [textDiff(content, header, shown)] : []
  }
  const { before, after } = attributeDiff(changes)
  const path = written(now, want)
  return { before: { path, ...before }, after: { path, ...after } }
}

/** Ansible's `copy` gives a relative path as it was written unless it changes the content. */
function written(now: FileCopyNow, want: FileCopy): string {
  return asWritten(now.dest, want.dest)
}

function sameContent(now: FileCopyNow, want: FileCopy): boolean {
  return now.sha1 === want.sha1 && (want.follow || now.status?.kind !== 'link')
}

/** A link that is not followed gives way to the file, and leaves it nothing. */
function fileStatus(now: FileCopyNow): Status | null {
  return now.status?.kind === 'link' ? null : now.status
}

function adjustOf(now: FileCopyNow, want: FileCopy): Adjustment {
  return fileAdjustment(fileStatus(now), want.attributes, now.umask)
}

function directories(now: FileCopyNow, want: FileCopy): readonly string[] {
  return want.intoDirectory ? missingDirectories(dirname(now.dest), now.existing) : []
}

function directoryAdjust(now: FileCopyNow, want: FileCopy): Adjustment {
  return initialAdjustment(want.directoryAttributes, 0o777, now.umask)
}
