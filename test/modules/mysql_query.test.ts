import { module } from '../../src/modules/mysql_query.ts'
import { type Row, testModule } from '../support/module.ts'
import { serverHost } from '../support/server-host.ts'

const login = { login_unix_socket: '/run/mysqld/mysqld.sock' }
const table =
  "mysql -e \"CREATE DATABASE IF NOT EXISTS q; USE q; DROP TABLE IF EXISTS t, made; CREATE TABLE t (id INT PRIMARY KEY, s VARCHAR(99), n DECIMAL(5,2), d DATETIME, j TEXT); INSERT INTO t VALUES (1, 'one', 1.50, '2024-01-02 03:04:05', NULL), (2, '7', NULL, NULL, 'NULL')\""
const state = 'mysql -Ne "SELECT * FROM q.t; SHOW TABLES IN q"'
const common = { given: table, state }

const rows: readonly Row[] = [
  {
    ...common,
    name: 'reads rows with their types, changing nothing',
    args: { ...login, query: 'SELECT id, s, n, d, j FROM q.t ORDER BY id' },
    want: {
      changes: 'none',
      result: {
        changed: false,
        executed_queries: ['SELECT id, s, n, d, j FROM q.t ORDER BY id'],
        query_result: [
          [
            { id: 1, s: 'one', n: 1.5, d: '2024-01-02T03:04:05', j: null },
            { id: 2, s: '7', n: null, d: null, j: 'NULL' },
          ],
        ],
        rowcount: [2],
      },
    },
  },
  {
    ...common,
    name: 'reads nothing',
    args: { ...login, query: 'SELECT id FROM t WHERE id = %s', login_db: 'q', positional_args: [9] },
    want: {
      changes: 'none',
      result: { query_result: [[]], rowcount: [0], executed_queries: ['SELECT id FROM t WHERE id = 9'] },
    },
  },
  {
    ...common,
    name: 'takes values by name',
    args: {
      ...login,
      query: "SELECT %(text)s AS a, %(no)s AS b, '100%%' AS c",
      named_args: { text: 'plain', no: null },
    },
    want: { changes: 'none', result: { query_result: [[{ a: 'plain', b: null, c: '100%' }]] } },
    strings: (text) => ({
      args: { ...login, query: "SELECT %(text)s AS a, %(no)s AS b, '100%%' AS c", named_args: { text, no: null } },
      want: { changes: 'none', result: { query_result: [[{ a: text, b: null, c: '100%' }]] } },
    }),
  },
  {
    ...common,
    name: 'changes rows',
    args: { ...login, login_db: 'q', query: 'UPDATE t SET s = %s WHERE id IN %s', positional_args: ['new', [1, 2]] },
    want: {
      changes: [{ what: 'query', before: null, after: "UPDATE t SET s = 'new' WHERE id IN (1,2)" }],
      result: { changed: true, rowcount: [2], query_result: [[]] },
      after: `[ "$(mysql -Ne "SELECT COUNT(*) FROM q.t WHERE s='new'")" = 2 ]`,
    },
    always: true,
  },
  {
    ...common,
    name: 'says so when no row changed',
    args: { ...login, login_db: 'q', query: 'DELETE FROM t WHERE id = 99' },
    want: { result: { changed: false, rowcount: [0] } },
    always: true,
  },
  {
    ...common,
    name: 'runs a list and gives each result',
    args: {
      ...login,
      login_db: 'q',
      query: [
        "REPLACE INTO t (id, s) VALUES (3, 'x')",
        'SELECT s, id FROM t WHERE id = 3',
        'SELECT COUNT(*) AS c FROM t',
      ],
    },
    want: {
      result: { changed: true, rowcount: [1, 1, 1], query_result: [[], [{ s: 'x', id: 3 }], [{ c: 3 }]] },
    },
    always: true,
  },
  {
    ...common,
    name: 'makes a table',
    args: { ...login, login_db: 'q', query: 'CREATE TABLE IF NOT EXISTS made (id INT)' },
    want: { result: { changed: true, rowcount: [0] } },
    always: true,
  },
  {
    ...common,
    name: 'sees that a table is there already',
    args: { ...login, login_db: 'q', query: 'CREATE TABLE IF NOT EXISTS t (id INT)' },
    want: { result: { changed: false } },
    always: true,
  },
  {
    ...common,
    name: 'sends a procedure whole',
    args: {
      ...login,
      login_db: 'q',
      query: ['DROP PROCEDURE IF EXISTS p', 'CREATE PROCEDURE p() BEGIN SELECT 1; SELECT 2; END -- done'],
    },
    want: { result: { changed: true } },
    always: true,
  },
  {
    ...common,
    name: 'undoes all when one of a transaction fails',
    args: {
      ...login,
      login_db: 'q',
      single_transaction: true,
      query: ['INSERT INTO t (id) VALUES (5)', 'INSERT INTO t (id) VALUES (5)'],
    },
    want: {
      failure: /^Cannot execute SQL 'INSERT INTO t \(id\) VALUES \(5\)' args \[None\]: \(1062, "Duplicate entry '5'/,
      after: '[ "$(mysql -Ne "SELECT COUNT(*) FROM q.t")" = 2 ]',
    },
    always: true,
  },
  {
    ...common,
    name: 'runs what only looks like reading',
    given: `${table}; mysql -e 'DROP FUNCTION IF EXISTS q.w; CREATE FUNCTION q.w() RETURNS INT DETERMINISTIC MODIFIES SQL DATA BEGIN REPLACE INTO q.t (id) VALUES (50); RETURN 1; END' --delimiter='//'`,
    args: { ...login, query: 'SELECT q.w() AS r' },
    want: { result: { rowcount: [1] }, after: '[ "$(mysql -Ne "SELECT COUNT(*) FROM q.t")" = 3 ]' },
    always: true,
  },
  {
    ...common,
    name: 'says what the server says',
    args: { ...login, query: 'SELECT * FROM q.none' },
    want: {
      failure: /^Cannot execute SQL 'SELECT \* FROM q\.none' args \[None\]: \(1146, "Table 'q\.none' doesn't exist"\)$/,
    },
  },
  {
    ...common,
    name: 'wants values for every place',
    args: { ...login, query: 'SELECT %s, %s', positional_args: [1] },
    want: { failure: /not enough arguments for format string/ },
  },
]

export const tests = [testModule(module, rows, serverHost('mysql')), testModule(module, rows, serverHost('mariadb'))]
