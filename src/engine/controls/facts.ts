import { Problem } from '../../kernel/problem.ts'
import { type Dict, Template, type Value } from '../../kernel/value.ts'
import { unmarked } from '../../template/index.ts'
import { Unknown, UnknownValue } from '../../variables/signals.ts'
import { asBoolean, asText, withoutOmitted, withoutTuples } from '../convert.ts'
import { type Control, okResult } from './control.ts'

/**
 * Sets variables of the host (ansible.builtin.set_fact); `cacheable` also makes them facts. One that can't be known before
 * something is applied (check mode) stays unknown, and only what reads it is unknown in turn.
 */
export const setFact: Control = {
  name: 'set_fact',
  isPure: true,
  freeForm: null,
  raw: ['*'],
  run({ args, scope, task, playRun }) {
    const { native } = playRun.engine.templates
    const truth = (value: Value) => (native ? value : truthOf(value))
    const cacheable = args.get('cacheable')
    if (args.size === (cacheable === undefined ? 0 : 1)) throw nothingGiven(task.at)
    const facts: Dict = new Map()
    const omit = scope.lookup('omit')
    for (const [key, value] of args) {
      if (key === 'cacheable') continue
      const written = asText(key)
      const at = task.argsAt.get(written) ?? task.at
      const name = written.includes('{{') ? asText(scope.render(new Template(written, at))) : written
      if (!/^[A-Za-z_]\w*$/.test(name)) throw invalidName(name, at)
      const fact = rendered(name, () => withoutTuples(truth(withoutOmitted(scope.renderMarked(value), omit))))
      if (fact !== omit) facts.set(name, fact)
    }
    const known: Dict = new Map()
    for (const [name, fact] of facts) if (!(fact instanceof UnknownValue)) known.set(name, unmarked(fact))
    const given = {
      level: 'setFacts' as const,
      values: facts,
      cacheable: cacheable !== undefined && asBoolean(scope.render(cacheable)),
    }
    return { given, ...okResult([['ansible_facts', known]]) }
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

/** Text that says yes or no is a truth here, as in Ansible without `jinja2_native`. */
function truthOf(value: Value): Value {
  if (typeof value !== 'string' || !/^(true|false|yes|no)$/i.test(value)) return value
  return /^(true|yes)$/i.test(value)
}

function nothingGiven(at: Problem['at']): Problem {
  return new Problem({
    code: 'args.missing',
    summary: 'Missing argument',
    detail: 'No key/value pairs provided, at least one is required for this action to succeed',
    at,
  })
}

function invalidName(name: string, at: Problem['at']): Problem {
  return new Problem({
    code: 'variable.name',
    summary: 'Not a variable name',
    detail: `"${name}" cannot be a variable: only letters, digits and underscores, and no digit first`,
    at,
  })
}
