import type { Group, Host } from './groups.ts'
import type { Inventory } from './inventory.ts'

/** Where the reader of one source writes. */
export type Target = {
  readonly inventory: Inventory
  /** The path of the source, as it is shown in problems. */
  readonly source: string
  /** A host that this source names; the first source that does is its `inventory_file`. */
  defineHost(name: string, group: Group | null): Host
}
