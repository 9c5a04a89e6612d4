import type { Change } from '../kernel/change.ts'

import { defineModule, Failure } from '../kernel/module.ts'
import { Problem } from '../kernel/problem.ts'
import { arg, args } from '../kernel/schema.ts'
import { lines, type Sh, sh } from '../kernel/sh.ts'
import { shlexSplit } from '../kernel/shlex.ts'
import * as mysql from './parts/mysql.ts'
import { rowsOf } from './parts/mysql-xml.ts'

const schema = args(
  {
    ...mysql.LOGIN,
    name: arg.list('Databases; `all` for every one (dump and import only)', { required: true, aliases: ['db'] }),
    state: arg.choice(['present', 'absent', 'dump', 'import'], 'What to do with them', { default: 'present' }),
    encoding: arg.str('Character set of a new database, or of the connection for dump and import', { default: '' }),
    collation: arg.str('Collation of a new database', { default: '' }),
    target: arg.path('The file on the host to dump to or to import; .gz, .bz2 and .xz are compressed'),
    single_transaction: arg.bool('Dump within one transaction', { default: false }),
    quick: arg.bool('Dump row by row', { default: true }),
    ignore_tables: arg.list('Tables left out of a dump, as database.table', { default: [] }),
    hex_blob: arg.bool('Dump binary columns as hexadecimal', { default: false }),
    force: arg.bool('Go on after errors of a dump or import', { default: false }),
    master_data: arg.int('Write the binary log’s position into a dump: 1 as a statement, 2 as a comment', {
      default: 0,
    }),
    skip_lock_tables: arg.bool('Do not lock tables for a dump', { default: false }),
    dump_extra_args: arg.str('More arguments for the dump program'),
    use_shell: arg.bool('Accepted for compatibility: pipes are always used', { default: false }),
    unsafe_login_password: arg.bool('Accepted for compatibility: the password is never part of a command', {
      default: false,
    }),
    restrict_config_file: arg.bool('Accepted for compatibility: only config_file is ever read', { default: false }),
    check_implicit_admin: arg.bool('Try root without a password first', { default: false }),
    config_overrides_defaults: arg.bool('Let config_file decide host and port', { default: false }),
    chdir: arg.path('The folder relative targets are in'),
    pipefail: arg.bool('Accepted for compatibility: a failing dump always fails', { default: false }),
  },
  {
    requiredIf: [
      ['state', 'dump', ['target']],
      ['state', 'import', ['target']],
    ],
  },
)

type Args = ReturnType<typeof schema.check>
type Now = { readonly present: readonly string[] }

export const module = defineModule<Args, Args, Now>({
  name: 'mysql_db',
  collection: 'community.mysql',
  summary: 'Makes, drops, dumps and imports MySQL and MariaDB databases',
  examples: [
    '- mysql_db:\n    name: shop\n    encoding: utf8mb4\n    login_unix_socket: /run/mysqld/mysqld.sock\n',
    '- mysql_db:\n    name: shop\n    state: dump\n    target: /var/backups/shop.sql.gz\n    single_transaction: true\n',
  ],
  args: schema,
  effects: 'network',
  want: (given) => checked(given),
  probe: (want) => mysql.probeSql(want, [namesQuery(want)], { admin: want.check_implicit_admin }),
  read: (fields, want) => {
    const { sets, error } = mysql.answerOf(fields, want)
    if (error !== null) throw new Failure(mysql.showError(error))
    return { present: (rowsOf(sets, 'SELECT SCHEMA_NAME') ?? []).map((row) => row.SCHEMA_NAME!) }
  },
  plan,
  apply: (changes, want) => applyOf(changes, want),
  result: ({ changes, want, ran }) => ({
    db: want.name.join(' '),
    db_list: want.name,
    ...(changes.length > 0 || want.state === 'present' || want.state === 'absent'
      ? { executed_commands: commandsOf(changes, want) }
      : {}),
    ...(ran !== null && (want.state === 'dump' || want.state === 'import') ? { msg: '' } : {}),
  }),
  failure: ({ want, ran }) => {
    if (ran.fields.has('error')) return mysql.sqlFailure(ran.fields, want)
    return new Failure(ran.fields.text('problem') || ran.stderr.trim(), { rc: ran.rc })
  },
})

function checked(given: Args): Args {
  const name = given.name.map((each) => each.trim())
  const fail = (detail: string) => new Problem({ code: 'args.value', summary: 'Wrong value of argument', detail })
  const copies = given.state === 'dump' || given.state === 'import'
  if (name.includes('all') && name.length === 1 && !copies) {
    throw fail("name is not allowed to equal 'all' unless state equals import, or dump.")
  }
  if (given.state === 'import' && name.length > 1) throw fail('Multiple databases are not supported with state=import')
  if (given.login_port < 0 || given.login_port > 65535)
    throw fail('login_port must be a valid unix port number (0-65535)')
  if (![0, 1, 2].includes(given.master_data)) throw fail('value of master_data must be one of: 0, 1, 2')
  if (given.ignore_tables.includes('')) throw fail('Name of ignored table cannot be empty')
  return { ...given, name }
}

function namesQuery(want: Args): string {
  const names = want.name.map(mysql.sqlString).join(', ')
  return `SELECT SCHEMA_NAME FROM information_schema.SCHEMATA WHERE SCHEMA_NAME IN (${names})`
}

function plan(now: Now, want: Args): readonly Change[] {
  const all = want.name.length === 1 && want.name[0] === 'all'
  const missing = want.name.filter((name) => !now.present.includes(name))
  const creations = missing.map((name) => ({ what: `database ${name}`, before: null, after: describe(want) }))
  if (want.state === 'present') return creations
  if (want.state === 'absent') {
    const there = want.name.filter((name) => now.present.includes(name))
    return there.map((name) => ({ what: `database ${name}`, before: 'present', after: null }))
  }
  if (want.state === 'import') return [...(all ? [] : creations), { what: 'import', before: null, after: want.target! }]
  if (missing.length > 0 && !all) {
    throw new Failure(`Cannot dump database(s) '${missing.join(', ')}' - not found`)
  }
  return [{ what: 'dump', before: null, after: want.target! }]
}

function describe(want: Args): string {
  return ['present', want.encoding, want.collation].filter((text) => text !== '').join(', ')
}

function statementsOf(changes: readonly Change[], want: Args): string[] {
  const names = changes.filter(({ what }) => what.startsWith('database ')).map(({ what }) => what.slice(9))
  if (want.state === 'absent') return names.map((name) => `DROP DATABASE ${mysql.sqlName(name)}`)
  const encoding = want.encoding === '' ? '' : ` CHARACTER SET ${mysql.sqlString(want.encoding)}`
  const collation = want.collation === '' ? '' : ` COLLATE ${mysql.sqlString(want.collation)}`
  return names.map((name) => `CREATE DATABASE ${mysql.sqlName(name)}${encoding}${collation}`)
}

function commandsOf(changes: readonly Change[], want: Args): string[] {
  const statements = statementsOf(changes, want)
  if (want.state === 'dump') return [`mysqldump ${dumpWords(want).join(' ')} > ${want.target}`]
  return want.state === 'import' ? [...statements, `mysql ${importWords(want).join(' ')} < ${want.target}`] : statements
}

function applyOf(changes: readonly Change[], want: Args): Sh {
  const statements = statementsOf(changes, want)
  const make = statements.length === 0 ? null : mysql.applySql(want, statements, { admin: want.check_implicit_admin })
  if (want.state === 'present' || want.state === 'absent') return make!
  const client = mysql.client(want, want.check_implicit_admin)
  const folder = want.chdir === undefined ? null : sh`cd ${want.chdir}`
  return lines([make ?? client, folder, want.state === 'dump' ? dump(want) : load(want)])
}

/** A dump takes its target's place only when it is whole. */
function dump(want: Args): Sh {
  const target = want.target!
  return sh`
    program=mysqldump
    command -v mysqldump >/dev/null 2>&1 || program=mariadb-dump
    dump() { { options | "$program" --defaults-file=/dev/fd/3 ${dumpWords(want)} 3<&0 </dev/null; } || echo failed >&4; }
    new=$(mktemp ${`${target}.XXXXXX`})
    trap 'rm -f "$new"' EXIT
    failed=$({ dump | ${packerOf(target)} >"$new"; } 4>&1)
    [ -z "$failed" ] || exit 1
    chmod 644 "$new"
    mv -f "$new" ${target}
    trap - EXIT`
}

function load(want: Args): Sh {
  const target = want.target!
  return sh`
    [ -e ${target} ] || { field problem ${`target ${target} does not exist on the host`}; exit 1; }
    ${packerOf(target)} ${compressed(target) ? sh`-dc` : null} <${target} | ask ${importWords(want)}`
}

function dumpWords(want: Args): string[] {
  const all = want.name.length === 1 && want.name[0] === 'all'
  return [
    ...(want.force ? ['--force'] : []),
    ...(want.skip_lock_tables ? ['--skip-lock-tables'] : []),
    ...(want.encoding === '' ? [] : [`--default-character-set=${want.encoding}`]),
    ...(want.single_transaction ? ['--single-transaction=true'] : []),
    ...(want.quick ? ['--quick'] : []),
    ...want.ignore_tables.map((table) => `--ignore-table=${table}`),
    ...(want.hex_blob ? ['--hex-blob'] : []),
    ...(want.master_data > 0 ? [`--master-data=${want.master_data}`] : []),
    ...(want.dump_extra_args === undefined ? [] : shlexSplit(want.dump_extra_args)),
    ...(all ? ['--all-databases'] : want.name.length > 1 ? ['--databases', ...want.name] : ['--', ...want.name]),
  ]
}

function importWords(want: Args): string[] {
  const all = want.name.length === 1 && want.name[0] === 'all'
  return [
    ...(want.force ? ['--force'] : []),
    ...(want.encoding === '' ? [] : [`--default-character-set=${want.encoding}`]),
    ...(all ? [] : ['--one-database', '--', want.name[0]!]),
  ]
}

function compressed(target: string): boolean {
  return /\.(gz|bz2|xz)$/.test(target)
}

function packerOf(target: string): Sh {
  if (target.endsWith('.gz')) return sh`gzip`
  if (target.endsWith('.bz2')) return sh`bzip2`
  return target.endsWith('.xz') ? sh`xz` : sh`cat`
}
