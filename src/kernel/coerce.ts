import type { Homes } from './controller.ts'
import { isJsonObject, type Json, type JsonObject } from './json.ts'
import { Problem } from './problem.ts'
import type { Arg, ArgSpecs, ArgType } from './schema.ts'

const TRUE = new Set(['y', 'yes', 'on', '1', 'true', 't', '1.0'])
const FALSE = new Set(['n', 'no', 'off', '0', 'false', 'f', '0.0'])

/**
 * Values as YAML gave them → the types of the specs, by Ansible's rules (module_utils/common/validation.py): "yes" is a boolean,
 * "a,b" a list, 5 a string where text is wanted. Aliases become names, defaults are filled in, nulls count as not given.
 * Unknown arguments are kept, for the validation to name.
 */
export function coerce(
  specs: ArgSpecs,
  given: JsonObject,
  home: Homes,
): { values: { [name: string]: Json }; problems: Problem[] } {
  const names = new Map<string, string>()
  for (const [name, spec] of Object.entries(specs)) for (const alias of [name, ...spec.aliases]) names.set(alias, name)
  const values: { [name: string]: Json } = {}
  const problems: Problem[] = []
  for (const [key, value] of Object.entries(given)) {
    if (value === null) continue
    const name = names.get(key) ?? key
    const spec = specs[name]
    if (spec === undefined) values[key] = value
    else take(name, () => convert(spec, value, home))
  }
  for (const [name, spec] of Object.entries(specs)) {
    if (values[name] === undefined && spec.default !== undefined) values[name] = convert(spec, spec.default, home)
  }
  return { values, problems }

  function take(name: string, conversion: () => Json): void {
    try {
      values[name] = conversion()
    } catch (error) {
      if (!(error instanceof TypeError)) throw error
      problems.push(
        new Problem({
          code: 'args.type',
          summary: 'Wrong type of argument',
          detail: `argument "${name}" ${error.message}`,
        }),
      )
    }
  }
}

function convert(spec: Arg<unknown>, value: Json, home: Homes): Json {
  const chosen = spec.choices !== null && spec.type !== 'list'
  const converted = chosen ? choice(spec.choices, value) : convertTo(spec.type, value, home)
  if (spec.type === 'list') return (converted as Json[]).map((item) => convertItem(spec, item, home))
  if (spec.options !== null) return nested(spec.options, converted as JsonObject, home)
  return converted
}

function convertItem(spec: Arg<unknown>, item: Json, home: Homes): Json {
  if (spec.choices !== null) return choice(spec.choices, item)
  const converted = spec.elements === null ? item : convertTo(spec.elements, item, home)
  return spec.options === null ? converted : nested(spec.options, converted as JsonObject, home)
}

function nested(specs: ArgSpecs, value: JsonObject, home: Homes): Json {
  const { values, problems } = coerce(specs, value, home)
  if (problems.length > 0) throw new TypeError(problems.map((problem) => problem.message).join('; '))
  return values
}

/** A choice keeps its own type: `state: no` finds "no" as well as false. */
function choice(choices: readonly (string | number | boolean)[], value: Json): Json {
  const text =
    typeof value === 'boolean' ? [value ? 'yes' : 'no', String(value), value ? 'on' : 'off'] : [textOf(value)]
  return choices.find((candidate) => candidate === value || text.includes(String(candidate))) ?? value
}

const CONVERSIONS: { readonly [type in ArgType]: (value: Json, home: Homes) => Json } = {
  str: textOf,
  secret: textOf,
  raw: (value) => value,
  json: (value) => (typeof value === 'object' ? JSON.stringify(value) : textOf(value)),
  path: (value, home) => expandHome(textOf(value), home),
  int: (value) => numberOf(value, Number.isInteger, 'an integer'),
  float: (value) => numberOf(value, Number.isFinite, 'a number'),
  bool: booleanOf,
  list: (value) => {
    if (Array.isArray(value)) return value
    if (typeof value === 'string') return value === '' ? [] : value.split(',').map((item) => item.trim())
    if (typeof value === 'number') return [String(value)]
    throw new TypeError(`must be a list, not ${show(value)}`)
  },
  dict: (value) => (isJsonObject(value) ? value : dictOf(value)),
}

function convertTo(type: ArgType, value: Json, home: Homes): Json {
  return CONVERSIONS[type](value, home)
}

function textOf(value: Json): string {
  if (typeof value === 'string') return value
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  if (typeof value === 'number') return String(value)
  return JSON.stringify(value)
}

function numberOf(value: Json, valid: (number: number) => boolean, wanted: string): number {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  if (typeof number === 'number' && valid(number)) return number
  throw new TypeError(`must be ${wanted}, not ${show(value)}`)
}

function booleanOf(value: Json): boolean {
  const text = String(value).trim().toLowerCase()
  if (TRUE.has(text)) return true
  if (FALSE.has(text)) return false
  throw new TypeError(`must be a boolean (yes or no, true or false), not ${show(value)}`)
}

/** `{"a": 1}` or `a=1, b=2` as text. */
function dictOf(value: Json): JsonObject {
  if (typeof value === 'string' && value.trim().startsWith('{')) {
    try {
      const parsed: unknown = JSON.parse(value)
      if (isJsonObject(parsed as Json)) return parsed as JsonObject
    } catch {
      throw new TypeError(`must be a dict, and ${show(value)} is not valid JSON`)
    }
  }
  if (typeof value === 'string' && value.includes('=')) {
    const pairs = value.split(/,\s*|\s+/).map((pair) => pair.split(/=(.*)/s))
    return Object.fromEntries(pairs.map(([key, item]) => [key!.trim(), (item ?? '').trim()]))
  }
  throw new TypeError(`must be a dict, not ${show(value)}`)
}

/** A path with the home it starts with. */
export function expandHome(path: string, home: Homes): string {
  return path.replace(
    /^(?:~([A-Za-z_][\w.-]*)?|\$HOME|\$\{HOME\})(?=\/|$)/,
    (written, user?: string) => home(user ?? '') ?? written,
  )
}

function show(value: Json): string {
  return JSON.stringify(value)
}
