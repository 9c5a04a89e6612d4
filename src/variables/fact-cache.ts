import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Json } from '../kernel/json.ts'
import { Problem } from '../kernel/problem.ts'
import { type Dict, fromJson, toJson, type Value, VaultText } from '../kernel/value.ts'
import { UnknownValue } from './signals.ts'

/** The facts of one host as they outlive a run. */
export type KeptFacts = {
  load(): Dict
  save(facts: Dict): void
  forget(): void
}

export type FactCache = { of(host: string): KeptFacts }

/** Facts end with the run (Ansible's cache plugin `memory`). */
export const NO_CACHE: FactCache = { of: () => ({ load: () => new Map(), save: () => {}, forget: () => {} }) }

/**
 * Facts as a JSON file for each host, in the form of Ansible's cache plugin `jsonfile`, so that both programs read what either wrote.
 * Files are their owner's alone. A file that can't be read counts as none and is told by `warn`. Problem `facts.cache` when the
 * folder can't be made or written to.
 */
export function jsonFileCache(
  settings: { readonly folder: string; readonly prefix: string; readonly timeout: number },
  warn: (text: string) => void,
): FactCache {
  const { folder, prefix, timeout } = settings
  guarded(folder, () => mkdirSync(folder, { recursive: true }))
  return {
    of(host) {
      const file = join(folder, `${prefix}${host}`)
      if (host.includes('/')) return NO_CACHE.of(host)
      return {
        load: () => (isFresh(file, timeout) ? read(file, warn) : new Map()),
        save: (facts) => guarded(folder, () => write(file, facts)),
        forget: () => rmSync(file, { force: true }),
      }
    },
  }
}

function isFresh(file: string, timeout: number): boolean {
  const found = statSync(file, { throwIfNoEntry: false })
  return found !== undefined && (timeout === 0 || Date.now() - found.mtimeMs <= timeout * 1000)
}

function read(file: string, warn: (text: string) => void): Dict {
  try {
    const facts = decoded(JSON.parse(readFileSync(file, 'utf8')))
    if (facts instanceof Map) return facts as Dict
    warn(`the cached facts in ${file} are no dict and are left out`)
  } catch (error) {
    warn(`the cached facts in ${file} can't be read and are left out: ${(error as Error).message}`)
  }
  return new Map()
}

/** Written beside and moved into place, so that nobody reads half of it. */
function write(file: string, facts: Dict): void {
  const known = [...facts].filter(([, value]) => !(value instanceof UnknownValue))
  const beside = join(file, `../.${process.pid}-${Date.now()}.new`)
  writeFileSync(beside, JSON.stringify(sorted(toJson(new Map(known))), null, 4), { mode: 0o600 })
  renameSync(beside, file)
}

function guarded(folder: string, work: () => void): void {
  try {
    work()
  } catch (error) {
    throw new Problem({
      code: 'facts.cache',
      summary: 'No place for facts',
      detail: `the fact cache ${folder} can't be written: ${(error as Error).message}`,
      hint: 'fact_caching_connection names a folder of your own',
      cause: error,
    })
  }
}

/** JSON with what Ansible marks in it: text never to be rendered, and vaulted text. */
function decoded(json: Json): Value {
  if (typeof json !== 'object' || json === null) return fromJson(json)
  if (Array.isArray(json)) return json.map((item) => decoded(item as Json))
  const { __ansible_unsafe: unsafe, __ansible_vault: vault } = json as { readonly [key: string]: Json }
  if (typeof unsafe === 'string') return unsafe
  if (typeof vault === 'string') return new VaultText(vault, null)
  return new Map(Object.entries(json).map(([key, item]) => [key, decoded(item as Json)]))
}

function sorted(json: Json): Json {
  if (typeof json !== 'object' || json === null) return json
  if (Array.isArray(json)) return json.map((item) => sorted(item as Json))
  const entries = Object.entries(json).sort(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(entries.map(([key, item]) => [key, sorted(item as Json)]))
}
