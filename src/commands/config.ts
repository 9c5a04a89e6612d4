import type { ContentPaths } from '../custom/content.ts'
import { DEFAULT_INVENTORY, type InventorySettings } from '../inventory/settings.ts'
import type { Position } from '../kernel/problem.ts'
import { displaySettings } from './config-display.ts'
import { parseIni } from './config-ini.ts'
import { KEYS, type Key } from './config-keys.ts'
import { warnOfOthers } from './config-others.ts'
import { absolutePath, Settings } from './config-settings.ts'

/** What the configuration file and the environment set; null or an empty list where they say nothing. */
export type Config = {
  /** The configuration file, or null without one. */
  readonly file: string | null
  readonly inventories: readonly string[]
  readonly rolesPath: readonly string[]
  readonly collectionsPaths: readonly string[]
  /** Folders of modules and plugins of one's own. */
  readonly content: ContentPaths
  readonly remoteUser: string | null
  readonly privateKeyFile: string | null
  readonly connection: string | null
  readonly executable: string | null
  readonly hostKeyChecking: boolean
  readonly forks: number | null
  readonly timeout: number | null
  readonly vaultPasswordFile: string | null
  readonly vaultIdentities: readonly string[]
  readonly vaultEncryptIdentity: string | null
  readonly vaultIdMatch: boolean
  readonly native: boolean
  readonly gathering: 'implicit' | 'explicit' | 'smart' | null
  readonly forceHandlers: boolean
  readonly tags: readonly string[]
  readonly skipTags: readonly string[]
  readonly diff: boolean
  readonly become: boolean
  readonly becomeUser: string | null
  readonly becomeMethod: string | null
  readonly askBecomePass: boolean
  readonly becomePasswordFile: string | null
  readonly askPass: boolean
  readonly askVaultPass: boolean
  readonly connectionPasswordFile: string | null
  /** How often a host that can't be reached is tried again. */
  readonly sshRetries: number
  readonly sshArgs: string | null
  readonly sshCommonArgs: string | null
  readonly sshExtraArgs: string | null
  readonly verbosity: number
  readonly playbookDir: string | null
  /** The module of `provision exec` and its arguments. */
  readonly moduleName: string | null
  readonly moduleArgs: string | null
  readonly inventoryExport: boolean
  readonly inventory: InventorySettings
  /** The folder of background jobs on hosts. */
  readonly asyncDir: string
  /** Seconds between two questions for a background job, where the task does not say. */
  readonly pollInterval: number
  /** What templates have as `ansible_managed`. */
  readonly managed: string
  /** Facts are variables of their own too. */
  readonly injectFacts: boolean
  readonly undefinedFails: boolean
  readonly missingHandlerFails: boolean
  readonly showCustomStats: boolean
  readonly taskDebugger: boolean
  readonly debuggerIgnoresErrors: boolean
  readonly strategy: string | null
  readonly factCache: FactCacheSettings
  /** What plays are that do not say otherwise. */
  readonly plays: PlayDefaults
  readonly becomeExe: string | null
  readonly becomeFlags: string | null
  readonly becomePassword: string | null
  /** What single methods of becoming are told, above all that holds for every method. */
  readonly becomeMethods: { readonly [method: string]: BecomeSettings }
  /** The variables of a role are seen by its own tasks alone. */
  readonly privateRoleVars: boolean
  /** What the lookup `passwordstore` does where it is not told otherwise. */
  readonly passwordstore: {
    readonly [name in 'directory' | 'umask' | 'lock' | 'locktimeout' | 'backend']: string | null
  }
  /** What a key that is given twice in one dict is. */
  readonly repeatedKeys: 'warn' | 'error' | 'ignore'
  /** A keyword that a task can't have is a problem, and not only a warning. */
  readonly unknownFails: boolean
  /** The vault id of passwords that come without one. */
  readonly vaultIdentity: string
  readonly sshExecutable: string
  readonly display: DisplaySettings
}

export type BecomeSettings = { readonly [name in 'user' | 'exe' | 'flags' | 'password']: string | null }

export type PlayDefaults = {
  readonly anyErrorsFatal: boolean
  readonly noLog: boolean
  /** Seconds. */
  readonly taskTimeout: number | null
  readonly gatherSubset: readonly string[] | null
  readonly gatherTimeout: number | null
  readonly factPath: string | null
  readonly port: number | null
}

export type DisplaySettings = {
  readonly diffContext: number
  /** Bytes of a text up to which it is compared; 0: of any. */
  readonly largestDiff: number
  readonly skipped: boolean
  readonly ok: boolean
  /** The form of `--output` that the stdout callback stands for; null is our own. */
  readonly form: 'json' | 'jsonl' | null
  /** Of `timer` and `profile_tasks`, those that are enabled. */
  readonly timing: readonly string[]
  /** A file that the plain output is added to. */
  readonly log: string | null
  /** Null: as the terminal is. */
  readonly colour: boolean | null
}

/** Where facts are kept from run to run; `folder` null: nowhere. */
export type FactCacheSettings = {
  readonly folder: string | null
  readonly prefix: string
  /** Seconds after which facts are gathered anew; 0: never. */
  readonly timeout: number
}

export type ConfigIo = {
  readonly environment: { readonly [name: string]: string | undefined }
  /** The folder the program was started in. */
  readonly folder: string
  readonly home: string
  /** A file's text; null if there is none or it can't be read. */
  read(path: string): string | null
  isFolder(path: string): boolean
  worldWritable(folder: string): boolean
  warn(text: string, at: Position | null): void
}

/**
 * The configuration as Ansible finds it ("Ansible Configuration Settings"): the first file of ANSIBLE_CONFIG, ./ansible.cfg where others
 * can't write, ~/.ansible.cfg and /etc/ansible/ansible.cfg; variables of the environment win over it. Relative paths start at the
 * file's folder. A setting that is not supported is a warning. Problems `config.value`, `config.syntax`.
 */
export function readConfig(io: ConfigIo): Config {
  const file = findFile(io)
  const ini = file === null ? new Map() : parseIni(io.read(file) ?? '', file)
  warnOfOthers(ini, io.environment, (text, at) => io.warn(text, at))
  const get = new Settings({ ...io, file, ini })
  warnOfExtensions(get, io)
  return {
    file,
    inventories: get.inventories(KEYS.inventory) ?? (io.read(USUAL_INVENTORY) === null ? [] : [USUAL_INVENTORY]),
    rolesPath: get.paths(KEYS.rolesPath, ':'),
    collectionsPaths: get.paths(KEYS.collectionsPaths, ':'),
    content: {
      library: get.paths(KEYS.library, ':'),
      filter: get.paths(KEYS.filterPlugins, ':'),
      test: get.paths(KEYS.testPlugins, ':'),
      lookup: get.paths(KEYS.lookupPlugins, ':'),
    },
    remoteUser: get.text(KEYS.remoteUser),
    privateKeyFile: get.path(KEYS.privateKeyFile),
    connection: get.text(KEYS.transport),
    executable: get.text(KEYS.executable),
    hostKeyChecking: get.bool(KEYS.hostKeyChecking, true) && get.bool(KEYS.sshHostKeyChecking, true),
    forks: get.number(KEYS.forks),
    timeout: get.number(KEYS.timeout),
    vaultPasswordFile: get.path(KEYS.vaultPasswordFile),
    vaultIdentities: get.vaultIdentities(KEYS.vaultIdentityList),
    vaultEncryptIdentity: get.text(KEYS.vaultEncryptIdentity),
    vaultIdMatch: get.bool(KEYS.vaultIdMatch, false),
    native: get.bool(KEYS.jinja2Native, false),
    gathering: get.oneOf(KEYS.gathering, ['implicit', 'explicit', 'smart']),
    forceHandlers: get.bool(KEYS.forceHandlers, false),
    tags: get.names(KEYS.tagsRun) ?? [],
    skipTags: get.names(KEYS.tagsSkip) ?? [],
    diff: get.bool(KEYS.diffAlways, false),
    become: get.bool(KEYS.become, false),
    becomeUser: get.text(KEYS.becomeUser),
    becomeMethod: get.text(KEYS.becomeMethod),
    askBecomePass: get.bool(KEYS.becomeAskPass, false),
    becomePasswordFile: get.path(KEYS.becomePasswordFile),
    askPass: get.bool(KEYS.askPass, false),
    askVaultPass: get.bool(KEYS.askVaultPass, false),
    connectionPasswordFile: get.path(KEYS.connectionPasswordFile),
    sshRetries: get.number(KEYS.sshRetries) ?? 0,
    sshArgs: get.text(KEYS.sshArgs),
    sshCommonArgs: get.text(KEYS.sshCommonArgs),
    sshExtraArgs: get.text(KEYS.sshExtraArgs),
    verbosity: get.number(KEYS.verbosity) ?? 0,
    playbookDir: get.path(KEYS.playbookDir),
    moduleName: get.text(KEYS.moduleName),
    moduleArgs: get.text(KEYS.moduleArgs),
    inventoryExport: get.bool(KEYS.inventoryExport, false),
    inventory: inventorySettings(get),
    pollInterval: get.number(KEYS.pollInterval) ?? 15,
    managed: get.text(KEYS.ansibleManaged) ?? 'Ansible managed',
    injectFacts: get.bool(KEYS.injectFacts, true),
    undefinedFails: get.bool(KEYS.errorOnUndefined, true),
    missingHandlerFails: get.bool(KEYS.errorOnMissingHandler, true),
    asyncDir: get.text(KEYS.asyncDir) ?? '~/.ansible_async',
    showCustomStats: get.bool(KEYS.showCustomStats, false),
    taskDebugger: get.bool(KEYS.taskDebugger, false),
    debuggerIgnoresErrors: get.bool(KEYS.debuggerIgnoresErrors, true),
    strategy: get.text(KEYS.strategy),
    factCache: factCacheOf(get),
    plays: {
      anyErrorsFatal: get.bool(KEYS.anyErrorsFatal, false),
      noLog: get.bool(KEYS.noLog, false),
      taskTimeout: get.number(KEYS.taskTimeout),
      gatherSubset: get.names(KEYS.gatherSubset),
      gatherTimeout: get.number(KEYS.gatherTimeout),
      factPath: get.text(KEYS.factPath),
      port: get.number(KEYS.remotePort),
    },
    becomeExe: get.text(KEYS.becomeExe),
    becomeFlags: get.text(KEYS.becomeFlags),
    becomePassword: get.text(KEYS.becomePassword),
    becomeMethods: becomeMethods(get),
    privateRoleVars: get.bool(KEYS.privateRoleVars, false),
    passwordstore: {
      directory: get.path(KEYS.passwordstoreDirectory),
      umask: get.text(KEYS.passwordstoreUmask),
      lock: get.text(KEYS.passwordstoreLock),
      locktimeout: get.text(KEYS.passwordstoreLocktimeout),
      backend: get.text(KEYS.passwordstoreBackend),
    },
    repeatedKeys: get.oneOf(KEYS.duplicateDictKey, ['warn', 'error', 'ignore']) ?? 'warn',
    unknownFails: get.bool(KEYS.invalidTaskAttributeFailed, true),
    vaultIdentity: get.text(KEYS.vaultIdentity) ?? 'default',
    sshExecutable: get.text(KEYS.sshExecutable) ?? 'ssh',
    display: displaySettings(get, (text) => io.warn(text, null)),
  }
}

function becomeMethods(get: Settings): Config['becomeMethods'] {
  const settings = (user: Key, exe: Key, flags: Key, password: Key) => ({
    user: get.text(user),
    exe: get.text(exe),
    flags: get.text(flags),
    password: get.text(password),
  })
  return {
    sudo: settings(KEYS.sudoUser, KEYS.sudoExe, KEYS.sudoFlags, KEYS.sudoPassword),
    su: settings(KEYS.suUser, KEYS.suExe, KEYS.suFlags, KEYS.suPassword),
  }
}

function inventorySettings(get: Settings): InventorySettings {
  const plugins = get.names(KEYS.inventoryPlugins) ?? DEFAULT_INVENTORY.plugins
  const mismatch = ['warning', 'error', 'ignore'] as const
  return {
    mergeDicts: get.oneOf(KEYS.hashBehaviour, ['replace', 'merge']) === 'merge',
    ignoredExtensions: get.names(KEYS.inventoryIgnoredExtensions) ?? DEFAULT_INVENTORY.ignoredExtensions,
    ignoredPatterns: get.names(KEYS.inventoryIgnoredPatterns) ?? [],
    plugins: plugins.map((name) => name.replace(/^(?:ansible\.(?:builtin|legacy)|community\.general)\./, '')),
    useExtraVars: get.bool(KEYS.useExtraVars, false),
    everySourceCounts: get.bool(KEYS.inventoryAnyUnparsedIsFailed, false),
    oneSourceNeeded: get.bool(KEYS.inventoryUnparsedIsFailed, false),
    patternMismatch: get.oneOf(KEYS.hostPatternMismatch, mismatch) ?? DEFAULT_INVENTORY.patternMismatch,
  }
}

/** The `jsonfile` cache's settings. Problem `config.value` for another plugin, or one without its folder. */
function factCacheOf(get: Settings): FactCacheSettings {
  const plugins = ['memory', 'ansible.builtin.memory', 'jsonfile', 'ansible.builtin.jsonfile'] as const
  const isFile = get.oneOf(KEYS.factCaching, plugins)?.endsWith('jsonfile') === true
  const folder = isFile ? get.path(KEYS.factCachingConnection) : null
  if (isFile && folder === null) throw get.wrong(KEYS.factCaching, 'needs fact_caching_connection, a folder')
  const timeout = get.number(KEYS.factCachingTimeout) ?? 86_400
  return { folder, prefix: get.text(KEYS.factCachingPrefix) ?? '', timeout }
}

/** Jinja2's `do` and loop controls are always there. */
function warnOfExtensions(get: Settings, io: ConfigIo): void {
  const names = (get.names(KEYS.jinja2Extensions) ?? []).filter(
    (name) => !/^jinja2\.ext\.(?:do|loopcontrols|with_|autoescape)$/.test(name),
  )
  if (names.length > 0) io.warn(`these extensions of Jinja2 are not supported: ${names.join(', ')}`, null)
}

/** Where Ansible looks when no inventory is named. */
const USUAL_INVENTORY = '/etc/ansible/hosts'

function findFile(io: ConfigIo): string | null {
  const given = io.environment.ANSIBLE_CONFIG
  const candidates: string[] = []
  if (given !== undefined) {
    const path = absolutePath(given, io.folder, io)
    candidates.push(io.isFolder(path) ? `${path}/ansible.cfg` : path)
  }
  const here = `${io.folder === '/' ? '' : io.folder}/ansible.cfg`
  const unsafe = io.worldWritable(io.folder)
  if (!unsafe) candidates.push(here)
  candidates.push(`${io.home}/.ansible.cfg`, '/etc/ansible/ansible.cfg')
  const found = candidates.find((path) => io.read(path) !== null) ?? null
  const fromVariable = given !== undefined && found === candidates[0]
  if (unsafe && !fromVariable && io.read(here) !== null)
    io.warn(`everyone can write to the folder ${io.folder}, so its ansible.cfg is ignored`, null)
  return found
}
