import { Template, type Value } from '../kernel/value.ts'
import type { Sited } from '../language/keywords.ts'
import type { Layer, Scope } from '../variables/scope.ts'
import { asText } from './convert.ts'
import type { Templates } from './engine.ts'

/**
 * True when all conditions hold; else the first that does not. A condition is an expression without braces; what a template
 * renders to is one too (Ansible's Conditional, which since 2.12 no longer looks into the text of a lone variable).
 */
export function firstFalse(conditions: readonly Sited[], scope: Scope, templates: Templates): Sited | null {
  for (const condition of conditions) if (!holds(condition, scope, templates)) return condition
  return null
}

/** Text that a template gave may come from a host: as a condition it may compare, and reach nothing of the controller. */
const NO_LOOKUPS: Layer = new Map(['lookup', 'query', 'q'].map((name) => [name, null]))

function holds(condition: Sited, scope: Scope, templates: Templates): boolean {
  let value: Value = condition.value
  if (value instanceof Template) {
    value = scope.render(value)
    scope = scope.with(NO_LOOKUPS)
  }
  if (typeof value === 'boolean') return value
  if (value === null || value === '') return true
  return templates.condition(asText(value), condition.at, scope)
}
