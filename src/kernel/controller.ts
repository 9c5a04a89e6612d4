import type { Blob } from './blob.ts'

export type LocalEntry = {
  /** Path below the folder asked for, with `/`. */
  readonly path: string
  readonly kind: 'file' | 'directory' | 'link'
  /** Permission bits, e.g. 0o755. */
  readonly mode: number
  readonly target: string | null
  readonly content: Blob | null
}

export type RenderOptions = {
  trim_blocks?: boolean
  lstrip_blocks?: boolean
  newline_sequence?: string
  block_start_string?: string
  block_end_string?: string
  variable_start_string?: string
  variable_end_string?: string
  comment_start_string?: string
  comment_end_string?: string
}

/** The home of a user of the host, of the one the task runs as for ''; null when it has none: the path stays as it was written. */
export type Homes = (user: string) => string | null

/** A module's only door to the controller's side: files and templates, found where Ansible would look for them. */
export type Controller = {
  /** What `~` and `~user` mean in a path argument. */
  readonly home: Homes
  /** How the task is to be told. `isHeard`: its result is registered, or shown whole; costly parts of it can be left out when nobody sees them. */
  readonly settings: {
    readonly diff: boolean
    readonly noLog: boolean
    readonly verbosity: number
    readonly isHeard: boolean
  }
  /** Absolute path of a file for `src:`; `folder` is `files` or `templates`. Problem `file.missing` names every place searched. */
  find(name: string, folder: 'files' | 'templates'): Promise<string>
  /** The content of a file on the controller; a vault file's is decrypted unless `decrypt` is false. */
  file(path: string, decrypt?: boolean): Promise<Blob>
  /** `file`, `directory` or `null`, and permission bits, of a path on the controller. */
  stat(path: string): Promise<{ kind: 'file' | 'directory'; mode: number } | null>
  /** The names in a folder on the controller. */
  names(folder: string): Promise<readonly string[]>
  /** Everything below a folder on the controller, sorted by path; links are followed unless `follow` is false. */
  tree(folder: string, follow: boolean, decrypt?: boolean): Promise<readonly LocalEntry[]>
  /** The template file rendered with the task's scope (and `ansible_managed`, `template_path`, …). */
  render(path: string, options: RenderOptions): Promise<string>
}
