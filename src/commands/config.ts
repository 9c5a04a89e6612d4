import { type Position, Problem } from '../kernel/problem.ts'
import { type Ini, parseIni } from './config-ini.ts'
import { KEYS, type Key, TUNING, UNSUPPORTED_VARIABLES } from './config-keys.ts'

/** What the configuration file and the environment set; null or an empty list where they say nothing. */
export type Config = {
  /** The configuration file, or null without one. */
  readonly file: string | null
  readonly inventories: readonly string[]
  readonly rolesPath: readonly string[]
  readonly collectionsPaths: readonly string[]
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
  readonly gathering: string | null
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
  readonly sshArgs: string | null
  readonly sshCommonArgs: string | null
  readonly sshExtraArgs: string | null
  readonly verbosity: number
  /** The folder of background jobs on hosts. */
  readonly asyncDir: string
  readonly showCustomStats: boolean
  readonly taskDebugger: boolean
  readonly debuggerIgnoresErrors: boolean
  readonly strategy: string | null
  readonly factCache: FactCacheSettings
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
  warnOfOthers(ini, io)
  const get = (key: Key) => settingOf(key, ini, file, io)
  const text = (name: keyof typeof KEYS) => get(KEYS[name])?.text ?? null
  const bool = (name: keyof typeof KEYS, fallback: boolean) => booleanOf(get(KEYS[name]), fallback)
  const number = (name: keyof typeof KEYS) => numberOf(get(KEYS[name]))
  const path = (name: keyof typeof KEYS) => {
    const found = get(KEYS[name])
    return found === null || found.text === '' ? null : absolute(found, io)
  }
  const names = (name: keyof typeof KEYS) => parts(get(KEYS[name])?.text, ',')
  const paths = (name: keyof typeof KEYS, separator: string) => {
    const found = get(KEYS[name])
    return parts(found?.text, separator).map((part) => absolute({ ...found!, text: part }, io))
  }
  return {
    file,
    inventories: inventoriesOf(get(KEYS.inventory), io),
    rolesPath: paths('rolesPath', ':'),
    collectionsPaths: paths('collectionsPaths', ':'),
    remoteUser: text('remoteUser'),
    privateKeyFile: path('privateKeyFile'),
    connection: text('transport'),
    executable: text('executable'),
    hostKeyChecking: bool('hostKeyChecking', true) && bool('sshHostKeyChecking', true),
    forks: number('forks'),
    timeout: number('timeout'),
    vaultPasswordFile: path('vaultPasswordFile'),
    vaultIdentities: vaultIdentities(get(KEYS.vaultIdentityList), io),
    vaultEncryptIdentity: text('vaultEncryptIdentity'),
    vaultIdMatch: bool('vaultIdMatch', false),
    native: bool('jinja2Native', false),
    gathering: oneOf(get(KEYS.gathering), ['implicit', 'explicit', 'smart']),
    forceHandlers: bool('forceHandlers', false),
    tags: names('tagsRun'),
    skipTags: names('tagsSkip'),
    diff: bool('diffAlways', false),
    become: bool('become', false),
    becomeUser: text('becomeUser'),
    becomeMethod: text('becomeMethod'),
    askBecomePass: bool('becomeAskPass', false),
    becomePasswordFile: path('becomePasswordFile'),
    askPass: bool('askPass', false),
    askVaultPass: bool('askVaultPass', false),
    connectionPasswordFile: path('connectionPasswordFile'),
    sshArgs: text('sshArgs'),
    sshCommonArgs: text('sshCommonArgs'),
    sshExtraArgs: text('sshExtraArgs'),
    verbosity: number('verbosity') ?? 0,
    asyncDir: text('asyncDir') ?? '~/.ansible_async',
    showCustomStats: bool('showCustomStats', false),
    taskDebugger: bool('taskDebugger', false),
    debuggerIgnoresErrors: bool('debuggerIgnoresErrors', true),
    strategy: text('strategy'),
    factCache: factCacheOf(get, path, number('factCachingTimeout')),
  }
}

/** The `jsonfile` cache's settings. Problem `config.value` for another plugin, or one without its folder. */
function factCacheOf(
  get: (key: Key) => Setting | null,
  path: (name: 'factCachingConnection') => string | null,
  timeout: number | null,
): FactCacheSettings {
  const plugin = get(KEYS.factCaching)
  const name = plugin?.text.replace('ansible.builtin.', '') ?? 'memory'
  const folder = name === 'jsonfile' ? path('factCachingConnection') : null
  if (plugin !== null && !['memory', 'jsonfile'].includes(name)) throw wrong(plugin, 'must be memory or jsonfile')
  if (plugin !== null && name === 'jsonfile' && folder === null) {
    throw wrong(plugin, 'needs fact_caching_connection, a folder')
  }
  return { folder, prefix: get(KEYS.factCachingPrefix)?.text ?? '', timeout: timeout ?? 86_400 }
}

type Setting = { readonly text: string; readonly name: string; readonly at: Position | null; readonly folder: string }

function findFile(io: ConfigIo): string | null {
  const given = io.environment.ANSIBLE_CONFIG
  const candidates: string[] = []
  if (given !== undefined) {
    const path = resolvePath(given, io.folder, io)
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

/** A variable of the environment wins; of several names the last one given counts, as in Ansible. */
function settingOf(key: Key, ini: Ini, file: string | null, io: ConfigIo): Setting | null {
  for (const name of [...key.env].reverse()) {
    const text = io.environment[name]
    if (text !== undefined) return { text: unquoted(text), name, at: null, folder: io.folder }
  }
  for (const [section, name] of [...key.ini].reverse()) {
    const entry = ini.get(section)?.get(name)
    if (entry === undefined || file === null) continue
    const folder = file.slice(0, Math.max(1, file.lastIndexOf('/')))
    return { text: unquoted(entry.text), name, at: { file, line: entry.line, column: 1 }, folder }
  }
  return null
}

function unquoted(text: string): string {
  return /^(["']).*\1$/s.test(text) && text.length > 1 ? text.slice(1, -1) : text
}

function booleanOf(setting: Setting | null, fallback: boolean): boolean {
  if (setting === null) return fallback
  const text = setting.text.toLowerCase()
  if (['y', 'yes', 'on', '1', 'true', 't', '1.0'].includes(text)) return true
  if (['n', 'no', 'off', '0', 'false', 'f', '0.0', ''].includes(text)) return false
  throw wrong(setting, 'must be true or false')
}

function numberOf(setting: Setting | null): number | null {
  if (setting === null) return null
  if (/^\d+$/.test(setting.text)) return Number(setting.text)
  throw wrong(setting, 'must be a whole number')
}

function oneOf(setting: Setting | null, choices: readonly string[]): string | null {
  if (setting === null || choices.includes(setting.text)) return setting?.text ?? null
  throw wrong(setting, `must be one of ${choices.join(', ')}`)
}

function wrong({ name, text, at }: Setting, detail: string): Problem {
  return new Problem({
    code: 'config.value',
    summary: 'Wrong setting',
    detail: `${name} ${detail}, but is "${text}"`,
    at,
  })
}

function parts(text: string | undefined, separator: string): string[] {
  const all = (text ?? '').split(separator).map((part) => part.trim())
  return all.filter((part) => part !== '')
}

/** Where Ansible looks when no inventory is named. */
const USUAL_INVENTORY = '/etc/ansible/hosts'

/** A list of paths, or of hosts: a text with a comma that names no file is one inventory of hosts if it ends with the comma. */
function inventoriesOf(setting: Setting | null, io: ConfigIo): string[] {
  if (setting === null) return io.read(USUAL_INVENTORY) !== null ? [USUAL_INVENTORY] : []
  const hosts = setting.text.trim()
  if (hosts.endsWith(',')) return [hosts]
  return parts(setting.text, ',').map((part) => absolute({ ...setting, text: part }, io))
}

/** `label@file` with the file's path made absolute; `label@prompt` stays. */
function vaultIdentities(setting: Setting | null, io: ConfigIo): string[] {
  return parts(setting?.text, ',').map((part) => {
    const at = part.indexOf('@')
    const source = part.slice(at + 1)
    return source === 'prompt' ? part : part.slice(0, at + 1) + absolute({ ...setting!, text: source }, io)
  })
}

function absolute({ text, folder }: Setting, io: ConfigIo): string {
  return resolvePath(text.replaceAll('{{CWD}}', io.folder), folder, io)
}

/** `~` and `$NAME` expanded; relative to a folder. */
function resolvePath(text: string, folder: string, io: ConfigIo): string {
  const expanded = text
    .replace(/^~(?=\/|$)/, io.home)
    .replace(/\$(?:(\w+)|\{(\w+)\})/g, (whole, a?: string, b?: string) => io.environment[a ?? b ?? ''] ?? whole)
  return expanded.startsWith('/') ? expanded : `${folder === '/' ? '' : folder}/${expanded.replace(/^\.\//, '')}`
}

function warnOfOthers(ini: Ini, io: ConfigIo): void {
  const known = new Set(Object.values(KEYS).flatMap((key) => key.ini.map(([section, name]) => `${section}.${name}`)))
  for (const [section, entries] of ini) {
    for (const [name, { line, file }] of entries) {
      const full = `${section}.${name}`
      if (known.has(full) || TUNING.has(full) || !SECTIONS.has(section)) continue
      io.warn(`the setting ${name} in [${section}] is not supported and has no effect`, { file, line, column: 1 })
    }
  }
  for (const name of UNSUPPORTED_VARIABLES) {
    if ((io.environment[name] ?? '') !== '') io.warn(`the variable ${name} is not supported and has no effect`, null)
  }
}

/** Sections of programs that are no part of this one, such as [galaxy], are left alone. */
const SECTIONS = new Set([
  'defaults',
  'privilege_escalation',
  'ssh_connection',
  'connection',
  'persistent_connection',
  'paramiko_connection',
  'inventory',
  'diff',
  'tags',
  'jinja2',
])
