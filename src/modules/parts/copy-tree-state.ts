import type { LocalEntry } from '../../kernel/controller.ts'
import { type Adjustment, type Attributes, adjustment, initialAdjustment } from './attributes.ts'
import type { Status } from './status.ts'

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

/** An entry of the folder, and its content as changes show it. */
export type TreeItem = LocalEntry & { readonly shown: string }

export type TreeCopyNow = {
  readonly statuses: ReadonlyMap<string, Status>
  readonly sums: ReadonlyMap<string, string>
  readonly targets: ReadonlyMap<string, string>
  readonly existing: string
  readonly umask: number
  readonly hasTar: boolean
}

/** Whether the host gets the entry's content. */
export function isReplaced(entry: TreeItem, now: TreeCopyNow, want: TreeCopy): boolean {
  if (entry.kind !== 'file') return false
  if (now.statuses.has(entry.path) && !want.force) return false
  return now.sums.get(entry.path) !== entry.content!.sha1
}

/** What is wanted of an entry beyond what is there. */
export function adjustOf(entry: TreeItem, now: TreeCopyNow, want: TreeCopy): Adjustment {
  const status = now.statuses.get(entry.path) ?? null
  const directory = entry.kind === 'directory'
  const own = want.preserve ? { ...want.attributes, mode: entry.mode } : want.attributes
  const attributes = directory ? want.directoryAttributes : own
  if (status === null || status.kind === 'link')
    return initialAdjustment(attributes, directory ? 0o777 : 0o666, now.umask)
  return adjustment(status, attributes, now.umask)
}
