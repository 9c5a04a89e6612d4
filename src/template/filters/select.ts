import type { Value } from '../../kernel/value.ts'
import { filterError } from '../problems.ts'
import { noKwargs } from '../python/call.ts'
import { truthy } from '../python/compare.ts'
import { str } from '../python/repr.ts'
import { iterate } from '../python/sequence.ts'
import { type Call, Undefined } from '../python/types.ts'
import { attributeGetter, callFilter } from '../run/access.ts'
import type { Context } from '../run/context.ts'

/** `map`, `select` and their kin: filters that take other filters and tests by name. */
export const selectFilters: ReadonlyMap<string, Call> = new Map<string, Call>([
  ['map', map],
  ['select', (args, kwargs, context) => pick(args, kwargs, context, false, true)],
  ['reject', (args, kwargs, context) => pick(args, kwargs, context, false, false)],
  ['selectattr', (args, kwargs, context) => pick(args, kwargs, context, true, true)],
  ['rejectattr', (args, kwargs, context) => pick(args, kwargs, context, true, false)],
])

function map(args: Parameters<Call>[0], kwargs: Parameters<Call>[1], context: Context): Value {
  const [source, ...rest] = args as [Value, ...Value[]]
  const apply = rest.length === 0 && kwargs.has('attribute') ? byAttribute(kwargs, context) : byFilter(rest, kwargs)
  return Array.from(iterate(source), (item) => apply(item, context))
}

function byAttribute(kwargs: ReadonlyMap<string, Value>, context: Context): (item: Value) => Value {
  const unknown = [...kwargs.keys()].find((name) => name !== 'attribute' && name !== 'default')
  if (unknown !== undefined) throw filterError(`Unexpected keyword argument '${unknown}'`)
  const get = attributeGetter(kwargs.get('attribute')!, context)
  const fallback = kwargs.get('default')
  return (item) => {
    const value = get(item)
    return value instanceof Undefined && fallback !== undefined && fallback !== null ? fallback : value
  }
}

function byFilter(
  rest: readonly Value[],
  kwargs: ReadonlyMap<string, Value>,
): (item: Value, context: Context) => Value {
  const [name, ...given] = rest
  if (name === undefined) throw filterError('map requires a filter argument')
  return callFilter(str(name), given, kwargs)
}

function pick(
  args: readonly Value[],
  kwargs: ReadonlyMap<string, Value>,
  context: Context,
  attribute: boolean,
  keep: boolean,
): Value {
  const [source, ...rest] = args as [Value, ...Value[]]
  if (attribute && rest.length === 0) throw filterError('Missing parameter for attribute name')
  const get = attribute ? attributeGetter(rest[0]!, context) : (item: Value): Value => item
  const [name, ...given] = attribute ? rest.slice(1) : rest
  const test = name === undefined ? truthy : byTest(str(name), given, kwargs, context)
  const picked: Value[] = []
  for (const item of iterate(source)) if (test(get(item)) === keep) picked.push(item)
  return picked
}

function byTest(
  name: string,
  given: readonly Value[],
  kwargs: ReadonlyMap<string, Value>,
  context: Context,
): (value: Value) => boolean {
  const test = context.host.test(name)
  if (test === null) throw filterError(`No test named '${name}'.`)
  return (value) => truthy(test([value, ...given], kwargs.size === 0 ? noKwargs : kwargs, context))
}
