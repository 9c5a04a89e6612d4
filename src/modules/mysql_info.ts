import type { Json, JsonObject } from '../kernel/json.ts'
import { defineModule, Failure } from '../kernel/module.ts'
import { arg, args } from '../kernel/schema.ts'
import * as mysql from './parts/mysql.ts'
import { kindOf } from './parts/mysql-replication.ts'
import { type ResultSet, rowsOf, type SqlRow } from './parts/mysql-xml.ts'

const SUBSETS = [
  'version',
  'databases',
  'settings',
  'global_status',
  'engines',
  'users',
  'master_status',
  'slave_hosts',
  'slave_status',
] as const
type Subset = (typeof SUBSETS)[number]

const schema = args({
  ...mysql.LOGIN,
  login_db: arg.str('The database to use'),
  filter: arg.list(`What to gather: ${SUBSETS.join(', ')}; with ! everything else`),
  exclude_fields: arg.list('Fields to leave out: db_size'),
  return_empty_dbs: arg.bool('Whether databases without tables are listed', { default: false }),
})

type Args = ReturnType<typeof schema.check>
type Want = Args & { readonly subsets: readonly Subset[]; readonly sizes: boolean }
type Now = { readonly [subset: string]: Json }

export const module = defineModule<Args, Want, Now>({
  name: 'mysql_info',
  collection: 'community.mysql',
  summary: 'Gathers what there is to know about a MySQL or MariaDB server',
  examples: ['- mysql_info:\n    filter: version,databases\n    login_unix_socket: /run/mysqld/mysqld.sock\n'],
  args: schema,
  effects: 'host',
  want: (given) => {
    const filter = (given.filter ?? [])
      .map((name) => name.trim())
      .filter((name) => SUBSETS.some((subset) => name.endsWith(subset)))
    const included = filter.filter((name) => !name.startsWith('!'))
    const subsets = SUBSETS.filter((subset) =>
      included.length > 0 ? included.includes(subset) : !filter.includes(`!${subset}`),
    )
    return { ...given, subsets, sizes: !(given.exclude_fields ?? []).some((field) => field.trim() === 'db_size') }
  },
  probe: (want) => mysql.probeSql(want, queries(want), { force: true }),
  read: (fields, want) => {
    const { sets, error } = mysql.answerOf(fields, want)
    const version = rowsOf(sets, 'SELECT VERSION()')?.[0]?.v
    if (version === undefined || version === null)
      throw new Failure(error === null ? 'no answer' : mysql.showError(error))
    const gathered = want.subsets.map((subset) => [subset, READERS[subset](sets, want)] as const)
    return { ...Object.fromEntries(gathered), server_engine: kindOf(version).mariadb ? 'MariaDB' : 'MySQL' }
  },
  plan: () => [],
  apply: () => {
    throw new Error('mysql_info changes nothing')
  },
  result: ({ now }): JsonObject => ({ ...now, connector_name: 'Unknown', connector_version: 'Unknown' }),
})

const STATEMENTS: { readonly [subset in Subset]: readonly string[] } = {
  version: ['SHOW GLOBAL VARIABLES'],
  settings: ['SHOW GLOBAL VARIABLES'],
  databases: ['SHOW DATABASES'],
  global_status: ['SHOW GLOBAL STATUS'],
  engines: ['SHOW ENGINES'],
  users: ['SELECT * FROM mysql.user'],
  master_status: ['SHOW BINARY LOG STATUS', 'SHOW MASTER STATUS'],
  slave_hosts: ['SHOW REPLICAS', 'SHOW SLAVE HOSTS'],
  slave_status: ['SHOW REPLICA STATUS', 'SHOW SLAVE STATUS'],
}

/** Older and newer names are both asked; the server answers the ones it knows. */
function queries(want: Want): string[] {
  const sizes =
    'SELECT table_schema AS name, SUM(data_length + index_length) AS size FROM information_schema.TABLES GROUP BY table_schema'
  return [
    'SELECT VERSION() AS v',
    ...(want.login_db === undefined ? [] : [`USE ${mysql.sqlName(want.login_db)}`]),
    ...new Set(want.subsets.flatMap((subset) => STATEMENTS[subset])),
    ...(want.subsets.includes('databases') ? [sizes] : []),
  ]
}

type Sets = readonly ResultSet[]

function either(sets: Sets, subset: Subset): readonly SqlRow[] {
  return STATEMENTS[subset].map((start) => rowsOf(sets, start)).find((rows) => rows !== null && rows.length > 0) ?? []
}

const READERS: { readonly [subset in Subset]: (sets: Sets, want: Want) => Json } = {
  version: (sets) => {
    const full = either(sets, 'version').find((row) => row.Variable_name === 'version')?.Value ?? ''
    const [major = '0', minor = '0', ...rest] = full.split('.')
    const [release = '0', ...suffix] = (rest[0] ?? '').split('-')
    return { major: Number(major), minor: Number(minor), release: Number(release), suffix: suffix.join('-'), full }
  },
  settings: (sets) => named(either(sets, 'settings')),
  global_status: (sets) => named(either(sets, 'global_status')),
  databases: (sets, want) => {
    const sizes = rowsOf(sets, 'SELECT table_schema') ?? []
    const names = [
      ...sizes.map((row) => row.name ?? ''),
      ...(want.return_empty_dbs ? either(sets, 'databases').map((row) => row.Database ?? '') : []),
    ]
    return Object.fromEntries(
      names.map((name) => [
        name,
        want.sizes ? { size: Number(sizes.find((row) => row.name === name)?.size ?? 0) } : {},
      ]),
    )
  },
  engines: (sets) => Object.fromEntries(either(sets, 'engines').map(({ Engine, ...rest }) => [Engine ?? '', rest])),
  users: (sets) => {
    const users: { [host: string]: { [user: string]: Json } } = {}
    for (const { Host, User, ...rest } of either(sets, 'users')) {
      users[Host ?? ''] ??= {}
      users[Host ?? '']![User ?? ''] = converted(rest)
    }
    return users
  },
  master_status: (sets) => converted(either(sets, 'master_status')[0] ?? {}),
  slave_hosts: (sets) =>
    Object.fromEntries(
      either(sets, 'slave_hosts').map((row) => {
        const { Server_id, Server_Id, ...rest } = row
        return [Server_id ?? Server_Id ?? '', converted(rest)]
      }),
    ),
  slave_status: (sets) => {
    const found: { [host: string]: { [port: string]: { [user: string]: Json } } } = {}
    for (const row of either(sets, 'slave_status')) {
      const key = (name: string) => row[`Master_${name}`] ?? row[`Source_${name}`] ?? ''
      const rest = Object.entries(row).filter(([name]) => !/^(Master|Source)_(Host|Port|User)$/.test(name))
      const ports = found[key('Host')] ?? {}
      found[key('Host')] = ports
      ports[key('Port')] = { ...ports[key('Port')], [key('User')]: converted(Object.fromEntries(rest)) }
    }
    return found
  },
}

function named(rows: readonly SqlRow[]): Json {
  return converted(Object.fromEntries(rows.map((row) => [row.Variable_name ?? '', row.Value ?? null])))
}

/** Text that is an integer becomes one. */
function converted(row: SqlRow): { [name: string]: Json } {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => {
      const integer = value !== null && /^[+-]?\d+$/.test(value) && Number.isSafeInteger(Number(value))
      return [name, integer ? Number(value) : value]
    }),
  )
}
