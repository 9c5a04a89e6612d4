import type { Files } from '../kernel/files.ts'
import { joinPath, nameOf } from '../kernel/paths.ts'
import type { Call } from '../template/index.ts'
import type { Lookup } from '../variables/lookups/lookup.ts'
import { moduleFilesIn, styleOf } from './module-file.ts'
import { isForeignPlugin, isPluginFile, KINDS, type Kind, type Plugins, readPlugins } from './plugins.ts'

/** The controller's side of custom content. */
export type ContentIo = {
  readonly files: Files
  /** Where `ansible_collections/` is looked for. */
  readonly collectionsPaths: readonly string[]
  /** Loads a JavaScript file. */
  importFile(path: string): Promise<unknown>
}

/** Folders of ansible.cfg and of the command line. */
export type ContentPaths = { readonly library: readonly string[] } & { readonly [kind in Kind]: readonly string[] }

/**
 * The modules and plugins that the playbook's owner brings along: beside the playbook, in roles and collections, and in configured
 * folders. Folders are added as the playbook is read, and count from then on; of two things of one name the first added wins. Modules
 * are there at once, plugins once `load` is through.
 */
export class CustomContent {
  readonly filters = new Map<string, Call>()
  readonly tests = new Map<string, Call>()
  readonly lookups = new Map<string, Lookup>()
  readonly #io: ContentIo
  readonly #known = new Set<string>()
  readonly #collections = new Set<string>()
  readonly #modules = new Map<string, string>()
  readonly #foreign = new Map<string, string>()
  readonly #lookupNames = new Set<string>()
  readonly #waiting: { readonly path: string; readonly prefix: string }[] = []
  readonly #foreignPlugins: { readonly kind: Kind; readonly path: string }[] = []

  constructor(io: ContentIo, paths: ContentPaths) {
    this.#io = io
    for (const folder of paths.library) this.#addModules(folder, '')
    for (const kind of KINDS) for (const folder of paths[kind]) this.#addPlugins(kind, folder, '')
    for (const base of io.collectionsPaths) this.#addCollectionPlugins(joinPath(base, 'ansible_collections'))
  }

  /** What a playbook's folder or a role brings along. */
  addFolder(folder: string): void {
    this.#addModules(joinPath(folder, 'library'), '')
    this.#addActionPlugins(joinPath(folder, 'action_plugins'), '')
    for (const kind of KINDS) this.#addPlugins(kind, joinPath(folder, `${kind}_plugins`), '')
  }

  /** Imports the plugin files added since the last time. Problems `plugin.load`, `plugin.typescript`, `plugin.exports`. */
  async load(): Promise<void> {
    while (this.#waiting.length > 0) {
      const { path, prefix } = this.#waiting.shift()!
      this.#join(await readPlugins(path, this.#io), prefix)
    }
  }

  /** The file of a module by its short name, `ansible.legacy.NAME` or the name in its collection; null when there is none. */
  module(written: string): string | null {
    return this.#find(written, this.#modules)
  }

  /** The file of a module or action plugin of that name which runs on Ansible alone. */
  foreignModule(written: string): string | null {
    return this.#find(written, this.#foreign)
  }

  /** Counts the folders in which modules and plugins have been looked for. */
  get placesKnown(): number {
    return this.#known.size
  }

  moduleNames(): readonly string[] {
    return [...this.#modules.keys()]
  }

  /** Whether there is such a lookup, told by the names of files before they are loaded; one in Python fails when it is used. */
  isLookup(name: string): boolean {
    return this.lookups.has(name) || this.#lookupNames.has(name) || this.explain('lookup', name) !== null
  }

  /** What to say of a filter, test or lookup that is not there; null when no plugin in Python seems to have it. */
  explain(kind: Kind, name: string): string | null {
    const word = name.split('.').at(-1)!
    const found = this.#foreignPlugins.find(
      (plugin) =>
        plugin.kind === kind &&
        (nameOf(plugin.path) === `${word}.py` ||
          (this.#io.files.read(plugin.path) ?? '').match(/["'](\w+)["']/g)?.some((text) => text.slice(1, -1) === word)),
    )
    return found === undefined
      ? null
      : `${found.path} is in Python, which is not used here: write it in JavaScript, as ${word}.mjs beside it (see README)`
  }

  #find(written: string, table: Map<string, string>): string | null {
    const name = written.replace(/^ansible\.legacy\./, '')
    const collection = /^(\w+)\.(\w+)\./.exec(name)
    if (collection !== null) this.#addCollectionModules(collection[1]!, collection[2]!)
    return table.get(name) ?? null
  }

  #addCollectionModules(namespace: string, name: string): void {
    const collection = `${namespace}.${name}`
    if (this.#collections.has(collection)) return
    this.#collections.add(collection)
    for (const base of this.#io.collectionsPaths) {
      const plugins = joinPath(base, 'ansible_collections', namespace, name, 'plugins')
      this.#addModules(joinPath(plugins, 'modules'), `${collection}.`)
      this.#addActionPlugins(joinPath(plugins, 'action'), `${collection}.`)
    }
  }

  #addModules(folder: string, prefix: string): void {
    const { files } = this.#io
    if (this.#known.has(folder)) return
    this.#known.add(folder)
    for (const { name, path } of moduleFilesIn(folder, files)) {
      const table = path.endsWith('.py') && this.#isForeign(path) ? this.#foreign : this.#modules
      if (!table.has(prefix + name)) table.set(prefix + name, path)
    }
  }

  /** They are Python of Ansible's always. */
  #addActionPlugins(folder: string, prefix: string): void {
    if (this.#known.has(folder)) return
    this.#known.add(folder)
    for (const entry of this.#io.files.list(folder))
      if (isForeignPlugin(entry)) this.#foreign.set(prefix + entry.slice(0, -'.py'.length), joinPath(folder, entry))
  }

  #isForeign(path: string): boolean {
    const text = this.#io.files.read(path)
    return text === null || styleOf(text) === 'foreign' || !text.startsWith('#!')
  }

  #addCollectionPlugins(base: string): void {
    const { files } = this.#io
    for (const namespace of files.list(base)) {
      for (const name of files.list(joinPath(base, namespace))) {
        for (const kind of KINDS)
          this.#addPlugins(kind, joinPath(base, namespace, name, 'plugins', kind), `${namespace}.${name}.`)
      }
    }
  }

  #addPlugins(kind: Kind, folder: string, prefix: string): void {
    if (this.#known.has(folder)) return
    this.#known.add(folder)
    const names = this.#io.files.list(folder)
    for (const entry of names) {
      const path = joinPath(folder, entry)
      if (isForeignPlugin(entry)) this.#foreignPlugins.push({ kind, path })
      if (!isPluginFile(entry, names)) continue
      this.#waiting.push({ path, prefix })
      if (kind === 'lookup') this.#lookupNames.add(prefix + entry.replace(/\.\w+$/, ''))
    }
  }

  #join({ filters, tests, lookups }: Plugins, prefix: string): void {
    for (const [name, call] of filters) if (!this.filters.has(prefix + name)) this.filters.set(prefix + name, call)
    for (const [name, call] of tests) if (!this.tests.has(prefix + name)) this.tests.set(prefix + name, call)
    for (const lookup of lookups)
      if (!this.lookups.has(prefix + lookup.name)) this.lookups.set(prefix + lookup.name, lookup)
  }
}
