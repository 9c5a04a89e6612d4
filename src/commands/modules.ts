import { readdirSync } from 'node:fs'
import { CONTROL_NAMES } from '../engine/controls/index.ts'
import type { Runnable } from '../kernel/module.ts'

/** Set by the build; when run from source the folder is read. */
declare const PROVISION_MODULES: readonly string[] | undefined

/** Other names of modules, and old names of collections. */
const ALIASES: { readonly [name: string]: string } = { systemd_service: 'systemd', gather_facts: 'setup' }
const COLLECTIONS: { readonly [name: string]: string } = {
  'ansible.legacy': 'ansible.builtin',
  'ansible.mysql': 'community.mysql',
}

/** Names of all modules there are. */
export function moduleFiles(): readonly string[] {
  if (typeof PROVISION_MODULES !== 'undefined') return PROVISION_MODULES
  const files = readdirSync(new URL('../modules/', import.meta.url))
  return files.filter((file) => file.endsWith('.ts')).map((file) => file.slice(0, -3))
}

export type ModuleLibrary = {
  /** Whether a playbook may name this action, with or without its collection. */
  has(written: string): boolean
  names(): readonly string[]
  /** The module, loaded when first asked for; null when there is none, or not in that collection. */
  load(name: string, collection: string | null): Promise<Runnable | null>
}

export function moduleLibrary(): ModuleLibrary {
  const files = new Set(moduleFiles())
  const loaded = new Map<string, Promise<Runnable>>()
  const fileOf = (name: string) => ALIASES[name] ?? name
  return {
    has: (written) => {
      const name = written.split('.').at(-1)!
      return files.has(fileOf(name)) || CONTROL_NAMES.includes(name)
    },
    names: () => [...files, ...CONTROL_NAMES].sort(),
    async load(name, collection) {
      const file = fileOf(name)
      if (!files.has(file)) return null
      let module = loaded.get(file)
      if (module === undefined) {
        module = import(`../modules/${file}.ts`).then((exports: { module: Runnable }) => exports.module)
        loaded.set(file, module)
      }
      const found = await module
      const wanted = collection === null ? null : (COLLECTIONS[collection] ?? collection)
      return wanted === null || wanted === found.collection || wanted === 'ansible.builtin' ? found : null
    },
  }
}
