import type { Value } from '../../kernel/value.ts'
import { filterError } from '../problems.ts'
import { calls } from '../python/call.ts'
import { flag } from '../python/coerce.ts'
import { truthy } from '../python/compare.ts'
import { asDouble } from '../python/numbers.ts'
import { repr, str } from '../python/repr.ts'
import { typeName } from '../python/type-name.ts'
import { type Call, Undefined } from '../python/types.ts'
import { getAttribute } from '../run/access.ts'

/** Filters of any value: defaults, choices, types. */
export const valueFilters: ReadonlyMap<string, Call> = calls({
  'default|d(value default_value? boolean?)': (_, value, fallback, boolean) => {
    const missing = value instanceof Undefined || (flag(boolean) && !truthy(value))
    return missing ? (fallback === undefined ? '' : fallback) : value
  },
  'ternary(value true_val false_val none_val?)': (_, value, yes, no, none) => {
    if (value === null && none !== undefined && none !== null) return none
    return truthy(value) ? yes : no
  },
  'mandatory(a msg?)': (_, value, message) => {
    if (!(value instanceof Undefined)) return value
    const name = value.name === undefined ? '' : `'${String(value.name)}' `
    throw filterError(
      message === undefined || message === null ? `Mandatory variable ${name} not defined.` : str(message),
    )
  },
  'bool(a)': (_, value) => toBool(value),
  'type_debug(o)': (_, value) => typeName(value),
  'attr(obj name)': (context, value, name) => getAttribute(value, str(name), context, null),
  'pprint(value)': (_, value) => repr(value),
  'safe|escape_never(value)': (_, value) => str(value),
})

/** Ansible's `bool`: None stays None; yes, on, true and 1 in any case are true, all else false. */
function toBool(value: Value): Value {
  if (value === null || typeof value === 'boolean') return value
  if (value instanceof Undefined) throw value.problem()
  if (typeof value === 'string') return ['yes', 'on', '1', 'true'].includes(value.toLowerCase())
  return asDouble(value) === 1
}
