import type { Value } from '../../kernel/value.ts'
import { filterError } from '../problems.ts'
import { calls } from '../python/call.ts'
import { optionalText } from '../python/coerce.ts'
import { truthy } from '../python/compare.ts'
import { str } from '../python/repr.ts'
import { type Call, Undefined } from '../python/types.ts'
import { compareLoose, comparePep440, compareSemantic, compareStrict } from '../python/version.ts'

const body = (value: Value, other: Value, operator?: Value, strict?: Value, type?: Value): boolean => {
  if (value instanceof Undefined) throw value.problem()
  if (strict !== undefined && strict !== null && type !== undefined && type !== null) {
    throw filterError("Cannot specify both 'strict' and 'version_type'")
  }
  if (!truthy(value)) throw filterError('Input version value cannot be empty')
  if (!truthy(other)) throw filterError('Version parameter to compare against cannot be empty')
  const kind = strict !== undefined && strict !== null && truthy(strict) ? 'strict' : optionalText(type, 'loose')
  return holds(optionalText(operator, 'eq'), comparison(kind)(str(value), str(other)))
}

/** Ansible's `version` test. */
export const versionTests: ReadonlyMap<string, Call> = calls({
  'version|version_compare(value version operator? strict? version_type?)': (_, value, other, operator, strict, type) =>
    body(value, other, operator, strict, type),
})

function comparison(kind: string): (a: string, b: string) => number {
  switch (kind) {
    case 'loose':
      return compareLoose
    case 'strict':
      return compareStrict
    case 'semver':
    case 'semantic':
      return compareSemantic
    case 'pep440':
      return comparePep440
    default:
      throw filterError(
        `Invalid version type (${kind}). Must be one of 'loose', 'strict', 'semver', 'semantic', 'pep440'`,
      )
  }
}

function holds(operator: string, order: number): boolean {
  switch (operator) {
    case '==':
    case '=':
    case 'eq':
      return order === 0
    case '<':
    case 'lt':
      return order < 0
    case '<=':
    case 'le':
      return order <= 0
    case '>':
    case 'gt':
      return order > 0
    case '>=':
    case 'ge':
      return order >= 0
    case '!=':
    case '<>':
    case 'ne':
      return order !== 0
    default:
      throw filterError(
        `Invalid operator type (${operator}). Must be one of ==, =, eq, <, lt, <=, le, >, gt, >=, ge, !=, <>, ne`,
      )
  }
}
