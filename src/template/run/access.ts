import { Tuple, type Value } from '../../kernel/value.ts'
import { typeError } from '../problems.ts'
import { noKwargs } from '../python/call.ts'
import { dictGet, isMapping } from '../python/dict.ts'
import { methodOf, propertyOf } from '../python/methods.ts'
import { subscript } from '../python/sequence.ts'
import { typeName } from '../python/type-name.ts'
import { Attributes, Callable, type Kwargs, Undefined } from '../python/types.ts'
import type { Place } from '../syntax/ast.ts'
import type { Context } from './context.ts'

/** `value.name`: a method or attribute first, then an item, then undefined; the order of Jinja2. */
export function getAttribute(value: Value, name: string, context: Context, place: Place | null): Value {
  if (value instanceof Undefined) return passUndefined(value)
  const found = attribute(value, name)
  if (found !== undefined) return found
  const item = isMapping(value) ? dictGet(value, name) : undefined
  return item === undefined ? missing(value, name, context, place) : item
}

/** `value[key]`: an item first, then an attribute, then undefined. */
export function getItem(value: Value, key: Value, context: Context, place: Place | null): Value {
  if (value instanceof Undefined) return passUndefined(value)
  if (key instanceof Undefined) throw key.problem()
  const item = subscript(value, key)
  if (item !== undefined) return item
  const found = typeof key === 'string' ? attribute(value, key) : undefined
  return found === undefined ? missing(value, key, context, place) : found
}

function passUndefined(value: Undefined): Undefined {
  if (value.quiet) throw value.problem()
  return value
}

function attribute(value: Value, name: string): Value | undefined {
  if (value instanceof Attributes) return value.attribute(name)
  if (value instanceof Callable) return name === 'name' ? value.name : undefined
  const method = methodOf(value, name)
  if (method === undefined) return propertyOf(value, name)
  return new Callable(name, (args, kwargs, context) => method([value, ...args], kwargs, context))
}

function missing(value: Value, name: Value, context: Context, place: Place | null): Undefined {
  const owner = value === null ? 'None' : `${typeName(value)} object`
  return new Undefined({
    name,
    owner,
    at: place === null ? context.at : context.position(place),
    candidates: () =>
      isMapping(value) ? [...value.keys()].filter((key): key is string => typeof key === 'string') : [],
  })
}

/** `value(…)`. Raises TypeError when it can't be called. */
export function callValue(value: Value, args: readonly Value[], kwargs: Kwargs, context: Context): Value {
  if (value instanceof Callable) return value.call(args, kwargs, context)
  if (value instanceof Attributes && value.call !== undefined) return value.call(args, kwargs, context)
  if (value instanceof Undefined) throw value.problem()
  throw typeError(`'${typeName(value)}' object is not callable`)
}

/** Jinja's attribute paths as `map(attribute='a.b.0')` takes them. */
export function attributeGetter(path: Value, context: Context): (value: Value) => Value {
  const steps: Value[] =
    typeof path === 'string' ? path.split('.').map((part) => (/^\d+$/.test(part) ? Number(part) : part)) : [path]
  return (value) => steps.reduce((current, step) => getItem(current, step, context, null), value)
}

/** Several attribute paths, separated by commas, as a tuple. */
export function attributesGetter(paths: Value, context: Context): (value: Value) => Value {
  const getters = (typeof paths === 'string' ? paths.split(',') : [paths]).map((path) => attributeGetter(path, context))
  return (value) => Tuple.of_(getters.map((get) => get(value)))
}

/** Calls a filter by the name a template gives it (`map('upper')`). */
export function callFilter(
  name: string,
  args: readonly Value[],
  kwargs: Kwargs = noKwargs,
): (value: Value, context: Context) => Value {
  return (value, context) => {
    const filter = context.host.filter(name)
    if (filter === null) throw typeError(`No filter named '${name}'.`)
    return filter([value, ...args], kwargs, context)
  }
}
