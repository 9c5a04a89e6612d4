import type { Json } from '../../kernel/json.ts'
import { Failure } from '../../kernel/module.ts'
import { sqlString } from './mysql.ts'

/** A query with its arguments put in as PyMySQL does: `%s` by place, `%(name)s` by name, `%%` for a percent sign. */
export function withArguments(
  query: string,
  given: readonly Json[] | { readonly [name: string]: Json } | null,
): string {
  if (given === null) return query
  let next = 0
  const text = query.replace(/%(?:\(([^)]*)\))?([sdif%])/g, (_, name: string | undefined, kind: string) => {
    if (kind === '%') return '%'
    const value = Array.isArray(given) ? given[next++] : (given as { [name: string]: Json })[name ?? '']
    if (value !== undefined) return literal(value)
    throw new Failure(
      Array.isArray(given)
        ? `Cannot execute SQL '${query}': not enough arguments for format string`
        : `Cannot execute SQL '${query}': '${name ?? ''}' is not among named_args`,
    )
  })
  if (Array.isArray(given) && next < given.length) {
    throw new Failure(`Cannot execute SQL '${query}': not all arguments converted during string formatting`)
  }
  return text
}

function literal(value: Json): string {
  if (value === null) return 'NULL'
  if (typeof value === 'boolean') return value ? '1' : '0'
  if (typeof value === 'number') return String(value)
  if (typeof value === 'string') return sqlString(value)
  if (Array.isArray(value)) return `(${value.map(literal).join(',')})`
  return sqlString(JSON.stringify(value))
}
