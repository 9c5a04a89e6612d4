import type { Json } from '../../kernel/json.ts'
import { Problem } from '../../kernel/problem.ts'
import { sqlName } from './mysql.ts'

/** What an account may do: object (`*.*`, `` `db`.`table` ``, `` PROCEDURE `db`.`name` ``) → privileges; `GRANT` is the grant option. */
export type Privileges = ReadonlyMap<string, ReadonlySet<string>>

/** Names that MariaDB prints for privileges people ask for by their older or newer name. */
const SYNONYMS: { readonly [name: string]: string } = {
  'ALL PRIVILEGES': 'ALL',
  'GRANT OPTION': 'GRANT',
  'BINLOG MONITOR': 'REPLICATION CLIENT',
  'REPLICATION REPLICA': 'REPLICATION SLAVE',
  'REPLICATION REPLICA ADMIN': 'REPLICATION SLAVE ADMIN',
  'REPLICA MONITOR': 'SLAVE MONITOR',
  'DELETE VERSIONING ROWS': 'DELETE HISTORY',
}

/** The argument `priv`: `db.table:PRIV,PRIV/db2.*:ALL` as text, or the same as a dict. Raises `args.value`. */
export function wantedPrivileges(priv: Json, columnCase: boolean): Privileges {
  const found = new Map<string, ReadonlySet<string>>()
  for (const [object, list] of entries(priv)) {
    const names = splitPrivileges(list).map((name) => canonical(name, columnCase))
    found.set(objectOf(object), new Set(names.filter((name) => name !== 'USAGE')))
  }
  return found
}

function entries(priv: Json): (readonly [string, string])[] {
  if (typeof priv === 'object' && priv !== null && !Array.isArray(priv)) {
    return Object.entries(priv).map(([object, list]) => [object, String(list)])
  }
  if (typeof priv !== 'string') {
    throw invalid(`priv parameter must be str or dict but ${Array.isArray(priv) ? 'list' : typeof priv} was passed`)
  }
  return priv
    .trim()
    .split('/')
    .map((item) => {
      const colon = item.lastIndexOf(':')
      if (colon < 0) throw invalid(`"${item}" is not of the form db.table:PRIVILEGE,PRIVILEGE`)
      return [item.slice(0, colon).trim(), item.slice(colon + 1)] as const
    })
}

function objectOf(text: string): string {
  const [, kind = '', rest] = /^(?:(FUNCTION|PROCEDURE|PACKAGE(?: BODY)?) +)?([\s\S]*)$/i.exec(text.trim())!
  const dot = rest!.lastIndexOf('.')
  const sides = dot < 0 ? [rest!] : [rest!.slice(0, dot), rest!.slice(dot + 1)]
  const quoted = sides
    .map((side) => side.trim().replace(/^[`"]|[`"]$/g, ''))
    .map((side) => (side === '*' ? '*' : sqlName(side)))
  return `${kind === '' ? '' : `${kind.toUpperCase()} `}${quoted.join('.')}`
}

/** Commas separate privileges, but not inside the parentheses of a column list. */
function splitPrivileges(text: string): string[] {
  return text
    .split(/,(?![^(]*\))/)
    .map((name) => name.trim())
    .filter((name) => name !== '')
}

function canonical(text: string, columnCase: boolean): string {
  const [, name, columns] = /^([^(]+?)\s*(?:\(([^)]*)\))?$/.exec(text) ?? [text, text]
  const upper = name!.trim().replace(/\s+/g, ' ').toUpperCase()
  const known = SYNONYMS[upper] ?? upper
  if (columns === undefined) return known
  const sorted = columns.split(',').map((column) => column.trim().replaceAll('`', ''))
  return `${known} (${(columnCase ? sorted : sorted.map((column) => column.toUpperCase())).sort().join(', ')})`
}

/** What `SHOW GRANTS` printed. Roles and PROXY are other modules' affair. `every`: the server's list of all global privileges. */
export function currentPrivileges(
  grants: readonly string[],
  columnCase: boolean,
  every: ReadonlySet<string>,
): Privileges {
  const found = new Map<string, Set<string>>()
  for (const grant of grants) {
    const match = /^GRANT (.+) ON (.+?) TO [`'"][\s\S]*?( WITH GRANT OPTION)?(?: WITH [\w ]+)?$/.exec(grant)
    if (match === null || /^PROXY$/i.test(match[1]!)) continue
    const object = objectOf(match[2]!)
    const names = found.get(object) ?? new Set<string>()
    for (const name of splitPrivileges(match[1]!)) names.add(canonical(name, columnCase))
    if (/ WITH (?:MAX_[\w ]+ )*GRANT OPTION/.test(grant)) names.add('GRANT')
    names.delete('USAGE')
    found.set(object, names)
  }
  const global = found.get('*.*')
  if (global !== undefined && every.size > 0 && [...every].every((name) => global.has(name))) {
    found.set('*.*', new Set(['ALL', ...(global.has('GRANT') ? ['GRANT'] : [])]))
  }
  return found
}

/** The global privileges of a server, from `SHOW PRIVILEGES`. */
export function everyPrivilege(names: readonly string[]): ReadonlySet<string> {
  return new Set(
    names.map((name) => name.toUpperCase()).filter((name) => !['GRANT OPTION', 'PROXY', 'USAGE'].includes(name)),
  )
}

type Difference = {
  readonly object: string
  readonly grant: readonly string[]
  readonly revoke: readonly string[]
}

/** What to grant and revoke, object by object. `append` revokes nothing, `subtract` grants nothing and revokes what is asked for. */
export function differences(
  current: Privileges,
  wanted: Privileges,
  way: 'replace' | 'append' | 'subtract',
  keepOthers: boolean,
): Difference[] {
  const objects = way === 'replace' && !keepOthers ? new Set([...current.keys(), ...wanted.keys()]) : wanted.keys()
  const found: Difference[] = []
  for (const object of objects) {
    const is = current.get(object) ?? new Set<string>()
    const should = expandRoutine(object, wanted.get(object) ?? new Set())
    const revoke = revocations(is, should, way)
    const left = revoke.includes('ALL') ? new Set([...is].filter((name) => name === 'GRANT')) : is
    const grant = way === 'subtract' ? [] : [...should].filter((name) => !includes(left, name))
    if (grant.length > 0 || revoke.length > 0) found.push({ object, grant, revoke })
  }
  return found
}

function revocations(
  is: ReadonlySet<string>,
  should: ReadonlySet<string>,
  way: 'replace' | 'append' | 'subtract',
): string[] {
  if (way === 'append') return []
  if (way === 'replace') return [...is].filter((name) => !includes(should, name))
  return [...should].filter((name) => includes(is, name) || (name === 'ALL' && is.size > 0))
}

/** ALL includes every privilege but the option to grant them. */
function includes(set: ReadonlySet<string>, name: string): boolean {
  return set.has(name) || (name !== 'GRANT' && set.has('ALL'))
}

/** For a routine, `SHOW GRANTS` lists what ALL stands for. */
function expandRoutine(object: string, names: ReadonlySet<string>): ReadonlySet<string> {
  if (!/^(FUNCTION|PROCEDURE) /.test(object) || !names.has('ALL')) return names
  return new Set([...names].flatMap((name) => (name === 'ALL' ? ['ALTER ROUTINE', 'EXECUTE'] : [name])))
}

/** The statements that make a difference go away. */
export function privilegeStatements(difference: Difference, account: string): string[] {
  const { object, grant, revoke } = difference
  const revoked = revoke.filter((name) => name !== 'GRANT')
  const granted = grant.filter((name) => name !== 'GRANT')
  return [
    ...(revoke.includes('GRANT') ? [`REVOKE GRANT OPTION ON ${object} FROM ${account}`] : []),
    ...(revoked.length > 0 ? [`REVOKE ${revoked.map(sqlPrivilege).join(', ')} ON ${object} FROM ${account}`] : []),
    ...(grant.length > 0
      ? [
          `GRANT ${granted.length === 0 ? 'USAGE' : granted.map(sqlPrivilege).join(', ')} ON ${object} TO ${account}` +
            (grant.includes('GRANT') ? ' WITH GRANT OPTION' : ''),
        ]
      : []),
  ]
}

/** Only names of letters may stand in a statement; columns are quoted. Raises `args.value`. */
function sqlPrivilege(name: string): string {
  const [, privilege, columns] = /^([A-Z_ ]+?)(?: \((.*)\))?$/.exec(name) ?? []
  if (privilege === undefined) throw invalid(`"${name}" is not the name of a privilege`)
  return columns === undefined ? privilege : `${privilege} (${columns.split(', ').map(sqlName).join(', ')})`
}

function invalid(detail: string): Problem {
  return new Problem({ code: 'args.value', summary: 'Wrong value of argument', detail })
}
