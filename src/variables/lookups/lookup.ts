import { Problem } from '../../kernel/problem.ts'
import type { Dict, Value } from '../../kernel/value.ts'
import type { Scope } from '../scope.ts'
import type { UrlAnswer, UrlRequest } from './url.ts'

/** Where a task's files are looked for first: `vars` for include_vars, `templates` for template, else `files`. */
export type FileFolder = 'files' | 'templates' | 'vars'

/** How a program has ended, and what it has printed. */
export type Ended = { readonly code: number; readonly out: string; readonly err: string }

/** What a lookup may use. Everything is synchronous, because a template is rendered in one go. */
export type LookupContext = {
  readonly scope: Scope
  /** A file on the controller, searched as Ansible does for the task at hand; null when there is none. */
  find(name: string, folder: string): string | null
  /** Text of a file, decrypted when it is a vault file; null when there is none. UTF-8 unless another encoding is named. */
  readText(path: string, encoding?: string): string | null
  /** Text of a file as a template, rendered; `syntax` has the markers and block rules of the `template` module. */
  renderFile(path: string, vars: Dict, syntax: { readonly [option: string]: Value }): string
  list(folder: string): readonly string[]
  kind(path: string): 'file' | 'directory' | null
  environment(name: string): string | undefined
  /** Runs a command on the controller; its standard output. */
  run(command: string): string
  /** Runs a program on the controller without a shell; without `input` it has our own standard input, where a person may be asked. */
  start(program: readonly string[], input: string | null, environment: { readonly [name: string]: string }): Ended
  /** Every text in the value is a secret from now on: it is masked in all that is told. */
  secret(value: Value): void
  write(path: string, text: string): void
  /** Fetches what a URL names. */
  fetch(request: UrlRequest): UrlAnswer
  /** A setting of the configuration by Ansible's name for it, that of a plugin by `section.key`; `undefined` when there is none. */
  setting(name: string): Value | undefined
  /** Where `ansible_collections/` is looked for. */
  readonly collections: readonly string[]
  warn(text: string): void
  /** Hosts that a pattern names. */
  hosts(pattern: string): readonly string[]
  /** The playbook's folder. */
  readonly folder: string
  /** Where files of the task at hand are looked for, in order. */
  readonly folders: readonly string[]
  /** Which subfolder of those the task's action looks in. */
  readonly subfolder: FileFolder
}

/** A lookup plugin: terms and options → a list of values. */
export type Lookup = {
  readonly name: string
  /** It does something (runs a command, writes a file), or gives another answer each time: never evaluated for a guess. */
  readonly effects?: true
  run(terms: readonly Value[], options: ReadonlyMap<string, Value>, context: LookupContext): readonly Value[]
}

/** The text of a file, looked for as Ansible does. Problem `file.missing`. */
export function readFound(context: LookupContext, name: string, folder: string, encoding = 'utf-8'): string {
  const path = context.find(name, folder)
  const text = path === null ? null : context.readText(path, encoding)
  if (text === null) throw missing(name)
  return text
}

export function missing(name: string): Problem {
  return new Problem({
    code: 'file.missing',
    summary: 'File not found on the controller',
    detail: `could not locate file in lookup: ${name}`,
  })
}
