import type { Change } from '../../kernel/change.ts'
import type { LocalEntry } from '../../kernel/controller.ts'
import type { Fields } from '../../kernel/fields.ts'
import type { Json } from '../../kernel/json.ts'
import { STATUS_FORMAT } from '../../kernel/question.ts'
import { lines, type Sh, sh } from '../../kernel/sh.ts'
import { adjustmentChanges, initialAdjustment, probeUmask, readUmask } from './attributes.ts'
import { showBlob } from './content.ts'
import { groupsOf, placeGroups } from './copy-tree-groups.ts'
import { adjustOf, isReplaced, type TreeCopy, type TreeCopyNow, type TreeItem } from './copy-tree-state.ts'
import { textDiff } from './diff.ts'
import { directoryChanges, makeDirectories, missingDirectories, probeExisting } from './directories.ts'
import { hostPath, join } from './paths.ts'
import { replaceFile } from './replace-file.ts'
import { parseSums } from './sha1sums.ts'
import { adjustTreeScript, chunks, parseEntries } from './tree.ts'

/** The content of files is shown up to this sum; what comes behind shows as sizes and checksums. */
const SHOWN_IN_ALL = 4 * 1024 * 1024

/** The entries with their content as changes show it. */
export async function treeItems(entries: readonly LocalEntry[]): Promise<readonly TreeItem[]> {
  const items: TreeItem[] = []
  let sum = 0
  for (const entry of entries) {
    sum += entry.content?.size ?? 0
    items.push({ ...entry, shown: entry.content === null ? '' : await showBlob(entry.content, sum <= SHOWN_IN_ALL) })
  }
  return items
}

/** One stat(1) and one sha1sum(1) for as many paths as an argument list takes; with one more behind them, no name at the end loses a line break. */
export function probeTreeCopy(want: TreeCopy): Sh {
  const paths = (kind: LocalEntry['kind'] | null) =>
    chunks(want.entries.filter((entry) => kind === null || entry.kind === kind).map((entry) => `./${entry.path}`))
  return lines([
    sh`path=${hostPath(want.root)}`,
    probeExisting,
    sh`if [ -d "$path" ] && cd "$path"; then :`,
    ...paths(null).map(
      (chunk) => sh`field stats "$(stat -c ${`//${STATUS_FORMAT} %n`} ${chunk} /dev/null 2>/dev/null)"`,
    ),
    ...(want.force ? paths('file').map((chunk) => sh`field sums "$(sha1sum ${chunk} /dev/null 2>/dev/null)"`) : []),
    ...want.entries
      .filter((entry) => entry.kind === 'link')
      .map(({ path }) => sh`[ ! -L ${`./${path}`} ] || field target ${`${path}=`}"$(readlink ${`./${path}`})"`),
    sh`
      fi
      ! command -v tar >/dev/null || field tar yes`,
    probeUmask(want.attributes),
  ])
}

export function readTreeCopy(fields: Fields): TreeCopyNow {
  const statuses = new Map(
    fields
      .all('stats')
      .flatMap(parseEntries)
      .filter(({ path }) => path.startsWith('./'))
      .map((entry) => [entry.path.slice(2), entry.status]),
  )
  const sums = fields.all('sums').flatMap(parseSums)
  return {
    statuses,
    sums: new Map(sums.filter(([path]) => statuses.get(path)?.kind === 'file')),
    targets: new Map(
      fields.all('target').map((text) => [text.slice(0, text.indexOf('=')), text.slice(text.indexOf('=') + 1)]),
    ),
    existing: fields.text('existing'),
    umask: readUmask(fields),
    hasTar: fields.has('tar'),
  }
}

export function planTreeCopy(now: TreeCopyNow, want: TreeCopy): readonly Change[] {
  const fresh = initialAdjustment(want.directoryAttributes, 0o777, now.umask)
  return [
    ...directoryChanges(missingDirectories(want.root, now.existing), fresh),
    ...want.entries.flatMap((entry) => entryChanges(entry, now, want)),
  ]
}

export function applyTreeCopy(want: TreeCopy, now: TreeCopyNow): Sh {
  const fresh = initialAdjustment(want.directoryAttributes, 0o777, now.umask)
  const missing = missingDirectories(want.root, now.existing)
  const groups = groupsOf(want, now)
  const together = new Set(groups.flatMap(([, entries]) => entries))
  const alone = want.entries.filter((entry) => !together.has(entry))
  return lines([
    groups.length === 0 ? makeDirectories(missing, fresh) : placeGroups(groups, missing, want, now),
    ...alone.map((entry) => entryScript(entry, now, want)),
    adjustTreeScript(
      want.entries.flatMap((entry) => {
        const status = now.statuses.get(entry.path)
        if (status === undefined || entry.kind === 'link' || isReplaced(entry, now, want)) return []
        return [{ path: hostPath(join(want.root, entry.path)), status, adjust: adjustOf(entry, now, want) }]
      }),
    ),
  ])
}

function entryChanges(entry: TreeItem, now: TreeCopyNow, want: TreeCopy): readonly Change[] {
  const status = now.statuses.get(entry.path) ?? null
  const path = join(want.root, entry.path)
  if (entry.kind === 'link') {
    const before = now.targets.get(entry.path) ?? null
    return before === entry.target ? [] : [{ what: `${path}: src`, before, after: entry.target }]
  }
  if (status !== null && !want.force && entry.kind === 'file') return []
  const changes: Change[] = []
  if (entry.kind === 'directory' && status === null)
    changes.push({ what: `${path}: state`, before: 'absent', after: 'directory' })
  if (isReplaced(entry, now, want)) {
    const sum = now.sums.get(entry.path)
    const before = sum === undefined ? null : `(${status!.size} bytes, sha1 ${sum})`
    changes.push({ what: `${path}: content`, before, after: entry.shown })
  }
  return [...changes, ...adjustmentChanges(status, adjustOf(entry, now, want), `${path}: `)]
}

/** The content of every file that changes. */
export function treeCopyDiff(changes: readonly Change[], shown: boolean): Json {
  const contents = changes.filter(({ what }) => what.endsWith(': content'))
  return shown ? contents.map((change) => textDiff(change, change.what.slice(0, -': content'.length), shown)) : []
}

function entryScript(entry: TreeItem, now: TreeCopyNow, want: TreeCopy): Sh | null {
  const status = now.statuses.get(entry.path) ?? null
  const path = hostPath(join(want.root, entry.path))
  if (entry.kind === 'link') {
    if (now.targets.get(entry.path) === entry.target) return null
    return sh`
      rm -f ${path}
      ln -s -- ${entry.target} ${path}`
  }
  if (entry.kind === 'directory') return status === null ? makeDirectories([path], adjustOf(entry, now, want)) : null
  if (!isReplaced(entry, now, want)) return null
  const adjust = adjustOf(entry, now, want)
  return replaceFile({ ...want, dest: path, content: entry.content!, now: status, adjust })
}
