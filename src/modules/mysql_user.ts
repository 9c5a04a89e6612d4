import type { JsonObject } from '../kernel/json.ts'
import { defineModule } from '../kernel/module.ts'
import { arg, args } from '../kernel/schema.ts'
import { lines, sh } from '../kernel/sh.ts'
import * as mysql from './parts/mysql.ts'
import * as account from './parts/mysql-account.ts'
import { type Step, steps } from './parts/mysql-user-steps.ts'

const schema = args(
  {
    ...mysql.LOGIN,
    name: arg.str('The user', { required: true, aliases: ['user'] }),
    host: arg.str('The host part of the account', { default: 'localhost' }),
    host_all: arg.bool('Act on every account of this user', { default: false }),
    state: arg.choice(['present', 'absent'], 'Whether the account is there', { default: 'present' }),
    password: arg.secret('The password'),
    encrypted: arg.bool('The password is what the server keeps: a hash', { default: false }),
    plugin: arg.str('The authentication plugin'),
    plugin_hash_string: arg.secret('What the plugin keeps (IDENTIFIED WITH … AS)'),
    plugin_auth_string: arg.secret('What the plugin is given (IDENTIFIED WITH … BY)'),
    update_password: arg.choice(['always', 'on_create', 'on_new_username'], 'When the password is set', {
      default: 'always',
    }),
    priv: arg.raw('Privileges: `db.table:PRIV,PRIV/db2.*:ALL`, or a dict of the same'),
    append_privs: arg.bool('Keep privileges that are not asked for', { default: false }),
    subtract_privs: arg.bool('Take away the privileges in `priv`', { default: false }),
    column_case_sensitive: arg.bool('Whether names of columns keep their case', { default: false }),
    tls_requires: arg.dict('What a connection must have: SSL, X509, or SUBJECT, ISSUER, CIPHER'),
    resource_limits: arg.dict('Limits such as MAX_USER_CONNECTIONS'),
    locked: arg.bool('Whether the account is locked'),
    sql_log_bin: arg.bool('Whether the change goes into the binary log', { default: true }),
    session_vars: arg.dict('Session variables to set first'),
    force_context: arg.bool('Use the database mysql, for replication filters', { default: false }),
    check_implicit_admin: arg.bool('Try root without a password first', { default: false }),
  },
  { exclusive: [['append_privs', 'subtract_privs']] },
)

type MysqlUserArgs = ReturnType<typeof schema.check>

const DELIMITER = ';;provision;;'

export const module = defineModule<MysqlUserArgs, MysqlUserArgs, account.Accounts>({
  name: 'mysql_user',
  collection: 'community.mysql',
  summary: 'Makes, changes and drops MySQL and MariaDB accounts and their privileges',
  examples: [
    "- mysql_user:\n    name: shop\n    host: '%'\n    password: secret\n    priv: 'shop.*:ALL'\n    login_unix_socket: /run/mysqld/mysqld.sock\n",
    '- mysql_user:\n    name: old\n    host_all: true\n    state: absent\n',
  ],
  args: schema,
  effects: 'network',
  want: (given) => ({ ...given, host: given.host.toLowerCase() }),
  probe: (want) => {
    const read = mysql.sqlBlob(account.accountQueries(want.name))
    const grants = mysql.sqlBlob([account.grantQueries(want.name, DELIMITER)])
    return lines([
      mysql.client(want, want.check_implicit_admin),
      sh`{ ${read}; ${grants} | ask --batch --raw --skip-column-names --default-character-set=utf8mb4 2>/dev/null || :; } | answer --force || :`,
    ])
  },
  read: (fields, want) => account.readAccounts(fields, want, want.column_case_sensitive),
  plan: (now, want) => steps(now, want).map(({ change }) => change),
  apply: (_, want, now) => {
    const list = steps(now, want)
    const session = [
      mysql.PLAIN_MODE,
      ...(want.sql_log_bin ? [] : ['SET SESSION sql_log_bin = 0']),
      ...(want.force_context ? ['USE `mysql`'] : []),
      ...Object.entries(want.session_vars ?? {}).map(
        ([name, value]) =>
          `SET SESSION ${mysql.sqlName(name)} = ${typeof value === 'string' ? mysql.sqlString(value) : String(value)}`,
      ),
    ]
    return mysql.applySql(want, [...session, ...list.flatMap((step) => step.statements)], {
      admin: want.check_implicit_admin,
    })
  },
  result: ({ now, want }) => resultOf(steps(now, want), now, want),
  failure: ({ want, ran }) => mysql.sqlFailure(ran.fields, want),
})

function resultOf(list: readonly Step[], now: account.Accounts, want: MysqlUserArgs): JsonObject {
  const there = now.accounts.some(({ host }) => want.host_all || host === want.host)
  const unchanged = want.state === 'absent' ? "User doesn't exist" : 'User unchanged'
  const msg = !there && want.state === 'present' ? 'User added' : (list.at(-1)?.msg ?? unchanged)
  return { user: want.name, msg, password_changed: list.some((step) => step.password) }
}
