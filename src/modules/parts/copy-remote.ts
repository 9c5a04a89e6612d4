import type { Change } from '../../kernel/change.ts'
import type { Fields } from '../../kernel/fields.ts'
import type { JsonObject } from '../../kernel/json.ts'
import { Failure, type Outcome } from '../../kernel/module.ts'
import { lines, type Sh, sh } from '../../kernel/sh.ts'
import {
  type Adjustment,
  type Attributes,
  adjustment,
  adjustmentChanges,
  adjustScript,
  exact,
  fileAdjustment,
  initialAdjustment,
  probeUmask,
  readUmask,
} from './attributes.ts'
import { directoryChanges, makeDirectories, missingDirectories, probeExisting } from './directories.ts'
import { basename, dirname, hostPath } from './paths.ts'
import { replaceFile } from './replace-file.ts'
import { required } from './require.ts'
import { pathInfo, probeStatus, readStatus, type Status } from './status.ts'
import { adjustTreeScript, type Entry, parseEntries, probeTree, readTree, treeAdjustments } from './tree.ts'

/** A file or directory that is on the host already, to another place there (`remote_src`). */
export type RemoteCopy = {
  readonly kind: 'remote'
  readonly src: string
  readonly dest: string
  readonly attributes: Attributes
  readonly preserve: boolean
  readonly directoryAttributes: Attributes
  readonly force: boolean
  readonly follow: boolean
  readonly localFollow: boolean
  readonly backup: boolean
  readonly validate: string | undefined
  readonly checksum: string | undefined
}

export type RemoteCopyNow = {
  readonly dest: string
  readonly source: Status | null
  readonly status: Status | null
  readonly sourceSha1: string | null
  readonly sha1: string | null
  readonly existing: string
  /** Below a source that is a directory: paths that are missing or different at the destination, with the source's status. */
  readonly different: readonly Entry[]
  readonly tree: readonly Entry[]
  readonly umask: number
}

export function probeRemoteCopy(want: RemoteCopy): Sh {
  const source = hostPath(want.src)
  const intoDirectory = want.dest.endsWith('/')
  const find = want.localFollow ? ['find', '-L'] : ['find']
  const stat = want.localFollow ? ['stat', '-L'] : ['stat']
  return lines([
    sh`
      dest=${hostPath(want.dest)}
      if [ -d ${source} ]; then
        ${want.src.endsWith('/') ? sh`:` : sh`dest=$dest/${basename(want.src)}`}
      elif [ -d "$dest" ] || ${intoDirectory ? sh`:` : sh`false`}; then dest=\${dest%/}/${basename(want.src)}; fi
      while case $dest in ?*/) true ;; *) false ;; esac; do dest=\${dest%/}; done`,
    want.follow ? sh`[ ! -L "$dest" ] || dest=$(readlink -f "$dest")` : null,
    sh`
      field dest "$dest"
      path=$dest; [ -d ${source} ] || path=\${dest%/*}`,
    probeExisting,
    probeStatus('source', source, { follow: true }),
    probeStatus('status', sh`"$dest"`),
    sh`
      if [ -f ${source} ]; then
        sum=$(sha1sum <${source}); field sourceSha1 "\${sum%% *}"
        [ ! -f "$dest" ] || { sum=$(sha1sum <"$dest"); field sha1 "\${sum%% *}"; }
      elif [ -d ${source} ] && cd ${source}; then
        case $dest in /*) ;; *) dest=$OLDPWD/$dest ;; esac
        field different "$(${find} . ! -path . -exec sh -c ${DIFFERENT.text} sh "$dest" ${stat.join(' ')} {} +)"
        cd "$OLDPWD"
      fi`,
    want.attributes.owner === null && want.attributes.group === null
      ? null
      : sh`[ ! -d ${source} ] || [ ! -d "$dest" ] || { ${probeTree(sh`"$dest"`, false)}; }`,
    probeUmask(want.attributes),
  ])
}

/** For find -exec: prints the status of every path that is not the same below the destination. */
const DIFFERENT = sh`
  dest=$1 stat=$2; shift 2
  for path do
    if [ -L "$path" ] && [ "$stat" = stat ]; then [ -L "$dest/$path" ] && [ "$(readlink "$path")" = "$(readlink "$dest/$path")" ] && continue
    elif [ -d "$path" ]; then [ ! -d "$dest/$path" ] || continue
    elif [ -f "$dest/$path" ] && cmp -s "$path" "$dest/$path"; then continue; fi
    $stat -c '//%f %u %g %s %h %i %d %Y %U %G %n' "$path"
  done`

export function readRemoteCopy(fields: Fields): RemoteCopyNow {
  return {
    dest: fields.text('dest'),
    source: readStatus(fields, 'source'),
    status: readStatus(fields, 'status'),
    sourceSha1: fields.get('sourceSha1') ?? null,
    sha1: fields.get('sha1') ?? null,
    existing: fields.text('existing'),
    different: parseEntries(fields.text('different')),
    tree: readTree(fields),
    umask: readUmask(fields),
  }
}

export function planRemoteCopy(now: RemoteCopyNow, want: RemoteCopy): readonly Change[] {
  if (want.checksum !== undefined && now.sourceSha1 !== null && now.sourceSha1 !== want.checksum) {
    throw new Failure('Copied file does not match the expected checksum. Transfer failed.', {
      checksum: now.sourceSha1,
      expected_checksum: want.checksum,
    })
  }
  if (now.source === null) return [{ what: 'content', before: null, after: want.src }]
  if (now.source.kind === 'directory') return planDirectory(now, want)
  if (now.status?.kind === 'directory') throw new Failure(`Destination ${now.dest} is a directory`)
  if (now.status !== null && !want.force) return []
  return [
    ...directoryChanges(directories(now, want), freshDirectory(now, want)),
    ...(isSame(now)
      ? []
      : [{ what: 'content', before: shown(now.status, now.sha1), after: shown(now.source, now.sourceSha1) }]),
    ...adjustmentChanges(isSame(now) ? now.status : null, adjustOf(now, want)),
  ]
}

export function applyRemoteCopy(want: RemoteCopy, now: RemoteCopyNow): Sh {
  const path = hostPath(now.dest)
  const source = hostPath(want.src)
  const there = required(sh`[ -e ${source} ]`, `Source ${want.src} not found`)
  if (now.source === null) return there
  if (now.source.kind === 'directory') return lines([applyDirectory(want, now), probeStatus('status', path)])
  return lines([
    makeDirectories(directories(now, want), freshDirectory(now, want)),
    required(sh`[ -d ${dirname(path)} ]`, `Destination directory ${dirname(now.dest)} does not exist`),
    isSame(now)
      ? adjustScript(path, adjustOf(now, want), true)
      : lines([
          replaceFile({
            ...want,
            dest: now.dest,
            content: sh`cat ${source}`,
            now: now.status,
            adjust: adjustOf(now, want),
          }),
          sh`sum=$(md5sum <"$dest"); field md5 "\${sum%% *}"`,
        ]),
    probeStatus('status', path),
  ])
}

export function remoteCopyResult({ now, want, ran }: Outcome<RemoteCopyNow, RemoteCopy>): JsonObject {
  const status = ran === null ? now.status : readStatus(ran.fields, 'status')
  const backup = ran?.fields.get('backup_file')
  return {
    dest: now.source?.kind === 'directory' ? want.dest : now.dest,
    src: want.src,
    checksum: now.sourceSha1,
    md5sum: ran?.fields.get('md5') ?? null,
    ...(backup === undefined ? {} : { backup_file: backup }),
    ...pathInfo(status),
  }
}

function shown(status: Status | null, sha1: string | null): string | null {
  return status === null || sha1 === null ? null : `(${status.size} bytes, sha1 ${sha1})`
}

function isSame(now: RemoteCopyNow): boolean {
  return now.sha1 === now.sourceSha1 && now.status?.kind === 'file'
}

function adjustOf(now: RemoteCopyNow, want: RemoteCopy): Adjustment {
  const attributes = want.preserve ? { ...want.attributes, mode: now.source!.mode } : want.attributes
  return fileAdjustment(now.status?.kind === 'file' ? now.status : null, attributes, now.umask)
}

function directories(now: RemoteCopyNow, want: RemoteCopy): readonly string[] {
  if (now.source?.kind === 'directory') return missingDirectories(now.dest, now.existing)
  return want.dest.endsWith('/') ? missingDirectories(dirname(now.dest), now.existing) : []
}

function freshDirectory(now: RemoteCopyNow, want: RemoteCopy): Adjustment {
  return initialAdjustment(want.directoryAttributes, 0o777, now.umask)
}

/** The directory itself has what files are given, as in Ansible; those above it have the attributes of directories. */
function rootAdjustment({ status, umask }: RemoteCopyNow, { attributes }: RemoteCopy): Adjustment {
  return status === null ? initialAdjustment(attributes, 0o777, umask) : adjustment(status, attributes, umask)
}

/** Owner and group of everything that is there already, and the mode of the directory itself. */
function treeWanted(want: RemoteCopy): Attributes {
  return { ...want.attributes, mode: null }
}

function planDirectory(now: RemoteCopyNow, want: RemoteCopy): readonly Change[] {
  if (now.status !== null && now.status.kind !== 'directory')
    throw new Failure(`${now.dest} already exists as a ${now.status.kind}`)
  return [
    ...directoryChanges(directories(now, want), freshDirectory(now, want)),
    ...now.different.map(({ path, status }) => ({
      what: `${now.dest}${path.slice(1)}: ${status.kind === 'directory' ? 'state' : 'content'}`,
      before: status.kind === 'directory' ? 'absent' : null,
      after: status.kind === 'directory' ? 'directory' : `(${status.size} bytes)`,
    })),
    ...(now.status === null ? [] : adjustmentChanges(now.status, adjustment(now.status, want.attributes, now.umask))),
    ...treeAdjustments(now.tree, treeWanted(want), now.umask).flatMap(({ path, status, adjust }) =>
      adjustmentChanges(status, adjust, `${path}: `),
    ),
  ]
}

function applyDirectory(want: RemoteCopy, now: RemoteCopyNow): Sh {
  const target = (entry: Entry) => hostPath(now.dest) + entry.path.slice(1)
  const source = (entry: Entry) => hostPath(want.src).replace(/\/+$/, '') + entry.path.slice(1)
  const { owner, group } = want.attributes
  return lines([
    makeDirectories(directories(now, want), freshDirectory(now, want)),
    ...now.different.map((entry) => {
      const adjust = { mode: entry.status.kind === 'link' ? null : entry.status.mode, owner, group }
      if (entry.status.kind === 'directory') {
        // Made with its mode: the next run would not know that a directory that is there is not finished.
        const made = sh`mkdir -p -m ${exact(entry.status.mode)} ${target(entry)}`
        return owner === null && group === null ? made : lines([made, adjustScript(target(entry), adjust)])
      }
      if (entry.status.kind === 'link')
        return lines([
          sh`rm -f ${target(entry)}`,
          sh`cp -P ${source(entry)} ${target(entry)}`,
          adjustScript(target(entry), adjust),
        ])
      return replaceFile({ dest: target(entry), content: sh`cat ${source(entry)}`, now: null, adjust })
    }),
    adjustScript(hostPath(now.dest), rootAdjustment(now, want), true),
    adjustTreeScript(treeAdjustments(now.tree, treeWanted(want), now.umask)),
  ])
}
