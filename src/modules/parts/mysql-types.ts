import type { Json } from '../../kernel/json.ts'
import type { SqlRow } from './mysql-xml.ts'

/** Types of the columns of each statement, from the clients' `--column-type-info`; `mark` names the column that begins statement i. */
export function columnTypes(output: string, mark: string): ReadonlyMap<string, string>[] {
  const statements: Map<string, string>[] = []
  let column = ''
  for (const line of output.split('\n')) {
    const name = /^Field +\d+: +`(.*)`$/.exec(line)?.[1]
    const type = /^Type: +(\w+)/.exec(line)?.[1]
    if (name !== undefined) {
      const index = name.startsWith(mark) ? Number(name.slice(mark.length)) : Number.NaN
      if (!Number.isNaN(index)) statements[index] = new Map()
      column = Number.isNaN(index) ? name : ''
    } else if (type !== undefined && column !== '') statements.at(-1)?.set(column, type)
  }
  return statements
}

const INTEGERS = new Set(['TINY', 'SHORT', 'LONG', 'LONGLONG', 'INT24', 'YEAR'])
const NUMBERS = new Set(['DECIMAL', 'NEWDECIMAL', 'FLOAT', 'DOUBLE'])
const MOMENTS = new Set(['DATETIME', 'TIMESTAMP', 'DATETIME2', 'TIMESTAMP2'])

/** A row with values as PyMySQL and Ansible give them: numbers as numbers, moments in ISO 8601. Unknown types stay text. */
export function typedRow(row: SqlRow, types: ReadonlyMap<string, string> | undefined): { [column: string]: Json } {
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, typed(value, types?.get(name))]))
}

function typed(value: string | null, type: string | undefined): Json {
  if (value === null || type === undefined) return value
  if (INTEGERS.has(type)) return Number.isSafeInteger(Number(value)) ? Number(value) : value
  if (NUMBERS.has(type)) return Number.isFinite(Number(value)) ? Number(value) : value
  return MOMENTS.has(type) ? value.replace(' ', 'T') : value
}
