import type { Fields } from '../../kernel/fields.ts'
import { STATUS_FORMAT } from '../../kernel/question.ts'
import { lines, type Sh, sh } from '../../kernel/sh.ts'
import { type Adjustment, type Attributes, adjustment, adjustScript, isSettled } from './attributes.ts'
import { parseStatus, type Status } from './status.ts'

export type Entry = { readonly path: string; readonly status: Status }

/**
 * Shell text that gives everything below a folder as fields `tree` (and, for links that are followed, `linked`): one find(1), and as few stat(1) as argument
 * lists allow. What an interrupted run left is not listed. No path holds `//`, so it parts the records whatever the names are.
 */
export function probeTree(folder: string | Sh, follow: boolean): Sh {
  const format = `//${STATUS_FORMAT} %n`
  return lines([
    sh`field tree "$(find ${folder} ! -path ${folder} -name '.provision.*' -prune -o ! -path ${folder} -exec stat -c ${format} {} +)"`,
    follow
      ? sh`
        if [ -n "$(find ${folder} -type l)" ]; then
          field linked "$(find -L ${folder} ! -path ${folder} ! -type l -exec stat -L -c ${format} {} + 2>/dev/null)"
        fi`
      : null,
  ])
}

/** The entries that `probeTree` found; followed links stand there twice, as themselves and as what they point to. */
export function readTree(fields: Fields): readonly Entry[] {
  const own = parseEntries(fields.text('tree'))
  const names = new Set(own.filter((entry) => entry.status.kind !== 'link').map((entry) => entry.path))
  const linked = parseEntries(fields.text('linked')).filter((entry) => !names.has(entry.path))
  return [...own, ...linked].sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0))
}

export function parseEntries(text: string): Entry[] {
  const entries: Entry[] = []
  for (const record of text.split(/(?:^|\n)\/\//)) {
    const match = /^((?:\S+ ){10})(.+)$/s.exec(record)
    const status = match === null ? null : parseStatus(match[1]!.trim())
    if (status !== null) entries.push({ path: match![2]!, status })
  }
  return entries
}

type TreeAdjustment = Entry & { readonly adjust: Adjustment }

/** The entries whose attributes differ from the wanted ones. */
export function treeAdjustments(
  entries: readonly Entry[],
  wanted: Attributes,
  umask: number,
): readonly TreeAdjustment[] {
  return entries
    .map(({ path, status }) => ({ path, status, adjust: adjustment(status, wanted, umask) }))
    .filter(({ adjust }) => !isSettled(adjust))
}

/** Shell text that makes the adjustments: one chown(1) or chmod(1) for all paths that need the same. What is new may be without a status. */
export function adjustTreeScript(adjustments: readonly (Omit<TreeAdjustment, 'status'> & Partial<Entry>)[]): Sh {
  const owners = new Map<string, string[]>()
  const modes = new Map<string, string[]>()
  for (const { path, status, adjust } of adjustments) {
    if (adjust.owner !== null || adjust.group !== null)
      add(owners, JSON.stringify([adjust.owner, adjust.group, status?.kind !== 'link']), path)
    if (adjust.mode !== null) add(modes, String(adjust.mode), path)
  }
  return lines([
    ...[...owners].flatMap(([key, paths]) => {
      const [owner, group, follow] = JSON.parse(key) as [string | null, string | null, boolean]
      return chunks(paths).map((chunk) => adjustScript(chunk, { mode: null, owner, group }, follow))
    }),
    ...[...modes].flatMap(([mode, paths]) =>
      chunks(paths).map((chunk) => adjustScript(chunk, { mode: Number(mode), owner: null, group: null })),
    ),
  ])
}

function add(groups: Map<string, string[]>, key: string, path: string): void {
  const group = groups.get(key)
  if (group === undefined) groups.set(key, [path])
  else group.push(path)
}

/** Lists that are short enough for one command. */
export function chunks(paths: readonly string[]): string[][] {
  const chunks: string[][] = []
  let room = 0
  for (const path of paths) {
    if (room < path.length) {
      chunks.push([])
      room = 64 * 1024
    }
    chunks.at(-1)!.push(path)
    room -= path.length + 1
  }
  return chunks
}
