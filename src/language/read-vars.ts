import type { Position } from '../kernel/problem.ts'
import type { Dict, Value } from '../kernel/value.ts'
import { type Session, typeName } from './session.ts'

/** A `vars:` value: a dict, or a list of dicts of which later ones win. Problems: `vars.type`, `vars.name`. */
export function readVars(session: Session, value: Value | undefined, what: string, at: Position): Dict {
  if (value === undefined || value === null) return new Map()
  if (value instanceof Map) return checkNames(session, value as Dict, what, at)
  if (Array.isArray(value) && value.every((item) => item instanceof Map)) {
    const joined: Dict = new Map()
    for (const item of value as Dict[])
      for (const [name, part] of checkNames(session, item, what, at)) joined.set(name, part)
    return joined
  }
  session.report({
    code: 'vars.type',
    summary: 'Wrong type of vars',
    detail: `vars in a ${what} must be a dict or a list of dicts, but are ${typeName(value)}`,
    at,
  })
  return new Map()
}

function checkNames(session: Session, vars: Dict, what: string, at: Position): Dict {
  for (const name of vars.keys()) {
    if (typeof name === 'string' && isIdentifier(name)) continue
    session.report({
      code: 'vars.name',
      summary: 'Invalid variable name',
      detail: `'${String(name)}' is not a valid variable name in the vars of a ${what}`,
      hint: 'names consist of letters, digits and underscores, do not start with a digit, and are no word of Python',
      at: session.key(vars, name, at),
    })
  }
  return vars
}

const KEYWORDS_OF_PYTHON = new Set(
  (
    'False None True and as assert async await break class continue def del elif else except finally for from global if import in ' +
    'is lambda nonlocal not or pass raise return try while with yield'
  ).split(' '),
)

/** Whether Ansible takes a text as the name of a variable. */
export function isIdentifier(name: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) && !KEYWORDS_OF_PYTHON.has(name)
}
