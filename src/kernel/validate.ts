import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv'
import { fits } from './fits.ts'
import type { Json, JsonObject } from './json.ts'
import { didYouMean, Problem } from './problem.ts'
import type { Arg, ArgRules, ArgSpecs } from './schema.ts'

const compiled = new WeakMap<ArgSpecs, ValidateFunction>()

/** What is wrong with converted arguments, in Ansible's words (argument_spec); empty when nothing is. `given` are the names used. */
export function validate(
  specs: ArgSpecs,
  rules: ArgRules,
  values: { [name: string]: Json },
  given: JsonObject,
): Problem[] {
  // To compile a schema takes milliseconds for each module, and most arguments are right.
  const errors = fits(specs, values) ? [] : schemaErrors(specs, values)
  return [...errors.map((error) => problemOf(error, specs)), ...broken(specs, rules, values, given)]
}

/** What the JSON Schema of the arguments says. */
export function schemaErrors(specs: ArgSpecs, values: { [name: string]: Json }): readonly ErrorObject[] {
  let check = compiled.get(specs)
  if (check === undefined) {
    // The schemas are our own: checking them against the meta schema costs more than all the rest.
    const ajv = new Ajv({
      allErrors: true,
      verbose: true,
      strict: true,
      allowUnionTypes: true,
      validateSchema: false,
      meta: false,
    })
    check = ajv.compile(jsonSchemaOf(specs))
    compiled.set(specs, check)
  }
  return check(values) ? [] : (check.errors ?? [])
}

/** The arguments as a JSON Schema (draft 2020-12): for the check, the documentation and editors. */
function jsonSchemaOf(specs: ArgSpecs): { [key: string]: unknown } {
  const entries = Object.entries(specs)
  return {
    type: 'object',
    properties: Object.fromEntries(entries.map(([name, spec]) => [name, schemaOf(spec)])),
    required: entries.filter(([, spec]) => spec.required).map(([name]) => name),
    additionalProperties: false,
  }
}

function schemaOf(spec: Arg<unknown>): { [key: string]: unknown } {
  const schema: { [key: string]: unknown } = { description: spec.description }
  if (spec.choices !== null && spec.type !== 'list') return { ...schema, enum: spec.choices }
  if (spec.type === 'list') return { ...schema, type: 'array', items: itemOf(spec) }
  if (spec.type === 'dict')
    return { ...schema, ...(spec.options === null ? { type: 'object' } : jsonSchemaOf(spec.options)) }
  return { ...schema, ...JSON_TYPES[spec.type] }
}

function itemOf(spec: Arg<unknown>): { [key: string]: unknown } {
  if (spec.choices !== null) return { enum: spec.choices }
  if (spec.options !== null) return jsonSchemaOf(spec.options)
  if (spec.elements === null || spec.elements === 'list') return {}
  return spec.elements === 'dict' ? { type: 'object' } : JSON_TYPES[spec.elements]
}

const JSON_TYPES = {
  str: { type: 'string' },
  path: { type: 'string' },
  secret: { type: 'string' },
  json: { type: 'string' },
  int: { type: 'integer' },
  float: { type: 'number' },
  bool: { type: 'boolean' },
  raw: {},
} as const satisfies { [type: string]: { [key: string]: unknown } }

function problemOf(error: ErrorObject, specs: ArgSpecs): Problem {
  const where = error.instancePath.split('/').slice(1).join('.')
  const inside = where === '' ? '' : ` in "${where}"`
  if (error.keyword === 'required') {
    const name = String(error.params.missingProperty)
    return new Problem({
      code: 'args.missing',
      summary: 'Missing argument',
      detail: `missing required arguments: ${name}${inside}`,
    })
  }
  if (error.keyword === 'additionalProperties')
    return unknownArgument(String(error.params.additionalProperty), specs, where)
  if (error.keyword === 'enum') {
    const allowed = (error.params.allowedValues as unknown[]).map(String).join(', ')
    return new Problem({
      code: 'args.choice',
      summary: 'Wrong value of argument',
      detail: `value of ${where} must be one of: ${allowed}, got: ${String(error.data)}`,
      hint: typeof error.data === 'string' ? didYouMean(error.data, allowed.split(', ')) : undefined,
    })
  }
  return new Problem({
    code: 'args.type',
    summary: 'Wrong type of argument',
    detail: `argument "${where}" ${error.message ?? 'is wrong'}`,
  })
}

function unknownArgument(name: string, specs: ArgSpecs, where: string): Problem {
  const level = where
    .split('.')
    .filter((part) => part !== '' && !/^\d+$/.test(part))
    .reduce<ArgSpecs>((current, part) => current[part]?.options ?? {}, specs)
  const known = Object.entries(level).flatMap(([known, spec]) => [known, ...spec.aliases])
  return new Problem({
    code: 'args.unknown',
    summary: 'Unknown argument',
    detail: `"${name}"${where === '' ? '' : ` in "${where}"`} is not supported; supported are: ${known.sort().join(', ')}`,
    hint: didYouMean(name, known),
  })
}

function broken(specs: ArgSpecs, rules: ArgRules, values: { [name: string]: Json }, given: JsonObject): Problem[] {
  const has = (name: string) => values[name] !== undefined
  const asked = (name: string) =>
    [name, ...(specs[name]?.aliases ?? [])].some((known) => given[known] !== undefined && given[known] !== null)
  const problems: Problem[] = []
  const report = (code: string, summary: string, detail: string) =>
    problems.push(new Problem({ code, summary, detail }))
  for (const group of rules.exclusive ?? []) {
    if (group.filter(asked).length > 1)
      report('args.exclusive', 'Arguments exclude each other', `parameters are mutually exclusive: ${group.join('|')}`)
  }
  for (const group of rules.together ?? []) {
    const count = group.filter(has).length
    if (count > 0 && count < group.length)
      report('args.together', 'Arguments belong together', `parameters are required together: ${group.join(', ')}`)
  }
  for (const group of rules.oneOf ?? []) {
    if (!group.some(has))
      report('args.missing', 'Missing argument', `one of the following is required: ${group.join(', ')}`)
  }
  for (const [name, value, needed, anyOne] of rules.requiredIf ?? []) {
    const missing = needed.filter((other) => !has(other))
    const broken = anyOne ? missing.length === needed.length : missing.length > 0
    if (values[name] === value && broken) {
      const of = anyOne ? 'any of the following are missing' : 'all of the following are missing'
      report('args.missing', 'Missing argument', `${name} is ${pythonText(value)} but ${of}: ${missing.join(', ')}`)
    }
  }
  for (const [name, needed] of Object.entries(rules.requiredBy ?? {})) {
    const missing = needed.filter((other) => !has(other))
    if (has(name) && missing.length > 0)
      report('args.missing', 'Missing argument', `missing parameter(s) required by '${name}': ${missing.join(', ')}`)
  }
  return problems
}

function pythonText(value: Json): string {
  return typeof value === 'boolean' ? (value ? 'True' : 'False') : String(value)
}
