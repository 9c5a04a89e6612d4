import type { Files } from '../kernel/files.ts'
import { extensionOf, folderOf, joinPath, nameOf } from '../kernel/paths.ts'
import { didYouMean, type Position, Problem, problemsOf, raise } from '../kernel/problem.ts'
import type { Dict, Value } from '../kernel/value.ts'
import { loadYaml, Positions } from '../kernel/yaml.ts'
import { expandRanges, parseAddress } from './address.ts'
import { type PluginContext, readConstructed } from './constructed.ts'
import { readGenerator } from './generator.ts'
import { readIni } from './ini.ts'
import { Inventory } from './inventory.ts'
import { type RunScript, readScript } from './script.ts'
import type { InventorySettings } from './settings.ts'
import type { Target } from './target.ts'
import { readToml } from './toml.ts'
import { varsFolder } from './vars-folder.ts'
import { readYamlInventory } from './yaml.ts'

/** What the inventory needs of the world around it. */
export type InventoryIo = PluginContext & {
  readonly files: Files
  readonly run: RunScript
  readonly settings: InventorySettings
  warn(text: string, at: Position | null): void
  /** Told of a key given twice in one dict; it may throw. */
  repeated(text: string, at: Position): void
}

/**
 * The sources of `-i`, in order: files in INI, YAML or TOML form, executables, plugin files (`constructed`, `generator`), folders of these,
 * and lists such as `a,b,`. Paths are absolute. `playbookFolder` is where `group_vars` and `host_vars` beside the playbook are. Problems of
 * all sources are thrown together; a source that is not there is a warning, as in Ansible, unless the settings make it `inventory.missing`.
 */
export async function loadInventory(
  sources: readonly string[],
  io: InventoryIo,
  playbookFolder: string | null = null,
): Promise<Inventory> {
  const folder = (path: string) => varsFolder(path, io.files, io.repeated)
  const folders = sources
    .filter((source) => !isHostList(source, io.files))
    .map((source) => (io.files.kind(source) === 'directory' ? source : folderOf(source)))
  const inventory = new Inventory({
    sourceFolders: folders.map(folder),
    playbookFolder: playbookFolder === null ? null : folder(playbookFolder),
    warn: (text) => io.warn(text, null),
    readLimit: (path) => io.files.read(path),
    settings: io.settings,
  })
  await readSources(inventory, sources, io)
  return inventory
}

/** Reads the sources anew into an inventory, and then adds what the run has added to it: `meta: refresh_inventory`. */
export async function refreshInventory(
  inventory: Inventory,
  sources: readonly string[],
  io: InventoryIo,
): Promise<void> {
  await inventory.refresh((emptied) => readSources(emptied, sources, io))
}

async function readSources(inventory: Inventory, sources: readonly string[], io: InventoryIo): Promise<void> {
  const problems: Problem[] = []
  let read = 0
  for (const source of sources) {
    if (isHostList(source, io.files)) read += readHostList(inventory, source, io.settings.plugins)
    else read += await readPath(inventory, source, io, problems)
  }
  raise(problems)
  if (read === 0 && io.settings.oneSourceNeeded) throw missing('no inventory could be read')
  inventory.reconcile()
}

function missing(detail: string): Problem {
  return new Problem({
    code: 'inventory.missing',
    summary: 'Inventory not found',
    detail,
    hint: 'the configuration says that this may not be',
  })
}

function isHostList(source: string, files: Files): boolean {
  return source.includes(',') && files.kind(source) === null
}

/** `a,b:22,`; with the plugin `advanced_host_list` a name may hold ranges. Returns how many sources were read. */
function readHostList(inventory: Inventory, source: string, plugins: readonly string[]): number {
  const plugin = plugins.find((name) => name === 'host_list' || name === 'advanced_host_list')
  if (plugin === undefined) return 0
  const ungrouped = inventory.addGroup('ungrouped')
  for (const text of source.split(',').map((part) => part.trim())) {
    if (text === '') continue
    const ranges = plugin === 'advanced_host_list'
    const plain = !ranges && text.includes('[') && !/^\[[^\]]+\]:\d+$/.test(text)
    const address = plain ? null : parseAddress(text)
    const names = ranges ? expandRanges(address?.host ?? text) : [address?.host ?? text]
    for (const name of names) {
      if (inventory.isHost(name)) continue
      const host = inventory.defineHost(name, ungrouped, { file: source, folder: null })
      if (address?.port) host.vars.set('ansible_port', address.port)
    }
  }
  return 1
}

/** Names in a folder that are never an inventory. */
const NEVER = /^\.|^host_vars$|^group_vars$|^vars_plugins$/

function isIgnored(name: string, { ignoredExtensions, ignoredPatterns }: InventorySettings): boolean {
  const ends = ignoredExtensions.some((extension) => name.endsWith(extension))
  return NEVER.test(name) || ends || ignoredPatterns.some((pattern) => new RegExp(pattern).test(name))
}

/** Returns how many sources were read. */
async function readPath(inventory: Inventory, path: string, io: InventoryIo, problems: Problem[]): Promise<number> {
  const kind = io.files.kind(path)
  if (kind === null) {
    const text = `unable to parse ${path} as an inventory source: there is no such file`
    if (io.settings.everySourceCounts) problems.push(missing(text))
    else io.warn(text, null)
    return 0
  }
  if (kind === 'directory') {
    let read = 0
    for (const name of io.files.list(path)) {
      if (!isIgnored(name, io.settings)) read += await readPath(inventory, joinPath(path, name), io, problems)
    }
    return read
  }
  try {
    await readFile(inventory, path, io)
  } catch (error) {
    const found = problemsOf(error)
    if (found === null) throw error
    problems.push(...found)
  }
  return 1
}

async function readFile(inventory: Inventory, path: string, io: InventoryIo): Promise<void> {
  const place = { file: path, folder: folderOf(path) }
  const target: Target = {
    inventory,
    source: path,
    defineHost: (name, group) => inventory.defineHost(name, group, place),
  }
  const text = io.files.read(path) ?? ''
  const shebang = text.startsWith('#!')
  const may = (plugin: string) => io.settings.plugins.includes(plugin)
  if (may('script') && (shebang || io.files.executable(path))) {
    if (await ran(target, io, shebang)) return
  }
  const extension = extensionOf(nameOf(path))
  if (extension === '.toml' && may('toml')) return readToml(target, text, (message, at) => io.warn(message, at))
  if (!['', '.yml', '.yaml', '.json', '.config'].includes(extension) || !may('yaml')) return readIni(target, text)
  readYamlOrIni(target, text, extension, io)
}

/** Runs a script. A data file that merely has its executable bit set is then read as what it is. */
async function ran(target: Target, io: InventoryIo, shebang: boolean): Promise<boolean> {
  try {
    await readScript(target, io.run)
    return true
  } catch (error) {
    if (shebang || problemsOf(error) === null) throw error
    return false
  }
}

/** YAML first; what is no YAML dict may still be INI, most of all in a file without extension. */
function readYamlOrIni(target: Target, text: string, extension: string, io: InventoryIo): void {
  const positions = new Positions()
  const warn = (message: string, at: Position | null) => io.warn(message, at)
  let value: Value | Problem
  try {
    value = loadYaml(text, target.source, { positions, repeated: io.repeated })
  } catch (error) {
    const problem = problemsOf(error)?.[0]
    if (problem === undefined) throw error
    value = problem
  }
  if (value instanceof Map) {
    const dict = value as Dict
    if (dict.has('plugin')) readPlugin(target, text, io)
    else readYamlInventory(target, dict, { positions, warn })
    return
  }
  if (extension === '' || /^\s*\[[^\]\s]+\]\s*$/m.test(text)) readIni(target, text)
  else if (value instanceof Problem) throw value
  else if (value !== null) {
    throw new Problem({
      code: 'inventory.yaml',
      summary: 'Wrong inventory',
      detail: 'an inventory must be a dict of groups',
      hint: 'start with "all:" and put "hosts:" and "children:" below it',
      at: { file: target.source, line: 1, column: 1 },
    })
  }
}

const PLUGINS = { constructed: readConstructed, generator: readGenerator }

function readPlugin(target: Target, text: string, io: InventoryIo): void {
  const config = loadYaml(text, target.source, { templates: false }) as Dict
  const written = String(config.get('plugin'))
  const name = written.replace(/^ansible\.(?:builtin|legacy)\./, '')
  if (name === 'constructed' || name === 'generator') {
    PLUGINS[name](target, config, io)
    return
  }
  throw new Problem({
    code: 'inventory.plugin',
    summary: 'Unknown inventory plugin',
    detail: `there is no inventory plugin '${written}' here; supported are constructed and generator`,
    hint: didYouMean(name, Object.keys(PLUGINS)) ?? 'use an executable inventory that prints the same as JSON',
    at: { file: target.source, line: 1, column: 1 },
  })
}
