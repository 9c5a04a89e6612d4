import type { Sh } from '../../kernel/sh.ts'
import { initialAdjustment } from './attributes.ts'
import { adjustOf, isReplaced, type TreeCopy, type TreeCopyNow, type TreeItem } from './copy-tree-state.ts'
import { basename, dirname } from './paths.ts'
import { placeTogether } from './place-together.ts'

/** So many new things in one folder are worth the processes that bring them together. */
const TOGETHER_FROM = 8

/** A folder that is there ('': the root), and what is brought together into it. */
type Group = readonly [folder: string, entries: readonly TreeItem[]]

/** What is brought together: all that is new or changed and small, where there is enough of it. */
export function groupsOf(want: TreeCopy, now: TreeCopyNow): readonly Group[] {
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

/**
 * Shell text that brings the groups, and makes the folders that are missing on the way. Without the root there is one group, which begins
 * with them.
 */
export function placeGroups(
  groups: readonly Group[],
  missing: readonly string[],
  want: TreeCopy,
  now: TreeCopyNow,
): Sh {
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
