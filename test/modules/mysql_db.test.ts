import { module } from '../../src/modules/mysql_db.ts'
import { type Row, testModule } from '../support/module.ts'
import { serverHost } from '../support/server-host.ts'

const login = { login_unix_socket: '/run/mysqld/mysqld.sock' }
const none = 'mysql -e "DROP DATABASE IF EXISTS a1; DROP DATABASE IF EXISTS a2"'
const one = `${none}; mysql -e "CREATE DATABASE a1; CREATE TABLE a1.t (x INT); INSERT INTO a1.t VALUES (7)"`
const state = 'mysql -Ne "SELECT * FROM information_schema.SCHEMATA WHERE SCHEMA_NAME LIKE \'a_\'"; ls -l'

const rows: readonly Row[] = [
  {
    name: 'makes databases',
    state,
    given: none,
    args: { ...login, name: ['a1', 'a2'], encoding: 'utf8mb4', collation: 'utf8mb4_bin' },
    want: {
      changes: [
        { what: 'database a1', before: null, after: 'present, utf8mb4, utf8mb4_bin' },
        { what: 'database a2', before: null, after: 'present, utf8mb4, utf8mb4_bin' },
      ],
      result: {
        changed: true,
        db: 'a1 a2',
        db_list: ['a1', 'a2'],
        executed_commands: [
          "CREATE DATABASE `a1` CHARACTER SET 'utf8mb4' COLLATE 'utf8mb4_bin'",
          "CREATE DATABASE `a2` CHARACTER SET 'utf8mb4' COLLATE 'utf8mb4_bin'",
        ],
      },
      after: `[ "$(mysql -Ne "SELECT DEFAULT_COLLATION_NAME FROM information_schema.SCHEMATA WHERE SCHEMA_NAME='a2'")" = utf8mb4_bin ]`,
    },
  },
  {
    name: 'makes only what is missing',
    state,
    given: one,
    args: { ...login, name: 'a1,a2' },
    want: { changes: [{ what: 'database a2', before: null, after: 'present' }] },
  },
  {
    name: 'takes any name',
    state: ':',
    args: { ...login, name: ['plain'] },
    given:
      "mysql -Ne \"SELECT CONCAT('DROP DATABASE \\`', REPLACE(SCHEMA_NAME, '\\`', '\\`\\`'), '\\`;') FROM information_schema.SCHEMATA WHERE SCHEMA_NAME NOT IN ('mysql','sys','information_schema','performance_schema','q','d')\" | mysql --binary-mode",
    want: { result: { changed: true } },
    strings: (text) => ({ args: { ...login, name: [text] } }),
    texts: ['quotes', 'dash', 'accent'],
  },
  {
    name: 'drops a database',
    state,
    given: one,
    args: { ...login, name: ['a1', 'a2'], state: 'absent' },
    want: {
      changes: [{ what: 'database a1', before: 'present', after: null }],
      result: { executed_commands: ['DROP DATABASE `a1`'] },
    },
  },
  {
    name: 'leaves alone what is as wanted',
    state,
    given: one,
    args: { ...login, name: 'a1' },
    want: { changes: 'none', result: { changed: false, db: 'a1', db_list: ['a1'], executed_commands: [] } },
  },
  {
    name: 'dumps',
    state,
    given: one,
    args: { ...login, name: 'a1', state: 'dump', target: '/t/a1.sql', single_transaction: true },
    want: {
      changes: [{ what: 'dump', before: null, after: '/t/a1.sql' }],
      after: 'grep -q "INSERT INTO .t. VALUES" a1.sql',
    },
    always: true,
  },
  {
    name: 'dumps several, packed, leaving tables out',
    state,
    given: `${one}; mysql -e "CREATE DATABASE a2; CREATE TABLE a2.big (x INT)"`,
    args: {
      ...login,
      name: ['a1', 'a2'],
      state: 'dump',
      target: '/t/x.sql.gz',
      ignore_tables: ['a2.big'],
      hex_blob: true,
    },
    want: { after: 'gzip -dc x.sql.gz | grep -q "CREATE DATABASE"; ! gzip -dc x.sql.gz | grep -q big' },
    always: true,
  },
  {
    name: 'keeps the old dump when the new one fails',
    state,
    given: `${one}; echo old >x.sql`,
    args: { ...login, name: 'a1', state: 'dump', target: '/t/x.sql', dump_extra_args: '--where="none = 1"' },
    want: { failure: /none/, after: '[ "$(cat x.sql)" = old ]; [ "$(ls)" = x.sql ]' },
    always: true,
  },
  {
    name: 'says which database can’t be dumped',
    state,
    given: none,
    args: { ...login, name: 'a1', state: 'dump', target: '/t/x.sql' },
    want: { failure: /^Cannot dump database\(s\) 'a1' - not found$/ },
  },
  {
    name: 'imports into a database it makes',
    state,
    given: `${none}; echo "CREATE TABLE IF NOT EXISTS t (x INT); REPLACE INTO t VALUES (1);" | gzip >x.sql.gz`,
    args: { ...login, name: 'a1', state: 'import', target: '/t/x.sql.gz' },
    want: {
      changes: [
        { what: 'database a1', before: null, after: 'present' },
        { what: 'import', before: null, after: '/t/x.sql.gz' },
      ],
      after: '[ "$(mysql -Ne "SELECT MAX(x) FROM a1.t")" = 1 ]',
    },
    always: true,
  },
  {
    name: 'says what is wrong with an import',
    state,
    given: `${one}; echo "INSERT INTO none VALUES (1);" >x.sql`,
    args: { ...login, name: 'a1', state: 'import', target: '/t/x.sql' },
    want: { failure: /ERROR 1146 .*a1\.none/ },
    always: true,
  },
  {
    name: 'says that the file to import is not there',
    state,
    given: one,
    args: { ...login, name: 'a1', state: 'import', target: '/t/x.sql' },
    want: { failure: /^target \/t\/x\.sql does not exist on the host$/ },
    always: true,
  },
  {
    name: 'takes all for dumps only',
    args: { ...login, name: 'all' },
    want: { failure: /name is not allowed to equal 'all' unless state equals import, or dump\./ },
  },
]

export const tests = [testModule(module, rows, serverHost('mysql')), testModule(module, rows, serverHost('mariadb'))]
