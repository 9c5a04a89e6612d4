import type { Fields } from '../kernel/fields.ts'
import type { Json, JsonObject } from '../kernel/json.ts'
import { defineModule, Failure } from '../kernel/module.ts'
import { Problem } from '../kernel/problem.ts'
import { arg, args } from '../kernel/schema.ts'
import { lines, type Sh, sh } from '../kernel/sh.ts'
import * as mysql from './parts/mysql.ts'
import { withArguments } from './parts/mysql-arguments.ts'
import { columnTypes, typedRow } from './parts/mysql-types.ts'
import type { ResultSet } from './parts/mysql-xml.ts'

const schema = args(
  {
    ...mysql.LOGIN,
    query: arg.raw('A statement, or a list of them', { required: true }),
    login_db: arg.str('The database to use'),
    positional_args: arg.listOf<Json, { readonly default?: readonly Json[] }>('raw', 'Values for %s, in order'),
    named_args: arg.dict('Values for %(name)s'),
    single_transaction: arg.bool('All statements happen, or none', { default: false }),
  },
  { exclusive: [['positional_args', 'named_args']] },
)

type Args = ReturnType<typeof schema.check>
type Want = Args & { readonly queries: readonly string[]; readonly reading: boolean }
type Now = { readonly sets: readonly ResultSet[]; readonly types: readonly ReadonlyMap<string, string>[] } | null

const MARK = 'provision '

/** Queries that only read are answered by the probe, in a transaction the server keeps from writing. */
export const module = defineModule<Args, Want, Now>({
  name: 'mysql_query',
  collection: 'community.mysql',
  summary: 'Runs SQL on MySQL and MariaDB servers',
  examples: [
    '- mysql_query:\n    query: SELECT COUNT(*) AS n FROM shop.orders\n    login_unix_socket: /run/mysqld/mysqld.sock\n',
    '- mysql_query:\n    login_db: shop\n    query: UPDATE orders SET paid = %s WHERE id = %s\n    positional_args: [1, 7]\n',
  ],
  args: schema,
  effects: 'network',
  want: (given) => {
    const queries = queriesOf(given)
    return { ...given, queries, reading: queries.every(isReading) }
  },
  probe: (want) =>
    want.reading
      ? lines([
          mysql.client(want),
          sh`${mysql.sqlBlob([...context(want), 'START TRANSACTION READ ONLY', ...marked(want.queries)])} | answer || :`,
          typesScript(want),
        ])
      : null,
  read: (fields, want) => {
    if (!want.reading) return null
    const { sets, error } = mysql.answerOf(fields, want)
    if (error?.code === WRITES) return null
    if (error !== null) throw failureOf(want, sets, error)
    return { sets, types: columnTypes(fields.text('types'), MARK) }
  },
  plan: (now, want) =>
    now === null
      ? [{ what: 'query', before: null, after: want.queries.join('; '), action: true, uncertain: true }]
      : [],
  apply: (_, want) => {
    const [before, after] = want.single_transaction ? [['START TRANSACTION'], ['COMMIT']] : [[], []]
    const statements = [...context(want), ...before, ...marked(want.queries), ...after]
    return lines([
      mysql.client(want),
      sh`${mysql.sqlBlob(statements)} | answer || exit 1`,
      want.queries.some(isReading) ? typesScript(want) : null,
    ])
  },
  result: ({ now, want, ran }) => {
    if (ran === null) return { changed: false, ...resultOf(want, now!.sets, now!.types) }
    const { sets } = mysql.answerOf(ran.fields, want)
    return resultOf(want, sets, typesOf(ran.fields))
  },
  failure: ({ want, ran }) => {
    const { sets, error } = mysql.answerOf(ran.fields, want)
    return failureOf(want, sets, error ?? { code: 2000, message: ran.fields.text('error') })
  },
})

/** ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION: what looked like reading writes, so it must be applied. */
const WRITES = 1792

function queriesOf(given: Args): string[] {
  const list = Array.isArray(given.query) ? given.query : [given.query]
  const odd = list.find((query) => typeof query !== 'string')
  if (odd !== undefined || (typeof given.query !== 'string' && !Array.isArray(given.query))) {
    throw new Problem({
      code: 'args.type',
      summary: 'Wrong type of argument',
      detail: `the query option value must be a string or a list of strings, passed ${JSON.stringify(odd ?? given.query)}`,
    })
  }
  const values = given.positional_args?.length ? given.positional_args : (given.named_args ?? null)
  return (list as string[]).map((query) => withArguments(query, values))
}

function isReading(query: string): boolean {
  return (
    /^\s*(SELECT|SHOW|EXPLAIN|DESC|DESCRIBE|WITH|TABLE|VALUES)\b/i.test(query) &&
    !/\b(INTO|FOR\s+UPDATE|FOR\s+SHARE|LOCK\s+IN|GET_LOCK|RELEASE_\w*LOCKS?|SLEEP|BENCHMARK|ANALYZE)\b|:=|;/i.test(
      query,
    )
  )
}

function context(want: Want): string[] {
  return want.login_db === undefined ? [] : [`USE ${mysql.sqlName(want.login_db)}`]
}

/** A row count behind each statement tells where its result ends. */
function marked(queries: readonly string[]): string[] {
  return queries.flatMap((query, index) => [
    query,
    `SELECT ROW_COUNT() AS ${mysql.sqlName(`${MARK}${index}`)}, @@warning_count AS warnings`,
  ])
}

/** Types of columns show only in the clients' other format: asked for once more, without rows. */
function typesScript(want: Want): Sh {
  const reading = want.queries.flatMap((query, index) =>
    isReading(query) ? [`SELECT 1 AS ${mysql.sqlName(`${MARK}${index}`)}`, query] : [],
  )
  const statements = [...context(want), 'SET SESSION sql_select_limit = 0', 'START TRANSACTION READ ONLY', ...reading]
  return sh`
    emit types=
    ${mysql.sqlBlob(statements)} | ask --table --column-type-info --force --default-character-set=utf8mb4 2>/dev/null || :
    field '' ''`
}

function typesOf(fields: Fields): readonly ReadonlyMap<string, string>[] {
  return columnTypes(fields.text('types'), MARK)
}

type Done = { readonly rows: ResultSet['rows']; readonly count: number; readonly warnings: number }

function doneOf(queries: readonly string[], sets: readonly ResultSet[]): Done[] {
  const done: Done[] = []
  let rows: ResultSet['rows'] = []
  for (const set of sets) {
    const row = set.rows[0]
    const count = row?.[`${MARK}${done.length}`]
    if (count === undefined || count === null || done.length >= queries.length) rows = set.rows
    else {
      const affected = Number(count)
      done.push({ rows, count: affected < 0 ? rows.length : affected, warnings: Number(row!.warnings) })
      rows = []
    }
  }
  return done
}

function resultOf(
  want: Want,
  sets: readonly ResultSet[],
  types: readonly (ReadonlyMap<string, string> | undefined)[],
): JsonObject {
  const done = doneOf(want.queries, sets)
  return {
    changed: done.some(({ count, warnings }, index) => changes(want.queries[index]!, count, warnings)),
    executed_queries: want.queries,
    query_result: done.map(({ rows }, index) => rows.map((row) => typedRow(row, types[index]))),
    rowcount: done.map(({ count }) => count),
  }
}

/** By community.mysql's keywords; a warning of `IF [NOT] EXISTS` says that there was nothing to do. */
function changes(query: string, count: number, warnings: number): boolean {
  const start = query.trimStart().slice(0, 8).toUpperCase()
  if (['INSERT', 'UPDATE', 'DELETE', 'REPLACE'].some((word) => start.includes(word))) return count > 0
  if (!['CREATE', 'DROP', 'ALTER', 'RENAME', 'TRUNCATE'].some((word) => start.includes(word))) return false
  return !(warnings > 0 && /\bIF\s+(NOT\s+)?EXISTS\b/i.test(query))
}

function failureOf(want: Want, sets: readonly ResultSet[], error: mysql.ServerError): Failure {
  const query = want.queries[doneOf(want.queries, sets).length] ?? want.queries[0]!
  return new Failure(`Cannot execute SQL '${query}' args [${argsText(want)}]: ${mysql.showError(error)}`)
}

function argsText(want: Want): string {
  return want.positional_args?.length || want.named_args !== undefined ? '…' : 'None'
}
