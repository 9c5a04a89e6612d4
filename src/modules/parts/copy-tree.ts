import type { Change } from '../../kernel/change.ts'
import type { LocalEntry } from '../../kernel/controller.ts'
import type { Fields } from '../../kernel/fields.ts'
import type { Json } from '../../kernel/json.ts'
import { STATUS_FORMAT } from '../../kernel/question.ts'
import { lines, type Sh, sh } from '../../kernel/sh.ts'
import {
  type Adjustment,
  type Attributes,
  adjustment,
  adjustmentChanges,
  initialAdjustment,
  probeUmask,
  readUmask,
} from './attributes.ts'
import { showBlob } from './content.ts'
import { textDiff } from './diff.ts'
import { directoryChanges, makeDirectories, missingDirectories, probeExisting } from './directories.ts'
import { basename, dirname, hostPath, join } from './paths.ts'
import { placeTogether } from './place-together.ts'
import { replaceFile } from './replace-file.ts'
import type { Status } from './status.ts'
import { adjustTreeScript, chunks, parseEntries } from './tree.ts'

/** A folder on the controller to a directory on the host. */
export type TreeCopy = {
  readonly kind: 'tree'
  readonly src: string
  /** What the result calls `dest`, with a slash at its end. */
  readonly dest: string
  /** The directory that the entries go to. */
  readonly root: string
  readonly entries: readonly TreeItem[]
  readonly attributes: Attributes
  /** `mode: preserve`: each file as it is on the controller. */
  readonly preserve: boolean
  readonly directoryAttributes: Attributes
  readonly force: boolean
  readonly backup: boolean
  readonly validate: string | undefined
}

type TreeItem = LocalEntry & { readonly shown: string }

export type TreeCopyNow = {
  readonly statuses: ReadonlyMap<string, Status>
  readonly sums: ReadonlyMap<string, string>
  readonly targets: ReadonlyMap<string, string>
  readonly existing: string
  readonly umask: number
  readonly hasTar: boolean
}

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

/** Each path and its checksum; where a name has a line break or a backslash, that of coreutils stands behind a backslash. */
function parseSums(text: string): (readonly [path: string, sum: string])[] {
  return text.split(/(?:^|\n)(?=\\?[0-9a-f]{40} [ *][./])/).flatMap((record) => {
    const match = /^(\\?)([0-9a-f]{40}) [ *]\.\/(.+)$/s.exec(record)
    if (match === null) return []
    const [, escaped, sum, name] = match as unknown as [string, string, string, string]
    return [[escaped === '' ? name : name.replace(/\\(.)/g, (_, letter: string) => ESCAPES[letter] ?? letter), sum]]
  })
}

const ESCAPES: { readonly [letter: string]: string } = { n: '\n', r: '\r' }

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

/** So many new things in one folder are worth the processes that bring them together. */
const TOGETHER_FROM = 8

/** A folder that is there ('': the root), and what is brought together into it. */
type Group = readonly [folder: string, entries: readonly TreeItem[]]

function groupsOf(want: TreeCopy, now: TreeCopyNow): readonly Group[] {
  const groups = new Map<string, TreeItem[]>()
  for (const entry of want.entries) {
    if (!now.hasTar || !isPlaced(entry, now, want)) continue
    let folder = parentOf(entry.path)
    while (folder !== '' && !now.statuses.has(folder)) folder = parentOf(folder)
    const others = groups.get(folder)
    if (others === undefined) groups.set(folder, [entry])
    else others.push(entry)
  }
  return [...groups].filter(([, entries]) => entries.length >= TOGETHER_FROM)
}

/** A large file comes alone, piece by piece, and so does one that a command must accept, or that leaves a backup. */
function isPlaced(entry: TreeItem, now: TreeCopyNow, want: TreeCopy): boolean {
  const isNew = !now.statuses.has(entry.path)
  if (entry.kind === 'directory') return isNew
  if (!isReplaced(entry, now, want) || entry.content!.stream !== null) return false
  return (want.validate ?? '') === '' && (isNew || !want.backup)
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')))
}

/** Without the root there is one group, which begins with the folders on the way. */
function placeGroups(groups: readonly Group[], missing: readonly string[], want: TreeCopy, now: TreeCopyNow): Sh {
  const base = missing.length === 0 ? want.root : dirname(missing[0]!)
  const names = missing.map(basename)
  const onTheWay = names.map((_, index) => ({
    path: names.slice(0, index + 1).join('/'),
    content: null,
    now: null,
    adjust: initialAdjustment(want.directoryAttributes, 0o777, now.umask),
  }))
  const batches = groups.map(([folder, entries]) => {
    const items = entries.map((entry) => ({
      path: [...names, folder === '' ? entry.path : entry.path.slice(folder.length + 1)].join('/'),
      content: entry.content,
      now: now.statuses.get(entry.path) ?? null,
      adjust: adjustOf(entry, now, want),
    }))
    return { folder: folder === '' ? '.' : folder, items: [...onTheWay, ...items] }
  })
  return placeTogether(base, batches)
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

function isReplaced(entry: TreeItem, now: TreeCopyNow, want: TreeCopy): boolean {
  if (entry.kind !== 'file') return false
  if (now.statuses.has(entry.path) && !want.force) return false
  return now.sums.get(entry.path) !== entry.content!.sha1
}

function adjustOf(entry: TreeItem, now: TreeCopyNow, want: TreeCopy): Adjustment {
  const status = now.statuses.get(entry.path) ?? null
  const directory = entry.kind === 'directory'
  const own = want.preserve ? { ...want.attributes, mode: entry.mode } : want.attributes
  const attributes = directory ? want.directoryAttributes : own
  if (status === null || status.kind === 'link')
    return initialAdjustment(attributes, directory ? 0o777 : 0o666, now.umask)
  return adjustment(status, attributes, now.umask)
}
