import { defineModule, Failure } from '../kernel/module.ts'
import { Problem } from '../kernel/problem.ts'
import { arg, args } from '../kernel/schema.ts'
import * as mysql from './parts/mysql.ts'
import { rowsOf } from './parts/mysql-xml.ts'

const schema = args({
  ...mysql.LOGIN,
  variable: arg.str('The variable', { required: true }),
  value: arg.str('Its value; the present one is returned when this is left out'),
  mode: arg.choice(
    ['global', 'persist', 'persist_only'],
    'Where to set it: until the server restarts, also in mysqld-auto.cnf, or only there',
    {
      default: 'global',
    },
  ),
})

type Args = ReturnType<typeof schema.check>
type Now = { readonly value: string; readonly persisted: string | null }

export const module = defineModule<Args, Args, Now>({
  name: 'mysql_variables',
  collection: 'community.mysql',
  summary: 'Sets global variables of MySQL and MariaDB servers',
  examples: [
    '- mysql_variables:\n    variable: max_connections\n    value: 300\n    login_unix_socket: /run/mysqld/mysqld.sock\n',
    '- mysql_variables:\n    variable: read_only\n    value: 1\n    mode: persist\n',
  ],
  args: schema,
  effects: 'network',
  want: (given) => {
    if (/^[0-9A-Za-z_.]+$/.test(given.variable)) return given
    throw new Problem({
      code: 'args.value',
      summary: 'Wrong value of argument',
      detail: `invalid variable name "${given.variable}"`,
    })
  },
  probe: (want) => {
    const name = mysql.sqlString(want.variable)
    return mysql.probeSql(
      want,
      [
        `SHOW GLOBAL VARIABLES WHERE Variable_name = ${name}`,
        `SHOW VARIABLES WHERE Variable_name = ${name}`,
        ...(want.mode === 'global'
          ? []
          : [`SELECT VARIABLE_VALUE FROM performance_schema.persisted_variables WHERE VARIABLE_NAME = ${name}`]),
      ],
      { force: true },
    )
  },
  read: (fields, want) => {
    const { sets, error } = mysql.answerOf(fields, want)
    if (error?.code === 1146) throw new Failure('Server version must be 8.0 or greater.')
    if (error !== null) throw new Failure(mysql.showError(error))
    const row = (rowsOf(sets, 'SHOW GLOBAL') ?? [])[0] ?? (rowsOf(sets, 'SHOW VARIABLES') ?? [])[0]
    if (row === undefined) throw new Failure(`Variable not available "${want.variable}"`)
    return { value: row.Value ?? '', persisted: rowsOf(sets, 'SELECT VARIABLE')?.[0]?.VARIABLE_VALUE ?? null }
  },
  plan: (now, want) => {
    if (want.value === undefined || isSet(now, want.value, want.mode)) return []
    const before = want.mode === 'persist_only' ? now.persisted : now.value
    return [{ what: want.variable, before, after: want.value }]
  },
  apply: (_, want) => mysql.applySql(want, [statementOf(want)]),
  result: ({ now, want, ran }) => {
    if (want.value === undefined) return { msg: now.value }
    if (ran === null) return { msg: ALREADY[want.mode] }
    const before = want.mode === 'persist_only' ? (now.persisted ?? 'False') : now.value
    const queries = [statementOf(want).replace(/= '(.*)'$/s, '= $1')]
    return { msg: `Variable change succeeded prev_value=${before}`, queries }
  },
  failure: ({ want, ran }) => mysql.sqlFailure(ran.fields, want),
})

const ALREADY = {
  global: 'Variable is already set to requested value.',
  persist: 'Variable is already set to requested value globallyand stored into mysqld-auto.cnf file.',
  persist_only: 'Variable is already stored into mysqld-auto.cnf with requested value.',
}

function isSet(now: Now, value: string, mode: Args['mode']): boolean {
  const persisted = now.persisted !== null && same(now.persisted, value)
  if (mode === 'persist_only') return persisted
  return same(now.value, value) && (mode === 'global' || persisted)
}

/** Numbers compare as numbers; a switch that is ON is also 1 and true. */
function same(is: string, wanted: string): boolean {
  if (is === wanted) return true
  if (isNumber(is) && isNumber(wanted)) return Number(is) === Number(wanted)
  const upper = wanted.toUpperCase()
  if (is === 'ON') return ['1', 'ON', 'TRUE', 'YES'].includes(upper)
  return is === 'OFF' && ['0', 'OFF', 'FALSE', 'NO'].includes(upper)
}

function isNumber(text: string): boolean {
  return /^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i.test(text)
}

function statementOf(want: Args): string {
  const name = want.variable.split('.').map(mysql.sqlName).join('.')
  const value = isNumber(want.value!) ? want.value!.trim() : mysql.sqlString(want.value!)
  return `SET ${want.mode.toUpperCase()} ${name} = ${value}`
}
