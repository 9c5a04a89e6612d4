import { Template, type Value } from '../kernel/value.ts'
import type { Sited } from '../language/keywords.ts'
import type { Scope } from '../variables/scope.ts'
import { asText } from './convert.ts'
import type { Templates } from './engine.ts'

/**
 * True when all conditions hold; else the first that does not. A condition is an expression without braces; the value of a lone
 * variable that is text is an expression too, and so is what a template renders to (Ansible's Conditional).
 */
export function firstFalse(conditions: readonly Sited[], scope: Scope, templates: Templates): Sited | null {
  return conditions.find((condition) => !holds(condition, scope, templates)) ?? null
}

function holds(condition: Sited, scope: Scope, templates: Templates): boolean {
  let value: Value = condition.value
  if (value instanceof Template) value = scope.render(value)
  if (typeof value === 'boolean') return value
  if (value === null || value === '') return true
  const source = asText(value)
  if (/^[A-Za-z_]\w*$/.test(source)) {
    const named = scope.lookup(source)
    if (typeof named === 'string' && named !== '') return templates.condition(named, condition.at, scope)
  }
  return templates.condition(source, condition.at, scope)
}
