import { Tuple, type Value } from '../../kernel/value.ts'
import { DateTime, TimeDelta } from './datetime.ts'
import { isMapping } from './dict.ts'
import { dateTimeMethods, dateTimeProperty, timeDeltaMethods } from './methods-datetime.ts'
import { dictMethods } from './methods-dict.ts'
import { listMethods, tupleMethods } from './methods-list.ts'
import { numberMethods, setMethods } from './methods-number.ts'
import { stringMethods } from './methods-string.ts'
import { NamedTuple } from './named-tuple.ts'
import { isNumber } from './numbers.ts'
import type { Call } from './types.ts'

/** The method of that name that Python's type of the value has; it takes the value as its first argument. */
export function methodOf(value: Value, name: string): Call | undefined {
  if (typeof value === 'string') return stringMethods.get(name)
  if (typeof value !== 'object') return isNumber(value) ? numberMethods.get(name) : undefined
  if (value === null) return undefined
  if (isMapping(value)) return dictMethods.get(name)
  if (value instanceof Tuple) return tupleMethods.get(name)
  if (Array.isArray(value)) return listMethods.get(name)
  if (value instanceof Set) return setMethods.get(name)
  if (value instanceof DateTime) return dateTimeMethods.get(name)
  if (value instanceof TimeDelta) return timeDeltaMethods.get(name)
  return isNumber(value) ? numberMethods.get(name) : undefined
}

/** A plain attribute of a Python object (`moment.year`). */
export function propertyOf(value: Value, name: string): Value | undefined {
  if (value instanceof DateTime || value instanceof TimeDelta) return dateTimeProperty(value, name)
  if (value instanceof NamedTuple) return value.fields.get(name)
  return undefined
}
