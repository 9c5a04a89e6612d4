import type { Change } from '../kernel/change.ts'
import type { JsonObject } from '../kernel/json.ts'
import { defineModule, Failure, type Ran } from '../kernel/module.ts'
import { arg, args } from '../kernel/schema.ts'
import { lines, type Sh, sh } from '../kernel/sh.ts'
import * as mysql from './parts/mysql.ts'
import * as replication from './parts/mysql-replication.ts'
import { rowsOf, type SqlRow } from './parts/mysql-xml.ts'

const MODES = [
  'getreplica',
  'getprimary',
  'changeprimary',
  'startreplica',
  'stopreplica',
  'resetprimary',
  'resetreplica',
  'resetreplicaall',
  'getslave',
  'getmaster',
  'changemaster',
  'startslave',
  'stopslave',
  'resetmaster',
  'resetslave',
  'resetslaveall',
] as const

const schema = args(
  {
    ...mysql.LOGIN,
    mode: arg.choice(MODES, 'What to do; the names with master and slave mean the same', { default: 'getreplica' }),
    primary_host: arg.str('The primary’s host', { aliases: ['master_host'] }),
    primary_user: arg.str('The user to log in as there', { aliases: ['master_user'] }),
    primary_password: arg.secret('Its password', { aliases: ['master_password'] }),
    primary_port: arg.int('The primary’s port', { aliases: ['master_port'] }),
    primary_connect_retry: arg.int('Seconds between attempts to connect', { aliases: ['master_connect_retry'] }),
    primary_log_file: arg.str('The binary log to begin with', { aliases: ['master_log_file'] }),
    primary_log_pos: arg.int('The position to begin at', { aliases: ['master_log_pos'] }),
    relay_log_file: arg.str('The relay log to begin with'),
    relay_log_pos: arg.int('The position in the relay log'),
    primary_ssl: arg.bool('Whether the connection must be encrypted', { aliases: ['master_ssl'] }),
    primary_ssl_ca: arg.str('File with certificates of authorities', { aliases: ['master_ssl_ca'] }),
    primary_ssl_capath: arg.str('Folder with certificates of authorities', { aliases: ['master_ssl_capath'] }),
    primary_ssl_cert: arg.str('The replica’s certificate', { aliases: ['master_ssl_cert'] }),
    primary_ssl_key: arg.str('The file with the replica’s private key', { aliases: ['master_ssl_key'] }),
    primary_ssl_cipher: arg.str('Ciphers that may be used', { aliases: ['master_ssl_cipher'] }),
    primary_ssl_verify_server_cert: arg.bool('Whether the primary’s certificate must name it', { default: false }),
    primary_auto_position: arg.bool('Replicate by GTID (MySQL)', { default: false, aliases: ['master_auto_position'] }),
    primary_use_gtid: arg.choice(['current_pos', 'replica_pos', 'disabled'], 'Replicate by GTID (MariaDB)', {
      aliases: ['master_use_gtid'],
    }),
    primary_delay: arg.int('Seconds to lag behind', { aliases: ['master_delay'] }),
    connection_name: arg.str('Name of the connection (MariaDB)'),
    channel: arg.str('Name of the channel (MySQL)'),
    fail_on_error: arg.bool('Fail when the server refuses to start, stop or reset', { default: false }),
  },
  { exclusive: [['connection_name', 'channel']] },
)

type Args = ReturnType<typeof schema.check>
type Want = Omit<Args, 'mode'> & { readonly mode: string }
type Now = {
  readonly kind: replication.Kind
  readonly primary: SqlRow | null
  readonly replica: SqlRow | null
  /** Whether the password is the one the replica uses; null when the server doesn't tell. */
  readonly samePassword: boolean | null
}

/**
 * `changeprimary` compares with what the server replicates now and is no change when that is as wanted; so are starting what runs and
 * stopping what stands. MySQL compares the password itself; MariaDB keeps it to itself: there it counts as right until the primary
 * refuses it.
 */
export const module = defineModule<Args, Want, Now>({
  name: 'mysql_replication',
  collection: 'community.mysql',
  summary: 'Sets up, starts and stops the replication of MySQL and MariaDB servers',
  examples: [
    '- mysql_replication:\n    mode: getreplica\n    login_unix_socket: /run/mysqld/mysqld.sock\n',
    '- mysql_replication:\n    mode: changeprimary\n    primary_host: 192.0.2.1\n    primary_user: replica\n    primary_password: secret\n    primary_auto_position: true\n',
  ],
  args: schema,
  effects: 'network',
  want: (given) => ({ ...given, mode: given.mode.replace('master', 'primary').replace('slave', 'replica') }),
  probe: (want) => mysql.probeSql(want, queries(want), { force: true }),
  read,
  plan,
  apply: (_, want, now) => applyOf(want, now),
  result: (outcome) => resultOf(outcome.now, outcome.want, outcome.changes, outcome.ran),
  failure: ({ now, want, ran }) => {
    const failure = mysql.sqlFailure(ran.fields, want)
    if (want.mode !== 'changeprimary') return new Failure(`${ERRORS[want.mode]} failed: ${failure.message}`)
    return new Failure(`${failure.message}. Query == ${statementOf(want, now, '********')}`)
  },
})

function queries(want: Want): string[] {
  const name = want.connection_name ? ` ${mysql.sqlString(want.connection_name)}` : ''
  const channel = want.channel ? ` FOR CHANNEL ${mysql.sqlString(want.channel)}` : ''
  const status = ['REPLICA', 'SLAVE'].map((word) => `SHOW ${word}${name} STATUS${channel}`)
  const password =
    want.primary_password === undefined
      ? []
      : [
          `SELECT User_password = BINARY ${mysql.sqlString(want.primary_password.reveal())} AS same ` +
            `FROM mysql.slave_master_info WHERE Channel_name = ${mysql.sqlString(want.channel ?? '')}`,
        ]
  if (want.mode === 'getprimary') return [VERSION, 'SHOW BINARY LOG STATUS', 'SHOW MASTER STATUS', 'SHOW BINLOG STATUS']
  return [mysql.PLAIN_MODE, VERSION, ...status, ...(want.mode === 'changeprimary' ? password : [])]
}

const VERSION = 'SELECT VERSION() AS version'

function read(fields: Parameters<typeof mysql.answerOf>[0], want: Want): Now {
  const { sets, error } = mysql.answerOf(fields, want)
  const version = rowsOf(sets, VERSION)?.[0]?.version
  if (version === undefined || version === null)
    throw new Failure(error === null ? 'no answer' : mysql.showError(error))
  if (error?.code === 1227) throw new Failure(mysql.showError(error))
  const first = (...starts: string[]) =>
    starts.map((start) => rowsOf(sets, start)?.[0]).find((row) => row !== undefined) ?? null
  const replica = first('SHOW REPLICA', 'SHOW SLAVE')
  const same = rowsOf(sets, 'SELECT User_password')?.[0]?.same
  return {
    kind: replication.kindOf(version),
    primary: first('SHOW BINARY LOG', 'SHOW MASTER', 'SHOW BINLOG'),
    // RESET REPLICA ALL leaves a status without a source behind on some servers.
    replica: replica !== null && replication.statusValue(replica, 'Master_Host') === '' ? null : replica,
    samePassword: same === undefined || same === null ? null : same === '1',
  }
}

function plan(now: Now, want: Want): readonly Change[] {
  const { replica } = now
  const running = (column: string) => (replica === null ? 'No' : (replication.statusValue(replica, column) ?? 'No'))
  const threads = [running('Slave_IO_Running'), running('Slave_SQL_Running')]
  const act = (before: string | null, after: string | null): Change[] => [{ what: 'replication', before, after }]
  switch (want.mode) {
    case 'changeprimary': {
      const changes = replication
        .differing(replica, sourceOf(want))
        .map(({ argument, before, after }): Change => ({ what: argument, before, after }))
      const password = want.primary_password !== undefined && !passwordIsRight(now)
      return password
        ? [...changes, { what: 'primary_password', before: replica && '********', after: '********' }]
        : changes
    }
    case 'startreplica':
      return threads.includes('No') ? act('stopped', 'started') : []
    case 'stopreplica':
      return threads.every((state) => state === 'No') ? [] : act('started', 'stopped')
    case 'resetprimary':
      return [{ what: 'binary logs', before: 'present', after: null }]
    case 'resetreplica':
      return replica === null ? [] : act('configured', 'reset')
    case 'resetreplicaall':
      return replica === null ? [] : act('configured', null)
    default:
      return []
  }
}

/** 1045 is the primary's "access denied". */
function passwordIsRight({ replica, samePassword }: Now): boolean {
  if (replica === null) return false
  return samePassword ?? replication.statusValue(replica, 'Last_IO_Errno') !== '1045'
}

function sourceOf(want: Want): replication.Source {
  const { primary_password: _, ...rest } = want
  return rest as unknown as replication.Source
}

function statementOf(want: Want, { kind }: Now, password: string | null): string {
  const name = want.connection_name ? ` ${mysql.sqlString(want.connection_name)}` : ''
  const channel = want.channel ? ` FOR CHANNEL ${mysql.sqlString(want.channel)}` : ''
  const word = replication.replicaWord(kind)
  switch (want.mode) {
    case 'changeprimary': {
      const begin = replication.saysSource(kind) ? 'CHANGE REPLICATION SOURCE' : `CHANGE MASTER${name}`
      const shown = want.primary_password === undefined ? null : password
      return `${begin} TO ${replication.clauses(kind, sourceOf(want), shown).join(',')}${channel}`
    }
    case 'startreplica':
      return `START ${word}${name}${channel}`
    case 'stopreplica':
      return `STOP ${word}${name}${channel}`
    case 'resetprimary':
      return !kind.mariadb && replication.isAtLeast(kind, [8, 2, 0]) ? 'RESET BINARY LOGS AND GTIDS' : 'RESET MASTER'
    case 'resetreplica':
      return `RESET ${word}${name}${channel}`
    default:
      return `RESET ${word}${name} ALL${channel}`
  }
}

function applyOf(want: Want, now: Now): Sh {
  const password = want.primary_password === undefined ? null : mysql.sqlString(want.primary_password.reveal())
  const run = mysql.sqlBlob([mysql.PLAIN_MODE, statementOf(want, now, password)])
  const strict = want.fail_on_error || want.mode === 'changeprimary'
  return lines([mysql.client(want), strict ? sh`${run} | answer || exit 1` : sh`${run} | answer || :`])
}

const ERRORS: { readonly [mode: string]: string } = {
  startreplica: 'START REPLICA',
  stopreplica: 'STOP REPLICA',
  resetprimary: 'RESET MASTER',
  resetreplica: 'RESET REPLICA',
  resetreplicaall: 'RESET REPLICA ALL',
}

const WORDS: { readonly [mode: string]: readonly [done: string, not: string] } = {
  startreplica: ['Replica started ', 'Replica already started (Or cannot be started)'],
  stopreplica: ['Replica stopped', 'Replica already stopped'],
  resetprimary: ['Primary reset', 'Primary already reset'],
  resetreplica: ['Replica reset', 'Replica already reset'],
  resetreplicaall: ['Replica reset', 'Replica already reset'],
}

function resultOf(now: Now, want: Want, changes: readonly Change[], ran: Ran | null): JsonObject {
  if (want.mode === 'getprimary') {
    if (now.primary !== null) return { queries: [], ...replication.statusRow(now.primary), Is_Primary: true }
    return { queries: [], Is_Primary: false, msg: 'Server is not configured as mysql primary' }
  }
  if (want.mode === 'getreplica') {
    if (now.replica !== null) return { queries: [], ...replication.statusRow(now.replica), Is_Replica: true }
    return { queries: [], Is_Replica: false, msg: 'Server is not configured as mysql replica' }
  }
  const queries = changes.length === 0 ? [] : [statementOf(want, now, "'********'")]
  const words = WORDS[want.mode]
  if (words === undefined) return { queries }
  const done = ran !== null && mysql.answerOf(ran.fields, want).error === null
  return { queries, msg: done ? words[0] : words[1], changed: done }
}
