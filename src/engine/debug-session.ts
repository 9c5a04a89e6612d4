import { problemsOf } from '../kernel/problem.ts'
import { type Dict, fromJson, Template, type Value } from '../kernel/value.ts'
import type { Task } from '../language/model.ts'
import { repr } from '../template/index.ts'
import type { Scope } from '../variables/scope.ts'
import { Unknown } from '../variables/signals.ts'
import { argumentsOf } from './arguments.ts'
import { asText } from './convert.ts'
import type { TaskRun } from './item.ts'
import { flag } from './keyword.ts'
import { ScopeDict } from './magic.ts'
import { scopeOf } from './play-run.ts'
import type { ItemOutcome } from './results.ts'

export const HELP = `p EXPRESSION            show task, task.args, task_vars, host, result or any expression of them
task.args['NAME'] = X   change an argument
task_vars['NAME'] = X   change a variable
u, update_task          make the arguments anew with the changed variables
r, redo                 run the task again
c, continue             go on
q, quit                 end the run`

const WIDTH = 80
const HIDDEN = 'hidden by no_log'
const TARGET = /^(task\.args|task_vars)((?:\s*\[[^\]]*\]|\.\w+)+)\s*/

/** What the person at the debugger sees of one outcome of a task, and has changed for the next attempt. */
export class DebugSession {
  readonly #original: TaskRun
  readonly #outcome: ItemOutcome
  readonly #overrides: Dict
  #args: Dict
  /** False while the arguments are the playbook's own, because they can't be rendered here. */
  #fixed = false

  constructor(original: TaskRun, tried: TaskRun, outcome: ItemOutcome) {
    this.#original = original
    this.#outcome = outcome
    this.#overrides = new Map(tried.playRun.overrides ?? [])
    this.#args = this.#rendered(tried.task)
  }

  /** The text for the person; a mistake of theirs is told and ends nothing. */
  guarded(work: () => string): string {
    try {
      return work()
    } catch (error) {
      const problems = problemsOf(error)
      if (problems === null && !(error instanceof Unknown)) throw error
      return `***${problems?.map(({ detail, summary }) => detail ?? summary).join('; ') ?? String(error)}`
    }
  }

  show(expression: string): string {
    const value = this.#evaluate(expression)
    return value === undefined ? `***NameError: '${expression}' is not defined` : pretty(value)
  }

  /** An assignment, a deletion, or an expression to show. */
  execute(line: string): string {
    const deleted = /^del\s*\(?\s*(.*?)\)?$/.exec(line)?.[1]
    const target = TARGET.exec(deleted ?? line)
    const rest = target === null ? '' : (deleted ?? line).slice(target[0].length)
    if (target === null || (deleted === undefined && !/^=(?!=)/.test(rest))) return this.show(line)
    const [, root, path] = target as unknown as [string, 'task.args' | 'task_vars', string]
    const names = [...path.matchAll(/\[([^\]]*)\]|\.(\w+)/g)].map(
      ([, key, name]) => name ?? this.#evaluate(key!) ?? null,
    )
    const value = deleted === undefined ? this.#evaluate(rest.slice(1).trim()) : null
    if (value === undefined) return `***NameError: '${rest.slice(1).trim()}' is not defined`
    const owner = root === 'task.args' ? this.#args : this.#overrides
    const last = names.pop()!
    const dict = names.reduce<Value | undefined>((held, name) => this.#member(root, held, name), owner)
    if (!(dict instanceof Map)) return `***TypeError: ${root}${path} is in no dict`
    if (deleted === undefined) (dict as Dict).set(last, value)
    else (dict as Dict).delete(last)
    if (root === 'task.args') this.#fixed = true
    return ''
  }

  /** The arguments as the playbook has them, with the variables as they are now. */
  update(): string {
    this.#args = this.#rendered(this.#original.task)
    return ''
  }

  /** The task run to try next. */
  redo(): TaskRun {
    const { task, playRun } = this.#original
    const args: Dict = new Map([...this.#args].map(([name, value]) => [name, templateOf(value, task)]))
    const own: Task = this.#fixed ? { ...task, args, argsTemplate: null, freeForm: null } : task
    return { ...this.#original, task: own, playRun: { ...playRun, overrides: this.#overrides } }
  }

  #scope(): Scope {
    const { playRun, host, task } = this.#original
    return scopeOf({ ...playRun, overrides: this.#overrides }, host, task)
  }

  /** Arguments that can't be rendered (they need the item of a loop) are shown as they are written. */
  #rendered(task: Task): Dict {
    try {
      const args = fromJson(argumentsOf(task, this.#scope(), { freeForm: undefined })) as Dict
      this.#fixed = true
      return args
    } catch (error) {
      if (problemsOf(error) === null && !(error instanceof Unknown)) throw error
      this.#fixed = false
      return new Map([...task.args, ...(task.freeForm === null ? [] : [['_raw_params', task.freeForm] as const])])
    }
  }

  #evaluate(expression: string): Value | undefined {
    const { host, info, task, playRun } = this.#original
    const scope = this.#scope()
    const hidden = flag(task, 'no_log', scope)
    const seen: Dict = new Map<Value, Value>([
      [
        'task',
        new NamedDict(`${task.handler ? 'HANDLER' : 'TASK'}: ${info.name}`, [
          ['args', hidden ? HIDDEN : this.#args],
          ['name', info.name],
          ['action', task.action.written],
        ]),
      ],
      ['task_vars', new ScopeDict(() => scope)],
      ['host', new NamedDict(host.name, [['name', host.name]])],
      ['result', hidden ? HIDDEN : this.#outcome.result],
    ])
    const source = expression.replace(/\bresult\._result\b/g, 'result')
    return playRun.engine.templates.evaluate(source, null, scope.with(seen))
  }

  #member(root: string, held: Value | undefined, name: Value): Value | undefined {
    if (!(held instanceof Map)) return undefined
    const own = (held as Dict).get(name)
    if (own !== undefined || root === 'task.args' || held !== this.#overrides) return own
    const value = this.#scope().lookup(asText(name))
    if (value instanceof Map) this.#overrides.set(name, value)
    return value
  }
}

/** A dict that shows itself by a name. */
class NamedDict extends Map<Value, Value> {
  readonly label: string
  constructor(label: string, entries: readonly (readonly [Value, Value])[]) {
    super(entries)
    this.label = label
  }
}

function templateOf(value: Value, task: Task): Value {
  return typeof value === 'string' && /\{[{%]/.test(value) ? new Template(value, task.at) : value
}

/** Like Python's pprint: what is too long for a line has one for each member. */
function pretty(value: Value, indent = 0): string {
  if (value instanceof NamedDict) return value.label
  const line = value instanceof Template ? value.source : repr(value)
  if (line.length + indent <= WIDTH) return line
  const margin = `,\n${' '.repeat(indent + 1)}`
  if (Array.isArray(value)) return `[${value.map((item) => pretty(item as Value, indent + 1)).join(margin)}]`
  if (!(value instanceof Map)) return line
  const entries = [...(value as Dict)].map(
    ([key, item]) => `${repr(key)}: ${pretty(item, indent + repr(key).length + 3)}`,
  )
  return `{${entries.join(margin)}}`
}
