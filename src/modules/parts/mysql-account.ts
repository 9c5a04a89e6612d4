import type { Fields } from '../../kernel/fields.ts'
import { Failure } from '../../kernel/module.ts'
import { answerOf, type Login, PLAIN_MODE, showError, sqlString } from './mysql.ts'
import { currentPrivileges, everyPrivilege, type Privileges } from './mysql-privileges.ts'
import { rowsOf, type SqlRow } from './mysql-xml.ts'

export type Account = {
  readonly host: string
  readonly plugin: string
  /** What the server keeps to check a password against. */
  readonly kept: Buffer
  readonly tls: string
  readonly limits: { readonly [name: string]: number }
  readonly locked: boolean
  readonly privileges: Privileges
}

export type Server = {
  readonly mariadb: boolean
  readonly version: readonly [number, number]
  readonly plugins: ReadonlySet<string>
}

export type Accounts = { readonly server: Server; readonly accounts: readonly Account[] }

/** The account as it stands in a statement. */
export function accountName(user: string, host: string): string {
  return `${sqlString(user)}@${sqlString(host)}`
}

/** Statements that read all accounts of a user, for `answer --force`: the server has no account, or no such table, without harm. */
export function accountQueries(user: string): string[] {
  return [
    PLAIN_MODE,
    'SELECT VERSION() AS version',
    "SELECT PLUGIN_NAME FROM information_schema.PLUGINS WHERE PLUGIN_TYPE = 'AUTHENTICATION' AND PLUGIN_STATUS = 'ACTIVE'",
    'SHOW PRIVILEGES',
    `SELECT u.*, HEX(authentication_string) AS kept FROM mysql.user u WHERE User = ${sqlString(user)}`,
    `SELECT Host, JSON_VALUE(Priv, '$.account_locked') AS locked FROM mysql.global_priv WHERE User = ${sqlString(user)}`,
  ]
}

/** A query whose rows are the statements that show the grants of every account of a user. */
export function grantQueries(user: string, delimiter: string): string {
  const tail = sqlString(`\n${delimiter}`)
  return `SELECT CONCAT('SHOW GRANTS FOR ', QUOTE(User), '@', QUOTE(Host), ${tail}) FROM mysql.user WHERE User = ${sqlString(user)}`
}

/** Reads the answers. Throws a failure when the accounts may not be read. */
export function readAccounts(fields: Fields, login: Pick<Login, 'config_file'>, columnCase: boolean): Accounts {
  const { sets, error } = answerOf(fields, login)
  const users = rowsOf(sets, 'SELECT u.*')
  const version = rowsOf(sets, 'SELECT VERSION()')?.[0]?.version ?? ''
  if (
    error !== null &&
    ![1141, 1146, 1064, 1142, 1305].includes(error.code) &&
    (users === null || users.length === 0)
  ) {
    throw new Failure(showError(error))
  }
  const mariadb = /mariadb/i.test(version)
  const locks = rowsOf(sets, 'SELECT Host, JSON_VALUE') ?? []
  const every = mariadb ? new Set<string>() : everyPrivilege(globalNames(rowsOf(sets, 'SHOW PRIVILEGES') ?? []))
  const accounts = (users ?? []).map((row): Account => {
    const host = row.Host ?? ''
    const grants = sets.filter(({ rows }) => isGrantsFor(rows[0], host)).flatMap(({ rows }) => rows.map(firstValue))
    return {
      host,
      plugin: row.plugin ?? '',
      kept: Buffer.from(row.kept ?? '', 'hex'),
      tls: tlsOf(row),
      limits: limitsOf(row),
      locked: row.account_locked === 'Y' || locks.some((lock) => lock.Host === host && lock.locked === '1'),
      privileges: currentPrivileges(grants, columnCase, every),
    }
  })
  const [major = 0, minor = 0] = version.split('.').map((part) => Number.parseInt(part, 10))
  const plugins = new Set((rowsOf(sets, 'SELECT PLUGIN_NAME') ?? []).map((row) => row.PLUGIN_NAME!))
  return { server: { mariadb, version: [major, minor], plugins }, accounts }
}

/** `SHOW PRIVILEGES` lists privileges that mean something only below the server too; all of them can be granted on `*.*`. */
function globalNames(rows: readonly SqlRow[]): string[] {
  return rows.map((row) => row.Privilege ?? '')
}

/** The column of `SHOW GRANTS` is called `Grants for user@host`. */
function isGrantsFor(row: SqlRow | undefined, host: string): boolean {
  const name = row === undefined ? '' : (Object.keys(row)[0] ?? '')
  return name.startsWith('Grants for ') && name.slice(name.lastIndexOf('@') + 1) === host
}

function firstValue(row: SqlRow): string {
  return Object.values(row)[0] ?? ''
}

/** What comes behind REQUIRE. */
function tlsOf(row: SqlRow): string {
  const type = row.ssl_type ?? ''
  if (type === 'ANY') return 'SSL'
  if (type !== 'SPECIFIED') return type
  return requirement({
    CIPHER: row.ssl_cipher ?? '',
    ISSUER: row.x509_issuer ?? '',
    SUBJECT: row.x509_subject ?? '',
  })
}

/** `SSL`, `X509`, or conditions joined by AND, from `tls_requires`; '' for none. */
export function requirement(wanted: { readonly [name: string]: string }): string {
  const named = new Map(Object.entries(wanted).map(([name, value]) => [name.toUpperCase(), value]))
  const conditions = ['CIPHER', 'ISSUER', 'SUBJECT'].filter((name) => (named.get(name) ?? '') !== '')
  if (conditions.length > 0) return conditions.map((name) => `${name} ${sqlString(named.get(name)!)}`).join(' AND ')
  if (named.has('X509')) return 'X509'
  return named.size > 0 ? 'SSL' : ''
}

const LIMITS: { readonly [column: string]: string } = {
  max_questions: 'MAX_QUERIES_PER_HOUR',
  max_updates: 'MAX_UPDATES_PER_HOUR',
  max_connections: 'MAX_CONNECTIONS_PER_HOUR',
  max_user_connections: 'MAX_USER_CONNECTIONS',
  max_statement_time: 'MAX_STATEMENT_TIME',
}

function limitsOf(row: SqlRow): { [name: string]: number } {
  const known = Object.entries(LIMITS).filter(([column]) => row[column] !== undefined)
  return Object.fromEntries(known.map(([column, name]) => [name, Number(row[column])]))
}
