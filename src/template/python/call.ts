import type { Value } from '../../kernel/value.ts'
import { typeError } from '../problems.ts'
import type { Context } from '../run/context.ts'
import type { Call, Kwargs } from './types.ts'

export const noKwargs: Kwargs = new Map()

/** What a filter, test, method or global does once its arguments are in their places; absent optional ones are `undefined`. */
export type Body = (context: Context, ...values: Value[]) => Value

/**
 * A call with Python's rules for arguments. `parameters` are names in order; one that ends in `?` is optional. Raises TypeError
 * for missing, doubled, unknown and too many arguments.
 */
export function signature(name: string, parameters: string, body: Body): Call {
  const names = parameters.split(' ').filter((word) => word !== '')
  const plain = names.map((word) => word.replace('?', ''))
  const required = names.filter((word) => !word.endsWith('?')).length
  return (args, kwargs, context) => {
    if (kwargs.size === 0 && args.length >= required && args.length <= plain.length) return body(context, ...args)
    return body(context, ...bind(name, plain, required, args, kwargs))
  }
}

function bind(name: string, names: string[], required: number, args: readonly Value[], kwargs: Kwargs): Value[] {
  if (args.length > names.length) {
    throw typeError(`${name}() takes at most ${names.length} arguments (${args.length} given)`)
  }
  const values: (Value | undefined)[] = [...args]
  for (const [key, value] of kwargs) {
    const index = names.indexOf(key)
    if (index < 0) throw typeError(`${name}() got an unexpected keyword argument '${key}'`)
    if (index < args.length) throw typeError(`${name}() got multiple values for argument '${key}'`)
    values[index] = value
  }
  const missing = names.slice(0, required).find((_, index) => values[index] === undefined)
  if (missing !== undefined) throw typeError(`${name}() missing 1 required positional argument: '${missing}'`)
  return values as Value[]
}

/** A table of calls from rows `'name(parameters)': body`. */
export function calls(rows: Readonly<Record<string, Body>>): Map<string, Call> {
  const table = new Map<string, Call>()
  for (const [row, body] of Object.entries(rows)) {
    const [, name = '', parameters = ''] = /^([^(]*)\((.*)\)$/.exec(row) ?? []
    for (const alias of name.split('|')) table.set(alias, signature(alias, parameters, body))
  }
  return table
}
