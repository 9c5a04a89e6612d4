import type { Change } from '../../kernel/change.ts'
import type { Json } from '../../kernel/json.ts'
import { Failure } from '../../kernel/module.ts'
import type { Secret } from '../../kernel/secret.ts'
import { sqlString } from './mysql.ts'
import { type Account, type Accounts, accountName, requirement, type Server } from './mysql-account.ts'
import { isNativeHash, nativeHash, passwordMatches } from './mysql-password.ts'
import { differences, privilegeStatements, wantedPrivileges } from './mysql-privileges.ts'

/** A difference, the statements that make it go away, and what community.mysql says about it. */
export type Step = {
  readonly change: Change
  readonly statements: readonly string[]
  readonly msg: string
  readonly password?: true
}

type WantedUser = {
  readonly name: string
  readonly host: string
  readonly host_all: boolean
  readonly state: 'present' | 'absent'
  readonly password: Secret | undefined
  readonly encrypted: boolean
  readonly plugin: string | undefined
  readonly plugin_hash_string: Secret | undefined
  readonly plugin_auth_string: Secret | undefined
  readonly update_password: 'always' | 'on_create' | 'on_new_username'
  readonly priv: Json | undefined
  readonly append_privs: boolean
  readonly subtract_privs: boolean
  readonly column_case_sensitive: boolean
  readonly tls_requires: { readonly [name: string]: Json } | undefined
  readonly resource_limits: { readonly [name: string]: Json } | undefined
  readonly locked: boolean | undefined
}

/** Everything that differs between the accounts there are and the one that is wanted, in the order to do it in. Pure. */
export function steps(now: Accounts, want: WantedUser): Step[] {
  const accounts = now.accounts.filter(({ host }) => want.host_all || host === want.host)
  if (want.state === 'absent') return accounts.map((account) => dropped(account, want))
  if (accounts.length > 0) return accounts.flatMap((account) => modified(account, now.server, want))
  if (want.host_all) throw new Failure('host_all parameter cannot be used when adding a user')
  return created(now, want)
}

function dropped({ host }: Account, want: WantedUser): Step {
  const name = `${want.name}@${host}`
  return {
    change: { what: `user ${name}`, before: 'present', after: null },
    statements: [`DROP USER IF EXISTS ${accountName(want.name, host)}`],
    msg: 'User deleted',
  }
}

function created(now: Accounts, want: WantedUser): Step[] {
  const account = accountName(want.name, want.host)
  const reused = want.update_password === 'on_new_username' ? sameOfAll(now.accounts) : null
  const identified =
    reused !== null ? kept(now.server, reused.plugin, reused.kept.toString('latin1')) : identity(now.server, want)
  const tls = requirement(textsOf(want.tls_requires))
  const create: Step = {
    change: { what: `user ${want.name}@${want.host}`, before: null, after: 'present' },
    statements: [`CREATE USER ${account}${identified}${tls === '' ? '' : ` REQUIRE ${tls}`}`],
    msg: 'User added',
    ...(reused === null ? { password: true as const } : {}),
  }
  const bare: Account = {
    host: want.host,
    plugin: '',
    kept: Buffer.alloc(0),
    tls,
    limits: now.server.mariadb ? { ...NO_LIMITS, MAX_STATEMENT_TIME: 0 } : NO_LIMITS,
    locked: false,
    privileges: new Map(),
  }
  return [
    create,
    ...(want.subtract_privs ? [] : privilegeSteps(bare, want)),
    ...limitSteps(bare, now.server, want),
    ...lockSteps(bare, want),
  ]
}

const NO_LIMITS = {
  MAX_QUERIES_PER_HOUR: 0,
  MAX_UPDATES_PER_HOUR: 0,
  MAX_CONNECTIONS_PER_HOUR: 0,
  MAX_USER_CONNECTIONS: 0,
}

/** The one way all accounts of a user log in; null when there is none or they differ. */
function sameOfAll(accounts: readonly Account[]): Account | null {
  const first = accounts[0]
  if (first === undefined) return null
  return accounts.every(({ plugin, kept }) => plugin === first.plugin && kept.equals(first.kept)) ? first : null
}

function modified(account: Account, server: Server, want: WantedUser): Step[] {
  return [
    ...(want.update_password === 'always' ? loginSteps(account, server, want) : []),
    ...privilegeSteps(account, want),
    ...tlsSteps(account, want),
    ...limitSteps(account, server, want),
    ...lockSteps(account, want),
  ]
}

function loginSteps(account: Account, server: Server, want: WantedUser): Step[] {
  if (loginIsRight(account, want)) return []
  const name = `${want.name}@${account.host}`
  const shown = want.plugin !== undefined && want.plugin !== account.plugin ? want.plugin : '********'
  const before = shown === '********' ? shown : account.plugin
  return [
    {
      change: { what: `password of ${name}`, before, after: shown },
      statements: [`ALTER USER ${accountName(want.name, account.host)}${identity(server, want, account.plugin)}`],
      msg: 'Password updated (new style)',
      password: true,
    },
  ]
}

/** A password that can't be worked out again counts as different, as it does with community.mysql: setting it again does no harm. */
function loginIsRight(account: Account, want: WantedUser): boolean {
  const password = want.password?.reveal() ?? ''
  const text = account.kept.toString('latin1')
  if (password !== '') {
    if (want.encrypted) return text === checkedHash(password)
    if (passwordMatches(account.plugin, account.kept, password) !== true) return false
  }
  if (want.plugin === undefined) return true
  if (want.plugin !== account.plugin) return false
  const hash = want.plugin_hash_string?.reveal()
  if (hash !== undefined && hash !== '') return hash === text
  const given = want.plugin_auth_string?.reveal()
  if (given === undefined || given === '') return true
  return passwordMatches(account.plugin, account.kept, given) ?? text === given
}

function checkedHash(password: string): string {
  if (isNativeHash(password) || password.startsWith('$A$')) return password
  throw new Failure(
    'encrypted was specified however it does not appear to be a valid hash expecting: *SHA1(SHA1(your_password))',
  )
}

/** The clause that says how the account logs in. A password of an account stays with the plugin the account has, where that knows passwords. */
function identity(server: Server, want: WantedUser, plugin = ''): string {
  const password = want.password?.reveal() ?? ''
  const hash = want.plugin_hash_string?.reveal() ?? ''
  const given = want.plugin_auth_string?.reveal() ?? ''
  if (password !== '' && want.encrypted) {
    const checked = checkedHash(password)
    return kept(server, checked.startsWith('$A$') ? 'caching_sha2_password' : 'mysql_native_password', checked)
  }
  if (password !== '') return passwordClause(server, plugin, password)
  if (want.plugin === undefined) return ''
  if (hash !== '') return kept(server, want.plugin, hash)
  if (given === '') return ` IDENTIFIED WITH ${pluginName(want.plugin)}`
  if (server.mariadb && want.plugin === 'ed25519') return ` IDENTIFIED WITH ed25519 USING PASSWORD(${sqlString(given)})`
  return ` IDENTIFIED WITH ${pluginName(want.plugin)} ${want.plugin === 'pam' ? 'USING' : 'BY'} ${sqlString(given)}`
}

/** Where mysql_native_password works, only its hash travels. MySQL 8.4 and later have it off or not at all: there the server's default decides. */
function passwordClause(server: Server, plugin: string, password: string): string {
  if (server.mariadb && plugin === 'ed25519') return ` IDENTIFIED WITH ed25519 USING PASSWORD(${sqlString(password)})`
  if (!server.mariadb && (plugin === 'caching_sha2_password' || plugin === 'sha256_password')) {
    return ` IDENTIFIED WITH ${plugin} BY ${sqlString(password)}`
  }
  if (server.plugins.has('mysql_native_password')) return kept(server, 'mysql_native_password', nativeHash(password))
  return ` IDENTIFIED BY ${sqlString(password)}`
}

function kept(server: Server, plugin: string, text: string): string {
  if (text === '') return ` IDENTIFIED WITH ${pluginName(plugin)}`
  const literal = server.mariadb ? sqlString(text) : `0x${Buffer.from(text, 'latin1').toString('hex')}`
  return ` IDENTIFIED WITH ${pluginName(plugin)} AS ${plugin === 'caching_sha2_password' ? literal : sqlString(text)}`
}

function pluginName(plugin: string): string {
  return sqlString(plugin)
}

function privilegeSteps(account: Account, want: WantedUser): Step[] {
  if (want.priv === undefined) return []
  const way = want.append_privs ? 'append' : want.subtract_privs ? 'subtract' : 'replace'
  const wanted = wantedPrivileges(want.priv, want.column_case_sensitive)
  return differences(account.privileges, wanted, way, want.name === 'root').map((difference) => {
    const before = account.privileges.get(difference.object)
    const after = new Set([...(before ?? []), ...difference.grant].filter((name) => !difference.revoke.includes(name)))
    return {
      change: {
        what: `privileges of ${want.name}@${account.host} on ${difference.object}`,
        before: list(before),
        after: list(after),
      },
      statements: privilegeStatements(difference, accountName(want.name, account.host)),
      msg:
        before === undefined
          ? 'New privileges granted'
          : `Privileges updated: granted ${pythonList(difference.grant)}, revoked ${pythonList(difference.revoke)}`,
    }
  })
}

function list(names: ReadonlySet<string> | undefined): string | null {
  return names === undefined || names.size === 0 ? null : [...names].sort().join(', ')
}

function pythonList(names: readonly string[]): string {
  return `[${names.map((name) => `'${name}'`).join(', ')}]`
}

function tlsSteps(account: Account, want: WantedUser): Step[] {
  const tls = requirement(textsOf(want.tls_requires))
  if (tls === account.tls) return []
  return [
    {
      change: { what: `tls_requires of ${want.name}@${account.host}`, before: account.tls || null, after: tls || null },
      statements: [`ALTER USER ${accountName(want.name, account.host)} REQUIRE ${tls || 'NONE'}`],
      msg: 'TLS requires updated',
    },
  ]
}

function limitSteps(account: Account, server: Server, want: WantedUser): Step[] {
  return Object.entries(want.resource_limits ?? {}).flatMap(([name, value]): Step[] => {
    const current = account.limits[name]
    if (current === undefined) {
      const only = name === 'MAX_STATEMENT_TIME' && !server.mariadb
      throw new Failure(
        only
          ? 'MAX_STATEMENT_TIME resource limit is only supported by MariaDB.'
          : `resource_limits: key '${name}' is unsupported.`,
      )
    }
    const number = Number.parseInt(String(value), 10)
    if (Number.isNaN(number)) throw new Failure(`Can't convert value '${String(value)}' to integer.`)
    if (number === current) return []
    return [
      {
        change: { what: `${name} of ${want.name}@${account.host}`, before: String(current), after: String(number) },
        statements: [`ALTER USER ${accountName(want.name, account.host)} WITH ${name} ${number}`],
        msg: 'User unchanged',
      },
    ]
  })
}

function lockSteps(account: Account, want: WantedUser): Step[] {
  if (want.locked === undefined || want.locked === account.locked) return []
  return [
    {
      change: {
        what: `lock of ${want.name}@${account.host}`,
        before: account.locked ? 'locked' : 'open',
        after: want.locked ? 'locked' : 'open',
      },
      statements: [`ALTER USER ${accountName(want.name, account.host)} ACCOUNT ${want.locked ? 'LOCK' : 'UNLOCK'}`],
      msg: want.locked ? 'User locked' : 'User unlocked',
    },
  ]
}

function textsOf(given: { readonly [name: string]: Json } | undefined): { [name: string]: string } {
  return Object.fromEntries(
    Object.entries(given ?? {}).map(([name, value]) => [name, value === null ? '' : String(value)]),
  )
}
