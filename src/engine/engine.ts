import type { Emit } from '../kernel/event.ts'
import type { Runnable } from '../kernel/module.ts'
import type { Position } from '../kernel/problem.ts'
import type { Redactor } from '../kernel/secret.ts'
import type { Connection } from '../kernel/shell.ts'
import type { Dict, Value } from '../kernel/value.ts'
import type { Loader } from '../language/loader.ts'
import type { FactCache } from '../variables/fact-cache.ts'
import type { FileFolder } from '../variables/lookups/lookup.ts'
import type { Layer, Renderer, Scope } from '../variables/scope.ts'
import type { LocalBlobs } from './local-blobs.ts'

/** How to reach a host, rendered from `ansible_*` variables and keywords. */
export type Target = {
  /** The host's inventory name. */
  readonly name: string
  /** `ssh`, `openssh`, `local`, `nsenter`, … */
  readonly connection: string
  readonly address: string
  readonly port: number | null
  readonly user: string | null
  readonly password: string | null
  readonly privateKeyFile: string | null
  readonly sshArgs: readonly string[]
  /** The OpenSSH client; one that is not `ssh` makes the connection itself. */
  readonly sshExecutable: string
  /** Seconds. */
  readonly timeout: number
  /** How often it is tried again when it can't be reached. */
  readonly retries: number
  readonly shellExecutable: string
}

/** What the templates of a run can do. */
export type Templates = Renderer & {
  /** Whether values keep their types (`jinja2_native`). */
  readonly native: boolean
  /** A bare condition (`when:`), evaluated to its truth. */
  condition(source: string, at: Position | null, scope: Scope): boolean
  /** What template files have as `ansible_managed`, with `{file}`, `{host}`, `{uid}` and the directives of strftime. */
  readonly managed: string
  /** A template file's text, rendered; `path` serves messages and relative includes. */
  renderFile(text: string, path: string, options: { readonly [name: string]: Value }, scope: Scope): string
  /** An expression's value; undefined when it is not defined. */
  evaluate(source: string, at: Position | null, scope: Scope): Value | undefined
  /** A lookup plugin, for `with_*`. */
  /** `subfolder`: where the task's kind of file is looked for first. */
  lookup(name: string, terms: readonly Value[], scope: Scope, subfolder: FileFolder): readonly Value[]
}

/** Files on the controller. */
export type LocalFiles = {
  exists(path: string): boolean
  /** Text of a file, decrypted when it is a vault file. */
  readText(path: string): string
  /** What a vault file holds. */
  decrypt(ciphertext: string, path: string): Buffer
}

/** The inventory as the engine sees it; `add_host` and `group_by` write to it. */
export type Hosts = {
  match(pattern: string, limit: string | null): readonly string[]
  all(): readonly string[]
  isHost(name: string): boolean
  layersOf(host: string): readonly Layer[]
  /** Counts the changes of what `layersOf` gives. */
  readonly revision: number
  groupsOf(host: string): readonly string[]
  groups(): ReadonlyMap<string, readonly string[]>
  addHost(name: string, groups: readonly string[], vars: Dict): boolean
  addToGroup(host: string, group: string, parents: readonly string[]): boolean
}

export type RunOptions = {
  readonly check: boolean
  readonly diff: boolean
  readonly forks: number
  readonly tags: readonly string[]
  readonly skipTags: readonly string[]
  readonly roles: readonly string[]
  readonly limit: string | null
  readonly forceHandlers: boolean
  readonly verbosity: number
  readonly startAtTask: string | null
  /** Probe only the task at hand, never ahead: slow, and the same in every other way. */
  readonly lookAhead: boolean
  /** Seconds between two questions for a background job, where the task does not say. */
  readonly pollInterval: number
  /** Facts are variables of their own too, not only in `ansible_facts`. */
  readonly injectFacts: boolean
  /** A handler that is notified and not there is a problem, and not a warning. */
  readonly missingHandlerFails: boolean
  /** Where `async` keeps its jobs on hosts; `~` is the user's home there. */
  readonly asyncDir: string
  /** `smart`: a host whose facts are known gathers them no more. `explicit`: plays gather facts only when they say so. */
  readonly gathering: 'implicit' | 'explicit' | 'smart'
  /** Ask before each task. */
  readonly step: boolean
  /** Open the debugger on every task that fails. */
  readonly taskDebugger: boolean
  /** An ignored failure opens no debugger. */
  readonly debuggerIgnoresErrors: boolean
  /** A person may step in between tasks (a debugger, `--step`): nothing may be applied before it is its turn. */
  readonly interactive: boolean
  /** For plays that name no strategy. */
  readonly strategy: string
  /** The variables of a role are seen by its own tasks alone. */
  readonly privateRoleVars: boolean
  /** Defaults of the command line and configuration: `ansible_user`, `become`, … */
  readonly defaults: ConnectionDefaults
}

export type ConnectionDefaults = {
  readonly connection: string | null
  readonly user: string | null
  readonly password: string | null
  readonly privateKeyFile: string | null
  readonly sshArgs: readonly string[]
  readonly sshExecutable: string
  readonly timeout: number
  readonly retries: number
  readonly become: boolean
  readonly becomeUser: string | null
  readonly becomeMethod: string | null
  readonly becomePassword: string | null
  readonly becomeExe: string | null
  readonly becomeFlags: string | null
  /** What single methods of becoming are told, above all that holds for every method. */
  readonly becomeMethods: { readonly [method: string]: BecomeDefaults }
  readonly shellExecutable: string
}

export type BecomeDefaults = { readonly [name in 'user' | 'exe' | 'flags' | 'password']: string | null }

/** Everything the engine works with, given by the command that starts it. */
export type Engine = {
  readonly options: RunOptions
  readonly emit: Emit
  readonly hosts: Hosts
  readonly templates: Templates
  readonly files: LocalFiles
  readonly blobs: LocalBlobs
  readonly loader: Loader
  readonly redactor: Redactor
  /** Facts of earlier runs, and where this run's are kept. */
  readonly facts: FactCache
  readonly extraVars: Dict
  /** Magic variables that the run fixes: `playbook_dir`, `ansible_version`, … */
  readonly magic: Dict
  /** True once the run has been asked to stop: tasks under way are finished, none is begun. */
  stopping(): boolean
  /** A file's text, for showing the place of a problem. */
  readonly sourceOf: (file: string) => string | null
  /** Names of all modules and controls, for "did you mean". */
  moduleNames(): readonly string[]
  refreshInventory(): Promise<void>
  /** Loads the plugins of roles that have been met since the last time. */
  loadPlugins(): Promise<void>
  /** The module of that name, at once when it has been loaded; null when there is none. */
  module(name: string, collection: string): Runnable | null | Promise<Runnable | null>
  connect(target: Target): Promise<Connection>
  /** Counts the places where modules have been looked for: as long as it is the same, so is what names mean. */
  modulesKnown(): number
  /** What the controller's own machine says of itself, as a shell's identity does. */
  readonly machine: string
  /** Asks the person at the terminal; null when nobody can be asked. */
  ask(prompt: string, secret: boolean): Promise<string | null>
  /** A line of standard input, be it a terminal or not; null at its end. */
  readLine(prompt: string): Promise<string | null>
}
