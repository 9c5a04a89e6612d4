import { coerce } from '../../kernel/coerce.ts'
import { isJsonObject, type Json, type JsonObject } from '../../kernel/json.ts'
import type { Arg, ArgSpecs, ArgType } from '../../kernel/schema.ts'
import { validate } from '../../kernel/validate.ts'
import { type Dict, toJson } from '../../kernel/value.ts'
import { failedResult } from '../results.ts'
import { type Control, okResult } from './control.ts'

/** Checks variables against a role's `meta/argument_specs.yml` (ansible.builtin.validate_argument_spec). */
export const validateArgumentSpec: Control = {
  name: 'validate_argument_spec',
  isPure: true,
  freeForm: null,
  raw: ['argument_spec'],
  run({ args, scope }) {
    const written = args.get('argument_spec')
    if (written === undefined) return failedResult('"argument_spec" arg is required in args: {}')
    const data = toJson(written)
    if (!isJsonObject(data))
      return failedResult(`Incorrect type for argument_spec, expected dict and got ${typeof data}`)
    const specs = specsOf(data)
    const provided = args.get('provided_arguments')
    const given: { [name: string]: Json } =
      provided instanceof Map ? { ...(toJson(provided as Dict) as JsonObject) } : {}
    for (const name of Object.keys(specs)) {
      const value = scope.lookup(name)
      if (value !== undefined && given[name] === undefined) given[name] = toJson(value)
    }
    const { values, problems } = coerce(specs, given, () => null)
    const all = [...problems, ...validate(withoutGiven(specs, given), {}, values, given)]
    const context = toJson(args.get('validate_args_context') ?? new Map())
    if (all.length === 0) {
      return okResult([
        ['msg', 'The arg spec validation passed'],
        ['validate_args_context', args.get('validate_args_context') ?? new Map()],
      ])
    }
    const errors = inSum(all.map((problem) => problem.detail ?? problem.summary))
    const hints = all.flatMap((problem) => (problem.hint === undefined ? [] : [problem.hint]))
    return failedResult(`Validation of arguments failed:\n${[...errors, ...hints].join('\n')}`, {
      argument_errors: errors,
      argument_spec_data: data,
      validate_args_context: context,
    })
  },
}

/** One message for all that is missing in a place, as Ansible words it. */
function inSum(details: readonly string[]): string[] {
  const missing = new Map<string, string[]>()
  const others: string[] = []
  for (const detail of details) {
    const [, name, place] = /^missing required arguments: (\S+)(?: in "(.+)")?$/.exec(detail) ?? []
    if (name === undefined) others.push(detail)
    else missing.set(place ?? '', [...(missing.get(place ?? '') ?? []), name])
  }
  const sums = [...missing].map(([place, names]) => {
    const list = names.sort().join(', ')
    return `missing required arguments: ${list}${place === '' ? '' : ` found in ${place}`}`
  })
  return [...sums, ...others]
}

/** What was given is not missing: not when it is null, and not when it is of a wrong type. */
function withoutGiven(specs: ArgSpecs, given: JsonObject): ArgSpecs {
  return Object.fromEntries(
    Object.entries(specs).map(([name, spec]) => [name, name in given ? { ...spec, required: false } : spec]),
  )
}

/** `options:` of an argument spec → the specs that modules use. */
function specsOf(options: JsonObject): ArgSpecs {
  return Object.fromEntries(
    Object.entries(options).map(([name, spec]) => [name, specOf(isJsonObject(spec) ? spec : {})]),
  )
}

function specOf(spec: JsonObject): Arg<unknown> {
  const type = String(spec.type ?? 'str') as ArgType
  const elements = spec.elements === undefined ? null : (String(spec.elements) as ArgType)
  return {
    type: TYPES.includes(type) ? type : 'raw',
    description: '',
    required: spec.required === true,
    // Defaults in argument specs only document; they do not set variables.
    default: undefined,
    aliases: Array.isArray(spec.aliases) ? spec.aliases.map(String) : [],
    choices: Array.isArray(spec.choices) ? (spec.choices as (string | number | boolean)[]) : null,
    elements,
    options: isJsonObject(spec.options) ? specsOf(spec.options) : null,
  }
}

const TYPES: readonly ArgType[] = ['str', 'int', 'float', 'bool', 'list', 'dict', 'path', 'raw', 'json']
