import type { Change } from '../../kernel/change.ts'
import type { Fields } from '../../kernel/fields.ts'
import { STATUS_FORMAT } from '../../kernel/question.ts'
import { lines, type Sh, sh } from '../../kernel/sh.ts'
import { type Format, type Source, tar } from './archive.ts'
import { type Attributes, adjustmentChanges, exact, probeUmask, readUmask } from './attributes.ts'
import { matchesName } from './name-pattern.ts'
import { hostPath, join } from './paths.ts'
import { octal, probeStatus, readStatus, type Status } from './status.ts'
import { adjustTreeScript, chunks, type Entry, parseEntries, treeAdjustments } from './tree.ts'
import { listedMembers, type ZipMember } from './zip-list.ts'

export type UnarchiveWant = {
  readonly source: Source
  readonly format: Format
  readonly src: string
  readonly dest: string
  /** The members of a zip archive that is sent along. */
  readonly members: readonly ZipMember[] | null
  readonly creates: string | null
  readonly listFiles: boolean
  readonly keepNewer: boolean
  readonly exclude: readonly string[]
  readonly include: readonly string[]
  readonly options: readonly string[]
  readonly attributes: Attributes
}

export type UnarchiveNow = {
  readonly created: boolean
  readonly problem: string | null
  readonly status: Status | null
  readonly files: readonly { readonly name: string; readonly differs: boolean }[]
  readonly entries: readonly Entry[]
  readonly umask: number
}

/** Shell text that compares the archive with the directory: by `tar --diff`, or by size and CRC-32 of each zip member. */
export function probeUnarchive(want: UnarchiveWant): Sh {
  const dest = hostPath(want.dest)
  const { source } = want
  return lines([
    want.creates === null ? null : sh`if [ -e ${hostPath(want.creates)} ]; then field created 1; exit 0; fi`,
    probeStatus('status', dest, { follow: true }),
    sh`if [ ! -d ${dest} ]; then field problem ${`Destination '${want.dest}' is not a directory`}; exit 0; fi`,
    source.kind === 'path' &&
      sh`if [ ! -e ${hostPath(source.path)} ]; then field problem ${`Source '${source.path}' does not exist`}; exit 0; fi`,
    want.format === 'zip' ? probeZip(want, dest) : probeTar(want, dest),
    hasAttributes(want)
      ? sh`field entries "$(emit "$names" | tr '\n' '\0' | { cd ${dest} && xargs -0 stat -c ${`//${STATUS_FORMAT} %n`} 2>/dev/null; })"`
      : null,
    probeUmask(want.attributes),
  ])
}

function probeTar(want: UnarchiveWant, dest: string): Sh {
  const words = ['--diff', '-v', '--quoting-style=literal', '-C', dest, ...tarOptions(want)]
  return sh`
    tar --version 2>/dev/null | grep -q GNU || { field problem 'GNU tar is needed to unpack this; install tar first'; exit 0; }
    code=0
    names=$({ ${tar(want.source, want.format, words, want.include)}; } 2>&1) || code=$?
    field code "$code"
    field diff "$names"`
}

function tarOptions(want: UnarchiveWant): string[] {
  return [
    ...(want.options.length === 0 ? [] : ['--show-transformed-names', ...want.options]),
    ...(want.keepNewer ? ['--keep-newer-files'] : []),
    ...want.exclude.map((path) => `--exclude=${path}`),
  ]
}

function probeZip(want: UnarchiveWant, dest: string): Sh {
  if (want.source.kind === 'url')
    return sh`field problem ${`a zip archive can not be read from a pipe: fetch ${want.src} with get_url first`}; exit 0`
  const list =
    want.source.kind === 'path'
      ? sh`list=$(unzip -v ${hostPath(want.source.path)} 2>&1) || { field problem "$list"; exit 0; }; field list "$list"`
      : null
  const names = (want.members ?? []).map((member) => member.name)
  const fromList = sh`names=$(unzip -Z1 ${want.source.kind === 'path' ? hostPath(want.source.path) : ''})`
  return lines([
    sh`command -v unzip >/dev/null || { field problem 'unzip is needed to unpack this; install unzip first'; exit 0; }`,
    list,
    want.source.kind === 'path' ? fromList : sh`names=${names.join('\n')}`,
    sh`
      field sums "$(cd ${dest}; emit "$names
      " | while IFS= read -r name; do
        if [ -d "$name" ]; then echo "directory $name"
        elif [ -f "$name" ]; then set -- $(gzip -1c <"$name" | tail -c 8 | od -An -tx4); echo "$1 $name"; fi
      done)"`,
  ])
}

export function readUnarchive(fields: Fields, want: UnarchiveWant): UnarchiveNow {
  const files = want.format === 'zip' ? zipFiles(fields, want) : tarFiles(fields, want)
  const failed =
    (fields.int('code') ?? 0) > 1 &&
    /^tar: .*(?:not recoverable|does not look like|Not found in)/m.test(fields.text('diff'))
  const words = `Failed to find handler for "${want.src}": ${fields.text('diff').trim()}`
  return {
    created: fields.flag('created'),
    problem: fields.get('problem') ?? (failed ? words : null),
    status: readStatus(fields, 'status'),
    files,
    entries: parseEntries(fields.text('entries')),
    umask: readUmask(fields),
  }
}

const DIFFERENCE =
  /^(?:tar: )?(.*?): (?:Warning: )?(Mode differs|Uid differs|Gid differs|Mod time differs|Size differs|Contents differ|File type differs|Symlink differs|Not linked to .*|Cannot (?:stat|open|lstat|readlink).*)$/s

/** A verbose `tar --diff`: each member's name, and after it what differs. What the task sets anyway is no difference. */
function tarFiles(fields: Fields, want: UnarchiveWant): UnarchiveNow['files'] {
  const { owner, group, mode } = want.attributes
  const ignored = new Set([
    ...(owner === null ? [] : ['Uid differs']),
    ...(group === null ? [] : ['Gid differs']),
    ...(mode === null ? [] : ['Mode differs']),
  ])
  const files = new Map<string, boolean>()
  for (const line of fields.text('diff').split('\n')) {
    const [, name, what] = DIFFERENCE.exec(line) ?? []
    if (what === undefined) {
      if (line !== '' && !line.startsWith('tar: ')) files.set(line, files.get(line) ?? false)
    } else if (!ignored.has(what)) {
      const member = files.has(`${name}/`) ? `${name}/` : name!
      files.set(member, true)
    }
  }
  return [...files].map(([name, differs]) => ({ name, differs }))
}

function zipFiles(fields: Fields, want: UnarchiveWant): UnarchiveNow['files'] {
  const sums = new Map(
    fields
      .text('sums')
      .split('\n')
      .map((line) => [line.slice(line.indexOf(' ') + 1), line.slice(0, line.indexOf(' '))]),
  )
  const taken = (name: string) =>
    (want.include.length === 0 || want.include.some((pattern) => matchesName(name, pattern))) &&
    !want.exclude.some((pattern) => matchesName(name, pattern))
  return (want.members ?? listedMembers(fields.text('list')))
    .filter(({ name }) => taken(name))
    .map(({ name, crc }) => ({ name, differs: sums.get(name) !== (name.endsWith('/') ? 'directory' : crc) }))
}

export function planUnarchive(now: UnarchiveNow, want: UnarchiveWant): readonly Change[] {
  const contents = now.files
    .filter((file) => file.differs)
    .map((file) => ({ what: `content ${file.name}`, before: null, after: want.src }))
  if (contents.length > 0) return [...contents, ...wantedChanges(want)]
  return treeAdjustments(now.entries, want.attributes, now.umask).flatMap(({ path, status, adjust }) =>
    adjustmentChanges(status, adjust, `${path}: `),
  )
}

/** With new files, the attributes of all of them are set. */
function wantedChanges({ attributes: { mode, owner, group } }: UnarchiveWant): Change[] {
  const change = (what: string, after: string | null) => (after === null ? [] : [{ what, before: null, after }])
  return [...change('owner', owner), ...change('group', group), ...change('mode', modeText(mode))]
}

function modeText(mode: number | string | null): string | null {
  return typeof mode === 'number' ? octal(mode) : mode
}

export function applyUnarchive(want: UnarchiveWant, now: UnarchiveNow): Sh {
  const dest = hostPath(want.dest)
  const status = probeStatus('status', dest, { follow: true })
  const path = (name: string) => join(dest, name.replace(/\/+$/, ''))
  if (!now.files.some((file) => file.differs)) {
    const adjustments = treeAdjustments(now.entries, want.attributes, now.umask)
    return lines([adjustTreeScript(adjustments.map((entry) => ({ ...entry, path: path(entry.path) }))), status])
  }
  const paths = chunks(now.files.map((file) => path(file.name)))
  const { mode, owner, group } = want.attributes
  const who = owner === null ? group : group === null ? owner : `${owner}:${group}`
  return lines([
    want.format === 'zip'
      ? unzip(want, dest)
      : tar(want.source, want.format, ['--extract', '-C', dest, ...tarOptions(want)], want.include),
    ...(who === null ? [] : paths.map((chunk) => sh`${owner === null ? 'chgrp' : 'chown'} -h ${who} ${chunk}`)),
    ...(mode === null
      ? []
      : paths.map(
          (chunk) =>
            sh`find ${chunk} -maxdepth 0 ! -type l -exec chmod ${typeof mode === 'number' ? exact(mode) : mode} {} +`,
        )),
    status,
  ])
}

function unzip(want: UnarchiveWant, dest: string): Sh {
  const excluded = want.exclude.length === 0 ? [] : ['-x', ...want.exclude]
  const words = ['-qq', ...(want.keepNewer ? ['-uo'] : ['-o']), ...want.options]
  if (want.source.kind === 'path')
    return sh`unzip ${words} ${hostPath(want.source.path)} ${want.include} ${excluded} -d ${dest}`
  if (want.source.kind === 'url') return sh`false`
  return sh`
    archive=$(mktemp)
    trap 'rm -f "$archive"' 0
    ${want.source.blob} >"$archive"
    unzip ${words} "$archive" ${want.include} ${excluded} -d ${dest}
    rm -f "$archive"
    trap - 0`
}

function hasAttributes({ attributes: { mode, owner, group } }: UnarchiveWant): boolean {
  return mode !== null || owner !== null || group !== null
}
