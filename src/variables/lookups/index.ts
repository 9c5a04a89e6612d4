import { ENVIRONMENT } from './environment.ts'
import { FILES } from './files.ts'
import { LISTS } from './lists.ts'
import type { Lookup } from './lookup.ts'
import { mergeVariables } from './merge-variables.ts'
import { password } from './password.ts'
import { passwordstore } from './passwordstore.ts'
import { randomString } from './random-string.ts'
import { TABLES } from './tables.ts'
import { TREES } from './trees.ts'
import { url } from './url.ts'

const LOOKUPS: ReadonlyMap<string, Lookup> = new Map(
  [
    ...LISTS,
    ...FILES,
    ...TABLES,
    ...ENVIRONMENT,
    ...TREES,
    password,
    passwordstore,
    randomString,
    mergeVariables,
    url,
  ].map((lookup) => [lookup.name, lookup]),
)

/** The lookup of that name, with or without its collection; null when there is none. */
export function findLookup(name: string): Lookup | null {
  return LOOKUPS.get(name.replace(/^(ansible\.(builtin|legacy)|community\.general)\./, '')) ?? null
}
