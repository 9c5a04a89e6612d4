import type { Blob } from './blob.ts'

/**
 * What a script does that puts a file where there is nothing, and then tells its status as the field `status`; that and no more. The
 * probe it was planned on answers the same as long as the folder is there and the file is not. Neighbours in a chain may do it together:
 * one mv(1) and one stat(1) for all.
 */
export type NewFile = {
  /** Absolute, or with `./` before it. */
  readonly folder: string
  readonly name: string
  readonly content: Blob
  /** The umask that gives it its mode; null: the shell's own. */
  readonly umask: string | null
}
