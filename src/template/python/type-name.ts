import { Float, Tuple, type Value } from '../../kernel/value.ts'
import { DateTime, TimeDelta } from './datetime.ts'
import { Attributes, Callable, DictView, LazyDict, Range, Undefined } from './types.ts'

/** The name of the value's Python type, as in "'int' object is not iterable". */
export function typeName(value: Value): string {
  if (value === null) return 'NoneType'
  if (typeof value === 'string') return 'str'
  if (typeof value === 'boolean') return 'bool'
  if (typeof value === 'bigint') return 'int'
  if (typeof value === 'number') return Number.isInteger(value) ? 'int' : 'float'
  if (value instanceof Float) return 'float'
  if (value instanceof Tuple) return 'tuple'
  if (Array.isArray(value)) return 'list'
  if (value instanceof Map || value instanceof LazyDict) return 'dict'
  if (value instanceof Set) return 'set'
  return objectTypeName(value)
}

function objectTypeName(value: object): string {
  if (value instanceof Range) return 'range'
  if (value instanceof DictView) return `dict_${value.kind}`
  if (value instanceof Undefined) return 'AnsibleUndefined'
  if (value instanceof DateTime) return 'datetime'
  if (value instanceof TimeDelta) return 'timedelta'
  if (value instanceof Callable) return 'function'
  return value instanceof Attributes ? value.typeName : 'object'
}
