import { Problem } from '../../kernel/problem.ts'
import { type Dict, Template, type Value } from '../../kernel/value.ts'
import { Unknown, UnknownValue } from '../../variables/signals.ts'
import { asBoolean, asText } from '../convert.ts'
import { type Control, okResult } from './control.ts'

/**
 * Sets variables of the host (ansible.builtin.set_fact); `cacheable` also makes them facts. One that can't be known before
 * something is applied (check mode) stays unknown, and only what reads it is unknown in turn.
 */
export const setFact: Control = {
  name: 'set_fact',
  freeForm: null,
  raw: ['*'],
  run({ args, host, scope, task }) {
    const { cacheable, ...rest } = Object.fromEntries([...args].map(([name, value]) => [asText(name), value]))
    const facts: Dict = new Map()
    for (const [written, value] of Object.entries(rest)) {
      const at = task.argsAt.get(written) ?? task.at
      const name = written.includes('{{') ? asText(scope.render(new Template(written, at))) : written
      if (!/^[A-Za-z_]\w*$/.test(name)) throw invalidName(name, at)
      facts.set(
        name,
        rendered(name, () => scope.render(value)),
      )
    }
    for (const [name, value] of facts) {
      host.vars.setFacts.set(name, value)
      if (cacheable !== undefined && asBoolean(scope.render(cacheable))) host.vars.facts.set(name, value)
    }
    const known = new Map([...facts].filter(([, value]) => !(value instanceof UnknownValue)))
    return okResult([['ansible_facts', known]])
  },
}

function rendered(name: string, render: () => Value): Value {
  try {
    return render()
  } catch (error) {
    if (error instanceof Unknown) return new UnknownValue(name)
    throw error
  }
}

function invalidName(name: string, at: Problem['at']): Problem {
  return new Problem({
    code: 'variable.name',
    summary: 'Not a variable name',
    detail: `"${name}" cannot be a variable: only letters, digits and underscores, and no digit first`,
    at,
  })
}
