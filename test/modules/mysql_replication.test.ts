import { module } from '../../src/modules/mysql_replication.ts'
import { type Row, testModule } from '../support/module.ts'
import { serverHost } from '../support/server-host.ts'

const login = { login_unix_socket: '/run/mysqld/mysqld.sock' }
const source = { primary_host: '127.0.0.1', primary_user: 'repl', primary_port: 3399, primary_connect_retry: 7 }

type Words = { readonly server: 'mysql' | 'mariadb'; readonly change: string; readonly host: string }

/** The same rows in either server's words. Nothing answers at the source's port: the thread keeps connecting, which counts as running. */
function rowsFor({ server, change, host }: Words): readonly Row[] {
  const gtid = server === 'mysql' ? { primary_auto_position: true } : { primary_use_gtid: 'replica_pos' }
  const gtidSql = server === 'mysql' ? 'SOURCE_AUTO_POSITION=1' : 'MASTER_USE_GTID=slave_pos'
  const word = server === 'mysql' ? 'SOURCE' : 'MASTER'
  const none = 'mysql -e "STOP REPLICA; RESET REPLICA ALL" 2>/dev/null'
  const set = `${none}; mysql -e "${change} ${word}_HOST='127.0.0.1', ${word}_USER='repl', ${word}_PASSWORD='geheim', ${word}_PORT=3399, ${word}_CONNECT_RETRY=7, ${gtidSql}"`
  const state = `mysql -e 'SHOW REPLICA STATUS' | cut -f 2-5`
  const common = { state, secrets: ['geheim', 'sesam'] }
  const settings = [
    { what: 'primary_host', before: null, after: '127.0.0.1' },
    { what: 'primary_user', before: null, after: 'repl' },
    { what: 'primary_port', before: null, after: '3399' },
    { what: 'primary_connect_retry', before: null, after: '7' },
  ]
  return [
    {
      ...common,
      name: 'says that a server is no replica',
      given: none,
      args: { ...login, mode: 'getreplica' },
      want: {
        changes: 'none',
        result: { Is_Replica: false, msg: 'Server is not configured as mysql replica', queries: [] },
      },
    },
    {
      ...common,
      name: 'shows the status of a replica',
      given: set,
      args: { ...login },
      want: { changes: 'none', result: { Is_Replica: true, [host]: '127.0.0.1', Connect_Retry: 7, changed: false } },
    },
    {
      ...common,
      name: 'points a replica to its primary',
      given: none,
      args: { ...login, ...source, ...gtid, mode: 'changeprimary', primary_password: 'geheim' },
      want: {
        changes: [
          ...settings,
          server === 'mysql'
            ? { what: 'primary_auto_position', before: null, after: 'true' }
            : { what: 'primary_use_gtid', before: null, after: 'replica_pos' },
          { what: 'primary_password', before: null, after: '********' },
        ],
        result: {
          changed: true,
          queries: [
            new RegExp(
              `^CHANGE .* TO ${word}_HOST='127\\.0\\.0\\.1',${word}_USER='repl',${word}_PASSWORD='\\*+',${word}_PORT=3399`,
            ),
          ],
        },
      },
    },
    {
      ...common,
      name: 'leaves a replica alone that has this primary',
      given: set,
      args: { ...login, ...source, ...gtid, mode: 'changeprimary', primary_password: 'geheim' },
      want: { changes: 'none', result: { changed: false, queries: [] } },
    },
    {
      ...common,
      name: 'changes the lag',
      given: set,
      args: { ...login, ...source, ...gtid, mode: 'changeprimary', primary_delay: 60 },
      want: { changes: [{ what: 'primary_delay', before: '0', after: '60' }] },
    },
    {
      ...common,
      name: 'begins at a position',
      given: none,
      args: { ...login, ...source, mode: 'changemaster', primary_log_file: 'bin.000002', primary_log_pos: 500 },
      want: { changes: [...settings, { what: 'primary_log_file', before: null, after: 'bin.000002:500' }] },
    },
    {
      ...common,
      name: 'does not set a replica back',
      given: `${none}; mysql -e "${change} ${word}_HOST='127.0.0.1', ${word}_USER='repl', ${word}_PORT=3399, ${word}_CONNECT_RETRY=7, ${word}_LOG_FILE='bin.000003', ${word}_LOG_POS=4"`,
      args: { ...login, ...source, mode: 'changeprimary', primary_log_file: 'bin.000002', primary_log_pos: 500 },
      want: { changes: 'none' },
    },
    {
      ...common,
      name: 'says why the server refuses a change',
      given: `${set}; mysql -e 'START REPLICA'`,
      args: { ...login, ...source, mode: 'changeprimary', primary_host: '127.0.0.2', primary_password: 'sesam' },
      want: { failure: /^\(\d+, ["'].*STOP (REPLICA|SLAVE).*Query == CHANGE .*PASSWORD=\*+/ },
    },
    {
      ...common,
      name: 'starts a replica',
      given: set,
      args: { ...login, mode: 'startreplica' },
      want: {
        changes: [{ what: 'replication', before: 'stopped', after: 'started' }],
        result: { changed: true, msg: 'Replica started ', queries: ['START REPLICA'] },
      },
    },
    {
      ...common,
      name: 'leaves a running replica alone',
      given: `${set}; mysql -e 'START REPLICA'`,
      args: { ...login, mode: 'startslave' },
      want: { changes: 'none', result: { changed: false, msg: 'Replica already started (Or cannot be started)' } },
    },
    {
      ...common,
      name: 'says so when nothing can be started',
      given: none,
      args: { ...login, mode: 'startreplica' },
      want: { result: { changed: false, msg: 'Replica already started (Or cannot be started)' } },
      always: true,
    },
    {
      ...common,
      name: 'fails when nothing can be started, when asked to',
      given: none,
      args: { ...login, mode: 'startreplica', fail_on_error: true },
      want: { failure: /^START REPLICA failed: \(1200, / },
      always: true,
    },
    {
      ...common,
      name: 'stops a replica',
      given: `${set}; mysql -e 'START REPLICA'`,
      args: { ...login, mode: 'stopreplica' },
      want: {
        changes: [{ what: 'replication', before: 'started', after: 'stopped' }],
        result: { msg: 'Replica stopped' },
      },
    },
    {
      ...common,
      name: 'leaves a stopped replica alone',
      given: set,
      args: { ...login, mode: 'stopreplica' },
      want: { changes: 'none', result: { changed: false, msg: 'Replica already stopped' } },
    },
    {
      ...common,
      name: 'makes a server no replica any more',
      given: set,
      args: { ...login, mode: 'resetreplicaall' },
      want: { result: { changed: true, msg: 'Replica reset', queries: ['RESET REPLICA ALL'] } },
    },
    {
      ...common,
      name: 'shows the binary log of a primary',
      args: { ...login, mode: 'getprimary' },
      ...(server === 'mysql'
        ? { want: { changes: 'none' as const, result: { Is_Primary: true, File: /^binlog\./ } } }
        : {
            want: {
              changes: 'none' as const,
              result: { Is_Primary: false, msg: 'Server is not configured as mysql primary' },
            },
          }),
    },
  ]
}

const mysqlRows: readonly Row[] = [
  {
    name: 'notices another password',
    given: `mysql -e "STOP REPLICA; RESET REPLICA ALL" 2>/dev/null; mysql -e "CHANGE REPLICATION SOURCE TO SOURCE_HOST='127.0.0.1', SOURCE_USER='repl', SOURCE_PASSWORD='geheim', SOURCE_PORT=3399, SOURCE_CONNECT_RETRY=7"`,
    args: { ...login, ...source, mode: 'changeprimary', primary_password: 'sesam' },
    want: { changes: [{ what: 'primary_password', before: '********', after: '********' }] },
    secrets: ['geheim', 'sesam'],
  },
  {
    name: 'throws the binary logs away',
    args: { ...login, mode: 'resetprimary' },
    want: { result: { changed: true, msg: 'Primary reset', queries: ['RESET BINARY LOGS AND GTIDS'] } },
    always: true,
  },
  {
    name: 'keeps channels apart',
    given: `mysql -e "STOP REPLICA; RESET REPLICA ALL" 2>/dev/null; mysql -e "CHANGE REPLICATION SOURCE TO SOURCE_HOST='127.0.0.1', SOURCE_PORT=3399 FOR CHANNEL 'one'"`,
    args: { ...login, mode: 'changeprimary', channel: 'two', primary_host: '127.0.0.1', primary_port: 3399 },
    want: {
      changes: [
        { what: 'primary_host', before: null, after: '127.0.0.1' },
        { what: 'primary_port', before: null, after: '3399' },
      ],
      result: { queries: ["CHANGE REPLICATION SOURCE TO SOURCE_HOST='127.0.0.1',SOURCE_PORT=3399 FOR CHANNEL 'two'"] },
    },
  },
]

const mysqlWords: Words = { server: 'mysql', change: 'CHANGE REPLICATION SOURCE TO', host: 'Source_Host' }
const mariadbWords: Words = { server: 'mariadb', change: 'CHANGE MASTER TO', host: 'Master_Host' }

export const tests = [
  testModule(module, [...rowsFor(mysqlWords), ...mysqlRows], serverHost('mysql')),
  testModule(module, rowsFor(mariadbWords), serverHost('mariadb')),
]
