import { Problem } from '../../kernel/problem.ts'
import { pythonRegex } from '../../kernel/python-regex.ts'
import type { Dict, Value } from '../../kernel/value.ts'
import { compareText, dictGet, dictSet, equals, repr, str, typeName } from '../../template/index.ts'
import type { Lookup, LookupContext } from './lookup.ts'

type Override = 'error' | 'warn' | 'ignore'

/**
 * All variables whose names match, lists joined and dicts merged in the order of their names (community.general.merge_variables).
 * Problem `lookup.terms`.
 */
export const mergeVariables: Lookup = {
  name: 'merge_variables',
  run(terms, options, context) {
    const given = (option: string, otherwise: string) =>
      options.get(option) ?? context.environment(`ANSIBLE_MERGE_VARIABLES_${option.toUpperCase()}`) ?? otherwise
    const kind = str(given('pattern_type', 'regex'))
    const override = str(given('override', 'error')) as Override
    return terms.map((term) => {
      if (typeof term !== 'string')
        throw wrong(`Non-string type '${typeName(term)}' passed, only 'str' types are allowed!`)
      const names = [...context.scope.names()].filter(matcher(kind, term)).sort(compareText)
      const values = names.map((name) => ({ name, value: context.scope.lookup(name)! }))
      return joined(options.get('initial_value') ?? null, values, override, context)
    })
  },
}

function matcher(kind: string, pattern: string): (name: string) => boolean {
  if (kind === 'prefix') return (name) => name.startsWith(pattern)
  if (kind === 'suffix') return (name) => name.endsWith(pattern)
  if (kind !== 'regex') throw wrong(`pattern_type must be prefix, suffix or regex, but is "${kind}"`)
  const regex = pythonRegex(pattern)
  return (name) => name.search(regex) >= 0
}

function joined(
  initial: Value,
  variables: readonly { readonly name: string; readonly value: Value }[],
  override: Override,
  context: LookupContext,
): Value {
  let result = initial
  if (result !== null) kindOf(result)
  for (const { name, value } of variables) {
    const kind = kindOf(value)
    if (result === null) result = value
    else if (kindOf(result) !== kind) throw wrong('Unable to merge, not all variables are of the same type')
    else if (kind === 'list') result = [...(result as Value[]), ...(value as Value[])]
    else result = merged(value as Dict, result as Dict, [name], (text) => overridden(text, override, context))
  }
  return result
}

function kindOf(value: Value): 'list' | 'dict' {
  if (Array.isArray(value)) return 'list'
  if (value instanceof Map) return 'dict'
  throw wrong('Not supported type detected, variable must be a list or a dict')
}

/** The second dict with the first laid over it; `told` hears of each value that gives way to another. */
function merged(over: Dict, under: Dict, path: readonly string[], told: (text: string) => void): Dict {
  const result: Dict = new Map(under)
  for (const [key, value] of over) {
    const before = dictGet(result, key)
    if (value instanceof Map) {
      if (before !== undefined && !(before instanceof Map)) throw wrong(`'${str(key)}' is a dict in one variable only`)
      dictSet(result, key, merged(value as Dict, (before ?? new Map()) as Dict, [...path, str(key)], told))
    } else if (Array.isArray(value) && Array.isArray(before)) dictSet(result, key, [...before, ...value])
    else {
      if (before !== undefined && !equals(before, value)) {
        const [old, fresh] = [before, value].map((one) => (typeof one === 'string' ? one : repr(one)))
        told(
          `The key '${str(key)}' with value '${old}' will be overwritten with value '${fresh}' from '${path.join('.')}.${str(key)}'`,
        )
      }
      dictSet(result, key, value)
    }
  }
  return result
}

function overridden(text: string, override: Override, context: LookupContext): void {
  if (override === 'error') throw wrong(text)
  if (override === 'warn') context.warn(text)
}

function wrong(detail: string): Problem {
  return new Problem({ code: 'lookup.terms', summary: 'Lookup "merge_variables" can\'t use this', detail })
}
