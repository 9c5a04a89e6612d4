import { Blob } from '../../kernel/blob.ts'
import type { Fields } from '../../kernel/fields.ts'
import type { JsonObject } from '../../kernel/json.ts'
import { Failure } from '../../kernel/module.ts'
import { type ArgsOf, arg } from '../../kernel/schema.ts'
import { Secret } from '../../kernel/secret.ts'
import { lines, type Sh, sh } from '../../kernel/sh.ts'
import { type ResultSet, resultSets } from './mysql-xml.ts'

/** How to reach the server: the arguments every module of community.mysql takes. */
export const LOGIN = {
  login_user: arg.str('The user to log in as'),
  login_password: arg.secret('The password to log in with'),
  login_host: arg.str('The host the server runs on', { default: 'localhost' }),
  login_port: arg.int('The port the server listens on', { default: 3306 }),
  login_unix_socket: arg.str('The server’s Unix socket'),
  connect_timeout: arg.int('Seconds to wait for the connection', { default: 30 }),
  config_file: arg.path('An option file to read user and password from', { default: '~/.my.cnf' }),
  ca_cert: arg.path('The certificate of the authority that signed the server’s', { aliases: ['ssl_ca'] }),
  client_cert: arg.path('The client’s certificate', { aliases: ['ssl_cert'] }),
  client_key: arg.path('The client’s private key', { aliases: ['ssl_key'] }),
  check_hostname: arg.bool('Whether the server’s certificate must name the host'),
}
export type Login = ArgsOf<typeof LOGIN>

/** One statement; `shown` stands in for it where it may be seen. */
type Statement = { readonly sql: string; readonly shown: string }

export function statement(sql: string, shown: string = sql): Statement {
  return { sql, shown }
}

/** What the server said: the result sets in their order, and the first error. */
export type Answer = { readonly sets: readonly ResultSet[]; readonly error: ServerError | null }
export type ServerError = { readonly code: number; readonly message: string }

/**
 * Shell functions that talk to the server: `options` prints an option file, `ask` runs the client on SQL from standard input,
 * `answer` writes what came as the fields `out`, `error` and `rc`. Credentials go through a pipe, never through arguments,
 * environment or a file.
 */
export function client(login: Login, implicitAdmin = false): Sh {
  const define = (user: Login) => sh`
    options() {
      ${login.config_file === '' ? sh`:` : sh`[ ! -r ${login.config_file} ] || emit ${`!include ${login.config_file}\n`}`}
      ${optionFile(user)}
    }`
  return lines([
    sh`
      client=mysql
      command -v mysql >/dev/null 2>&1 || client=mariadb
      command -v "$client" >/dev/null 2>&1 || { field rc 127; exit 0; }
      ask() { { options | MYSQL_TEST_LOGIN_FILE=/nonexistent "$client" --defaults-file=/dev/fd/3 --binary-mode "$@" 3<&0 <&5; } 5<&0; }
      answer() {
        exec 4>&1
        emit out=
        rc=0
        error=$(ask --batch --xml --default-character-set=utf8mb4 "$@" 2>&1 >&4) || rc=$?
        field '' ''
        field error "$error"
        field rc "$rc"
        return $rc
      }`,
    define(implicitAdmin ? { ...login, login_user: 'root', login_password: new Secret('') } : login),
    implicitAdmin &&
      sh`
        if ! emit 'DO 0' | ask >/dev/null 2>&1; then
        ${define(login)}
        fi`,
  ])
}

/** Asks for the answer to statements without leaving the script when one fails; with `force` the ones behind it still run. */
export function probeSql(
  login: Login,
  statements: readonly string[],
  options: { force?: true; admin?: boolean } = {},
): Sh {
  return lines([
    client(login, options.admin),
    options.force ? sh`${sqlBlob(statements)} | answer --force || :` : sh`${sqlBlob(statements)} | answer || :`,
  ])
}

/** Runs statements; the first that fails ends the script. */
export function applySql(login: Login, statements: readonly string[], options: { admin?: boolean } = {}): Sh {
  return lines([client(login, options.admin), sh`${sqlBlob(statements)} | answer || exit 1`])
}

/** Each statement goes to the server whole: the delimiter is no semicolon, so that procedures need no care. */
export function sqlBlob(statements: readonly string[]): Blob {
  const delimiter = delimiterFor(statements)
  const text = [`delimiter ${delimiter}`, ...statements.map((sql) => `${sql}\n${delimiter}`)].join('\n')
  return Blob.of(new Secret(`${text}\n`))
}

function delimiterFor(statements: readonly string[]): string {
  let delimiter = ';;provision;;'
  while (statements.some((sql) => sql.includes(delimiter))) delimiter = `;${delimiter}`
  return delimiter
}

/** Reads what `answer` wrote. Throws a failure when there is no client or no connection, in the words of community.mysql. */
export function answerOf(fields: Fields, login: Pick<Login, 'config_file'>): Answer {
  if (fields.int('rc') === 127) {
    throw new Failure('a MySQL client is required on the host: install the mysql or mariadb client package')
  }
  const error = errorOf(fields.text('error'))
  if (error !== null && !error.inStatement) throw noConnection(error, login)
  return { sets: resultSets(fields.text('out').slice(0, -1)), error }
}

function errorOf(text: string): (ServerError & { inStatement: boolean }) | null {
  const match = /^ERROR (\d+) \(\w+\)( at line \d+)?: (.*)$/m.exec(text)
  if (match !== null) return { code: Number(match[1]), inStatement: match[2] !== undefined, message: match[3]! }
  const other = /^(?:ERROR|\w+: \[?ERROR\]?)[: ](.*)$/m.exec(text)
  return other === null ? null : { code: 2000, inStatement: false, message: other[1]!.trim() }
}

function noConnection(error: ServerError, login: Pick<Login, 'config_file'>): Failure {
  return new Failure(
    `unable to connect to database, check login_user and login_password are correct or ${login.config_file} has the credentials. ` +
      `Exception message: ${showError(error)}`,
  )
}

/** As PyMySQL prints it. */
export function showError(error: ServerError): string {
  const quote = error.message.includes("'") && !error.message.includes('"') ? '"' : "'"
  const text = quote === "'" ? error.message.replaceAll("'", "\\'") : error.message
  return `(${error.code}, ${quote}${text}${quote})`
}

/** The failure of a statement, with the server's words. */
export function sqlFailure(fields: Fields, login: Pick<Login, 'config_file'>, data: JsonObject = {}): Failure {
  const { error } = answerOf(fields, login)
  return new Failure(error === null ? fields.text('error') : showError(error), data)
}

/**
 * `localhost` at the usual port means the Unix socket, as for every client program; another port means TCP. The server's
 * certificate is checked only when asked for, as PyMySQL does.
 */
function optionFile(login: Login): Blob {
  const local = login.login_host === 'localhost' && login.login_port === 3306
  const client = [
    ...option('user', login.login_user),
    ...option('password', login.login_password?.reveal()),
    ...(login.login_unix_socket !== undefined
      ? [...option('protocol', 'socket'), ...option('socket', login.login_unix_socket)]
      : local
        ? option('host', 'localhost')
        : [
            ...option('host', login.login_host === 'localhost' ? '127.0.0.1' : login.login_host),
            ...option('port', String(login.login_port)),
            ...option('protocol', 'tcp'),
          ]),
    ...option('ssl-ca', login.ca_cert),
    ...option('ssl-cert', login.client_cert),
    ...option('ssl-key', login.client_key),
  ]
  const verify = login.check_hostname ?? login.ca_cert !== undefined
  const mysql = login.check_hostname === true ? option('loose-ssl-mode', 'VERIFY_IDENTITY') : []
  return Blob.of(
    new Secret(
      [
        '[client]',
        ...client,
        '[client-mariadb]',
        `ssl-verify-server-cert=${verify ? 1 : 0}`,
        '[mysql]',
        `connect_timeout=${login.connect_timeout}`,
        ...mysql,
        '',
      ].join('\n'),
    ),
  )
}

/** A line of an option file; quotes keep `#`, spaces and escapes. */
function option(name: string, value: string | undefined): string[] {
  if (value === undefined) return []
  const escapes: { readonly [char: string]: string } = { '\n': '\\n', '\t': '\\t', '\r': '\\r', '\b': '\\b' }
  return [`${name}="${value.replace(/[\\"]/g, '\\$&').replace(/[\n\t\r\b]/g, (char) => escapes[char]!)}"`]
}

/** Text as an SQL string; the session must not run with NO_BACKSLASH_ESCAPES. */
export function sqlString(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&').replaceAll('\0', '\\0')}'`
}

/** A name as an SQL identifier. */
export function sqlName(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``
}

/** Statements of ours are written for one way of quoting, whatever the server's own sql_mode is. */
export const PLAIN_MODE = "SET SESSION sql_mode = ''"
