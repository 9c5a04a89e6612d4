import { module } from '../../src/modules/mysql_variables.ts'
import { type Row, testModule } from '../support/module.ts'
import { serverHost } from '../support/server-host.ts'

const login = { login_unix_socket: '/run/mysqld/mysqld.sock' }
const set = (sql: string) => `mysql -e "${sql}"`
const state =
  "mysql -Ne \"SHOW GLOBAL VARIABLES WHERE Variable_name IN ('max_connections', 'event_scheduler', 'init_connect')\""

const rows: readonly Row[] = [
  {
    name: 'sets a number',
    state,
    given: set('SET GLOBAL max_connections = 100'),
    args: { ...login, variable: 'max_connections', value: 123 },
    want: {
      changes: [{ what: 'max_connections', before: '100', after: '123' }],
      result: {
        changed: true,
        msg: 'Variable change succeeded prev_value=100',
        queries: ['SET GLOBAL `max_connections` = 123'],
      },
      after: `[ "$(${set('SELECT @@GLOBAL.max_connections').replace('-e', '-Ne')})" = 123 ]`,
    },
  },
  {
    name: 'leaves a right number alone',
    state,
    given: set('SET GLOBAL max_connections = 123'),
    args: { ...login, variable: 'max_connections', value: '123.0' },
    want: { changes: 'none', result: { changed: false, msg: 'Variable is already set to requested value.' } },
  },
  {
    name: 'knows that 1 is ON',
    state,
    given: set('SET GLOBAL event_scheduler = ON'),
    args: { ...login, variable: 'event_scheduler', value: 1 },
    want: { changes: 'none' },
  },
  {
    name: 'turns a switch',
    state,
    given: set('SET GLOBAL event_scheduler = ON'),
    args: { ...login, variable: 'event_scheduler', value: 'OFF' },
    want: { changes: [{ what: 'event_scheduler', before: 'ON', after: 'OFF' }] },
  },
  {
    name: 'sets text',
    state,
    given: set("SET GLOBAL init_connect = ''"),
    args: { ...login, variable: 'init_connect', value: 'SET @a = 1' },
    want: { result: { changed: true } },
    strings: (text) => ({ args: { ...login, variable: 'init_connect', value: text } }),
  },
  {
    name: 'shows a value',
    state,
    given: set('SET GLOBAL max_connections = 123'),
    args: { ...login, variable: 'max_connections' },
    want: { changes: 'none', result: { msg: '123', changed: false } },
  },
  {
    name: 'names a variable there is not',
    args: { ...login, variable: 'max_wishes', value: 3 },
    want: { failure: /^Variable not available "max_wishes"$/ },
  },
  {
    name: 'refuses a name that is none',
    args: { ...login, variable: 'a; b', value: 3 },
    want: { failure: /invalid variable name "a; b"/ },
  },
  {
    name: 'says why the server refuses a value',
    args: { ...login, variable: 'event_scheduler', value: 'maybe' },
    want: { failure: /^\(1231, "Variable 'event_scheduler' can't be set to the value of 'maybe'"\)$/ },
  },
]

const mysqlRows: readonly Row[] = [
  {
    name: 'persists a value',
    given: set('RESET PERSIST; SET GLOBAL max_connections = 123'),
    args: { ...login, variable: 'max_connections', value: 123, mode: 'persist' },
    want: {
      changes: [{ what: 'max_connections', before: '123', after: '123' }],
      after: `[ "$(mysql -Ne "SELECT VARIABLE_VALUE FROM performance_schema.persisted_variables WHERE VARIABLE_NAME='max_connections'")" = 123 ]`,
    },
  },
  {
    name: 'leaves a persisted value alone',
    given: set('SET PERSIST max_connections = 124'),
    args: { ...login, variable: 'max_connections', value: 124, mode: 'persist' },
    want: { changes: 'none', result: { msg: /stored into mysqld-auto.cnf file\.$/ } },
  },
  {
    name: 'persists only',
    given: set('RESET PERSIST; SET GLOBAL max_connections = 100'),
    args: { ...login, variable: 'max_connections', value: 130, mode: 'persist_only' },
    want: {
      changes: [{ what: 'max_connections', before: null, after: '130' }],
      after: '[ "$(mysql -Ne "SELECT @@GLOBAL.max_connections")" = 100 ]',
    },
  },
]

const mariadbRows: readonly Row[] = [
  {
    name: 'says that MariaDB can’t persist',
    args: { ...login, variable: 'max_connections', value: 130, mode: 'persist' },
    want: { failure: /^Server version must be 8\.0 or greater\.$/ },
  },
]

export const tests = [
  testModule(module, [...rows, ...mysqlRows], serverHost('mysql')),
  testModule(module, [...rows, ...mariadbRows], serverHost('mariadb')),
]
