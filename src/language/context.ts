import type { Parent, Play, Role } from './model.ts'

/** Where a list of tasks stands: what its tasks inherit from and where relative names start. */
export type Context = {
  readonly play: Play
  readonly role: Role | null
  readonly parent: Parent
  readonly handlers: boolean
  readonly file: string
  /** Collections searched for short names. */
  readonly collections: readonly string[]
  /** Receives the roles that `import_role` brings in. */
  readonly importedRoles: Role[]
  /** Files and roles being imported, to find one that imports itself. */
  readonly importing: readonly string[]
}
