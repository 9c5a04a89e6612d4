import { Problem } from '../../kernel/problem.ts'
import { Template, type Value } from '../../kernel/value.ts'
import { Unknown } from '../../variables/signals.ts'
import { asText } from '../convert.ts'
import { type Control, okResult, type Reading } from './control.ts'

/** Prints a message or a variable (ansible.builtin.debug). An unknown part is shown as such. */
export const debug: Control = {
  name: 'debug',
  isPure: true,
  freeForm: null,
  options: ['msg', 'var', 'verbosity'],
  raw: ['msg', 'var'],
  run(run) {
    const verbosity = Number(run.args.get('verbosity') ?? 0)
    if (verbosity > run.playRun.engine.options.verbosity) {
      return {
        ...okResult([
          ['skipped_reason', 'Verbosity threshold not met.'],
          ['skipped', true],
        ]),
        status: 'skipped',
      }
    }
    const variable = run.args.get('var')
    if (variable !== undefined && run.args.has('msg')) throw both(run)
    if (Array.isArray(variable)) {
      const names = variable.map((name) => asText(run.scope.render(name as Value)))
      return okResult(names.map((name) => [name, shown(run, () => readVariable(run, name))]))
    }
    if (variable !== undefined) {
      const name = asText(variable instanceof Template ? run.scope.render(variable) : variable)
      if (variable instanceof Template && !isPath(name)) return okResult([[name, `{{${name}}}`]])
      return okResult([[name, shown(run, () => readVariable(run, name))]])
    }
    return okResult([['msg', shown(run, () => run.scope.render(given(run, 'msg') ?? 'Hello world!'))]])
  },
}

/** An argument that is kept as written, unless it renders to `omit`. */
function given({ args, scope }: Reading, name: string): Value | undefined {
  const value = args.get(name)
  return value instanceof Template && /\bomit\b/.test(value.source) && scope.render(value) === scope.lookup('omit')
    ? undefined
    : value
}

/** What a template gives may come from a host: it is read as the name of a variable, and never as an expression that does something. */
function isPath(text: string): boolean {
  return /^[A-Za-z_]\w*(\.\w+|\[(\w+|'[^']*'|"[^"]*")\])*$/.test(text)
}

function readVariable(run: Reading, name: string): Value {
  const value = run.playRun.engine.templates.evaluate(name, run.task.at, run.scope)
  if (value === undefined) return 'VARIABLE IS NOT DEFINED!'
  // As a template, an expression that is not a lone variable gives text.
  return run.scope.render(new Template(`{{${name}}}`, run.task.at))
}

function both({ task }: Reading): Problem {
  return new Problem({
    code: 'args.conflict',
    summary: 'Arguments that exclude each other',
    detail: "'msg' and 'var' are incompatible options",
    at: task.at,
  })
}

function shown(run: Reading, value: () => Value): Value {
  try {
    return value()
  } catch (error) {
    if (error instanceof Unknown && run.playRun.engine.options.check) return `<${error.message}>`
    throw error
  }
}
