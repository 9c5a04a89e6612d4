/** The controller's files as the language and the inventory read them: never written, so a test can give a project as a table. */
export type Files = {
  /**
   * The text of a file, decrypted when it is a vault file; null if there is none. UTF-8 unless another encoding is named. Throws the
   * problem of a file that can't be read.
   */
  read(path: string, encoding?: string): string | null
  /** What stands at a path, links followed. */
  kind(path: string): 'file' | 'directory' | null
  /** The names in a folder, sorted; none if there is no such folder. */
  list(folder: string): readonly string[]
  /** Whether a file may be executed. */
  executable(path: string): boolean
}
