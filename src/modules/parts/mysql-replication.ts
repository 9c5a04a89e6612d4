import type { Json } from '../../kernel/json.ts'
import { sqlString } from './mysql.ts'
import type { SqlRow } from './mysql-xml.ts'

export type Kind = { readonly mariadb: boolean; readonly version: readonly [number, number, number] }

/** The server's kind from `SELECT VERSION()`. */
export function kindOf(version: string): Kind {
  const [major = 0, minor = 0, release = 0] = version.split('.').map((part) => Number.parseInt(part, 10))
  return { mariadb: /mariadb/i.test(version), version: [major, minor, release] }
}

export function isAtLeast({ version }: Kind, wanted: readonly [number, number, number]): boolean {
  const at = version.findIndex((number, index) => number !== wanted[index])
  return at < 0 || version[at]! > wanted[at]!
}

/** MySQL says SOURCE since 8.0.23, MariaDB MASTER. */
export function saysSource(kind: Kind): boolean {
  return !kind.mariadb && isAtLeast(kind, [8, 0, 23])
}

/** MySQL says REPLICA since 8.0.22, MariaDB since 10.5.1. */
export function replicaWord(kind: Kind): 'REPLICA' | 'SLAVE' {
  return isAtLeast(kind, kind.mariadb ? [10, 5, 1] : [8, 0, 22]) ? 'REPLICA' : 'SLAVE'
}

export type Source = { readonly [argument: string]: Json | undefined }

/** An argument of `changeprimary`: its clause, and the column of the status it shows in. */
type Setting = {
  readonly argument: string
  readonly clause: (kind: Kind) => string
  readonly value: (value: Json) => string
  readonly column: string
  readonly is: (shown: string, value: Json) => boolean
}

const text = (value: Json) => sqlString(String(value))
const number = (value: Json) => String(value)
const flag = (value: Json) => (value === true ? '1' : '0')
const equal = (shown: string, value: Json) => shown === String(value)
const yes = (shown: string, value: Json) => (shown === 'Yes' || shown === '1') === (value === true)

function setting(
  argument: string,
  name: string,
  column: string,
  value: (value: Json) => string,
  is: (shown: string, value: Json) => boolean,
  prefixed = true,
): Setting {
  return {
    argument,
    column,
    value,
    is,
    clause: (kind) => (prefixed ? `${saysSource(kind) ? 'SOURCE' : 'MASTER'}_${name}` : name),
  }
}

const GTID: { readonly [value: string]: string } = {
  current_pos: 'Current_Pos',
  replica_pos: 'Slave_Pos',
  disabled: 'No',
}
const GTID_WORDS: { readonly [value: string]: string } = {
  current_pos: 'current_pos',
  replica_pos: 'slave_pos',
  disabled: 'no',
}

/** In the order of the statement. Columns are named as MariaDB and older MySQL do. */
const SETTINGS: readonly Setting[] = [
  setting('primary_host', 'HOST', 'Master_Host', text, equal),
  setting('primary_user', 'USER', 'Master_User', text, equal),
  setting('primary_port', 'PORT', 'Master_Port', number, equal),
  setting('primary_connect_retry', 'CONNECT_RETRY', 'Connect_Retry', number, equal),
  setting('primary_delay', 'DELAY', 'SQL_Delay', number, equal),
  setting('primary_ssl', 'SSL', 'Master_SSL_Allowed', flag, yes),
  setting('primary_ssl_ca', 'SSL_CA', 'Master_SSL_CA_File', text, equal),
  setting('primary_ssl_capath', 'SSL_CAPATH', 'Master_SSL_CA_Path', text, equal),
  setting('primary_ssl_cert', 'SSL_CERT', 'Master_SSL_Cert', text, equal),
  setting('primary_ssl_key', 'SSL_KEY', 'Master_SSL_Key', text, equal),
  setting('primary_ssl_cipher', 'SSL_CIPHER', 'Master_SSL_Cipher', text, equal),
  setting('primary_ssl_verify_server_cert', 'SSL_VERIFY_SERVER_CERT', 'Master_SSL_Verify_Server_Cert', flag, yes),
  setting('primary_auto_position', 'AUTO_POSITION', 'Auto_Position', flag, yes),
  setting(
    'primary_use_gtid',
    'USE_GTID',
    'Using_Gtid',
    (value) => GTID_WORDS[String(value)]!,
    (shown, value) => shown === GTID[String(value)],
  ),
]

/** Arguments that count only when they are true: false is their default, and says nothing. */
const ONLY_TRUE = new Set(['primary_ssl_verify_server_cert', 'primary_auto_position'])

type SettingChange = { readonly argument: string; readonly before: string | null; readonly after: string }

/** The settings that differ from the status; all of them when the server is no replica yet. */
export function differing(status: SqlRow | null, wanted: Source): SettingChange[] {
  const changed = asked(wanted).flatMap(({ argument, column, is }): SettingChange[] => {
    const shown = status === null ? null : statusValue(status, column)
    if (shown !== null && is(shown, wanted[argument]!)) return []
    return [{ argument, before: shown, after: String(wanted[argument]) }]
  })
  const elsewhere = changed.some(({ argument }) => ['primary_host', 'primary_port'].includes(argument))
  return [...changed, ...positions(status, wanted, elsewhere)]
}

/** The clauses of the statement: all that is asked for, as community.mysql sends it. `passwordText` stands for the password. */
export function clauses(kind: Kind, wanted: Source, password: string | null): string[] {
  const word = saysSource(kind) ? 'SOURCE' : 'MASTER'
  const list = asked(wanted).map(({ argument, clause, value }) => `${clause(kind)}=${value(wanted[argument]!)}`)
  const at = list.findIndex((clause) => clause.startsWith(`${word}_USER=`))
  if (password !== null) list.splice(at + 1, 0, `${word}_PASSWORD=${password}`)
  const place = (name: string, argument: string, show: (value: Json) => string) =>
    wanted[argument] === undefined ? [] : [`${name}=${show(wanted[argument])}`]
  return [
    ...list,
    ...place(`${word}_LOG_FILE`, 'primary_log_file', text),
    ...place(`${word}_LOG_POS`, 'primary_log_pos', number),
    ...place('RELAY_LOG_FILE', 'relay_log_file', text),
    ...place('RELAY_LOG_POS', 'relay_log_pos', number),
  ]
}

function asked(wanted: Source): Setting[] {
  return SETTINGS.filter(({ argument }) => {
    const value = wanted[argument]
    return value !== undefined && !(ONLY_TRUE.has(argument) && value === false)
  })
}

/** Positions are where replication begins: a replica of the same source that has come past one is not set back. */
function positions(status: SqlRow | null, wanted: Source, elsewhere: boolean): SettingChange[] {
  return [
    ...place(
      status,
      wanted,
      elsewhere,
      ['primary_log_file', 'primary_log_pos'],
      ['Relay_Master_Log_File', 'Exec_Master_Log_Pos'],
    ),
    ...place(status, wanted, elsewhere, ['relay_log_file', 'relay_log_pos'], ['Relay_Log_File', 'Relay_Log_Pos']),
  ]
}

function place(
  status: SqlRow | null,
  wanted: Source,
  elsewhere: boolean,
  [fileArgument, posArgument]: readonly [string, string],
  [fileColumn, posColumn]: readonly [string, string],
): SettingChange[] {
  const [file, pos] = [wanted[fileArgument], wanted[posArgument]]
  if (file === undefined && pos === undefined) return []
  const shownFile = status === null ? '' : (statusValue(status, fileColumn) ?? '')
  const shownPos = status === null ? '' : (statusValue(status, posColumn) ?? '')
  const wantedFile = file === undefined ? shownFile : String(file)
  const past =
    numberOf(shownFile) > numberOf(wantedFile) ||
    (shownFile === wantedFile && (pos === undefined || Number(shownPos) >= Number(pos)))
  if (status !== null && !elsewhere && shownFile !== '' && past) return []
  return [
    {
      argument: fileArgument,
      before: status === null ? null : `${shownFile}:${shownPos}`,
      after: `${wantedFile}:${pos ?? ''}`,
    },
  ]
}

function numberOf(file: string): number {
  return Number(/\.(\d+)$/.exec(file)?.[1] ?? -1)
}

/** MySQL's newer columns say Source and Replica for Master and Slave. */
export function statusValue(status: SqlRow, column: string): string | null {
  return status[column] ?? status[column.replaceAll('Master', 'Source').replaceAll('Slave', 'Replica')] ?? null
}

/** A status with its numbers as numbers, as PyMySQL gives it. */
export function statusRow(row: SqlRow): { [column: string]: Json } {
  const isText = (name: string) =>
    /_(File|Host|User|Bind|DB|Table|Set|Error|State|UUID|Name|Ids)$/.test(name) || name === 'File'
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => {
      const plain =
        value !== null && /^-?(0|[1-9]\d*)$/.test(value) && Number.isSafeInteger(Number(value)) && !isText(name)
      return [name, plain ? Number(value) : value]
    }),
  )
}
