import { readdirSync, readFileSync } from 'node:fs'
import type { CustomContent } from '../custom/content.ts'
import { CONTROL_NAMES } from '../engine/controls/index.ts'
import type { Runnable } from '../kernel/module.ts'

/** Set by the build: modules and their collections. When run from source the files are read. */
declare const PROVISION_MODULES: { readonly [name: string]: string } | undefined

const BUILTIN = 'ansible.builtin'

/** Other names of modules, and old names of collections. */
const ALIASES: { readonly [name: string]: string } = { systemd_service: 'systemd', gather_facts: 'setup' }
const COLLECTIONS: { readonly [name: string]: string } = {
  'ansible.legacy': 'ansible.builtin',
  'ansible.mysql': 'community.mysql',
}

/** Names of all modules there are. */
export function moduleFiles(): readonly string[] {
  return [...collectionsOfModules().keys()]
}

function collectionsOfModules(): ReadonlyMap<string, string> {
  if (typeof PROVISION_MODULES !== 'undefined') return new Map(Object.entries(PROVISION_MODULES))
  const folder = new URL('../modules/', import.meta.url)
  const files = readdirSync(folder).filter((file) => file.endsWith('.ts'))
  return new Map(
    files.map((file) => {
      const named = /^ {2}collection: '(.+)'/m.exec(readFileSync(new URL(file, folder), 'utf8'))
      return [file.slice(0, -3), named?.[1] ?? BUILTIN]
    }),
  )
}

export type ModuleLibrary = {
  /** Whether a playbook may name this action, with or without its collection. */
  has(written: string): boolean
  names(): readonly string[]
  /** The module, loaded when first asked for and then there at once; null when there is none, or not in that collection. */
  load(name: string, collection: string | null): Runnable | null | Promise<Runnable | null>
}

/** The version of Ansible whose language is spoken. */
export const ANSIBLE_VERSION = '2.19.0'

/** What the playbook's owner brings along, and whom to tell of what is not used. */
export type OwnContent = Pick<CustomContent, 'module' | 'foreignModule' | 'moduleNames'> & { warn(text: string): void }

/** Our modules, and before them those of the playbook's owner. */
export function moduleLibrary(own: OwnContent | null = null): ModuleLibrary {
  const files = collectionsOfModules()
  const loaded = new Map<string, Runnable>()
  const fileOf = (name: string) => ALIASES[name] ?? name
  const passedOver = new Set<string>()
  const ownModule = async (name: string, path: string) => {
    const { customModule } = await import('../custom/module.ts')
    return customModule({ name, path }, ANSIBLE_VERSION)
  }
  return {
    has: (written) => {
      if (own !== null && own.module(written) !== null) return true
      const [, collection, name] = /^(?:(\w+\.\w+)\.)?(.*)$/s.exec(written)!
      const owner = CONTROL_NAMES.includes(name!) ? BUILTIN : files.get(fileOf(name!))
      const isOurs = owner !== undefined && [owner, BUILTIN].includes(fullName(collection) ?? BUILTIN)
      const foreign = own?.foreignModule(written) ?? null
      if (foreign !== null && !passedOver.has(foreign)) {
        passedOver.add(foreign)
        const instead = isOurs
          ? `provision's own module ${name} is used instead`
          : 'a task that names it fails when its turn comes'
        own?.warn(`${foreign} runs on Ansible alone: ${instead}`)
      }
      return isOurs || foreign !== null
    },
    names: () => [...files.keys(), ...CONTROL_NAMES, ...(own?.moduleNames() ?? [])].sort(),
    load(name, collection) {
      const wanted = fullName(collection)
      const short = wanted === null || wanted === BUILTIN
      const written = short ? name : `${collection}.${name}`
      const path = own?.module(written) ?? null
      if (path !== null) return ownModule(name, path)
      const file = fileOf(name)
      const foreign = own?.foreignModule(written) ?? null
      const other = () => (foreign === null ? null : ownModule(name, foreign))
      if (!files.has(file)) return other()
      const fits = (module: Runnable) => (short || wanted === module.collection ? module : other())
      const known = loaded.get(file)
      if (known !== undefined) return fits(known)
      return import(`../modules/${file}.ts`).then(({ module }: { module: Runnable }) => {
        loaded.set(file, module)
        return fits(module)
      })
    },
  }
}

/** A collection under its present name. */
function fullName(collection: string | null | undefined): string | null {
  return collection === null || collection === undefined ? null : (COLLECTIONS[collection] ?? collection)
}
