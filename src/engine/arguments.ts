import type { JsonObject } from '../kernel/json.ts'
import { Problem } from '../kernel/problem.ts'
import { type Dict, Float, toJson, type Value } from '../kernel/value.ts'
import { inherited } from '../language/inherit.ts'
import type { Task } from '../language/model.ts'
import type { Scope } from '../variables/scope.ts'
import { asText } from './convert.ts'

/** A task's arguments, rendered: free text, `args`, defaults of `module_defaults`; `omit` takes an argument away. */
export function argumentsOf(
  task: Task,
  scope: Scope,
  module: { freeForm: string | undefined; group?: string },
): JsonObject {
  const omit = scope.lookup('omit')
  const args: { [name: string]: ReturnType<typeof toJson> } = {}
  const put = (entries: Iterable<readonly [Value, Value]>) => {
    for (const [name, value] of entries) if (value !== omit) args[asText(name)] = jsonOf(value, omit)
  }
  for (const defaults of defaultsOf(task, scope)) put(defaults)
  if (task.argsTemplate !== null) {
    const rendered = scope.render(task.argsTemplate)
    if (!(rendered instanceof Map)) throw notADict(task, rendered)
    put(rendered as Dict)
  }
  if (task.freeForm !== null) {
    const text = scope.render(task.freeForm)
    args[module.freeForm ?? '_raw_params'] = asText(text)
  }
  put([...task.args].map(([name, value]) => [name, scope.render(value)] as const))
  return args
}

/** `module_defaults` of the task's surroundings for its module, outermost first. */
export function defaultsOf(task: Task, scope: Scope): Dict[] {
  const found: Dict[] = []
  for (const entry of inherited(task, 'module_defaults')) {
    const defaults = scope.render(entry.value)
    if (!(defaults instanceof Map)) continue
    for (const name of namesOf(task.action)) {
      const own = defaults.get(name)
      if (own instanceof Map) found.push(own as Dict)
    }
  }
  return found
}

/** The names under which `module_defaults` may know a module, weakest first; `gather_facts` takes those of `setup` too. */
function namesOf({ name, written, collection }: Task['action']): Set<string> {
  const all = (short: string) => [short, `ansible.legacy.${short}`, `${collection}.${short}`]
  return new Set([...(name === 'gather_facts' ? all('setup') : []), ...all(name), written])
}

/** A rendered argument as JSON; an integral float stays text, so that `1.0` is not taken for `1`. */
function jsonOf(value: Value, omit: Value | undefined): ReturnType<typeof toJson> {
  if (value instanceof Float) return value.value.toFixed(1)
  if (Array.isArray(value)) return value.filter((item) => item !== omit).map((item) => jsonOf(item as Value, omit))
  if (value instanceof Map) {
    const kept = [...(value as Dict)].filter(([, item]) => item !== omit)
    return Object.fromEntries(kept.map(([key, item]) => [asText(key), jsonOf(item, omit)]))
  }
  return toJson(value)
}

export function notADict(task: Task, given: Value): Problem {
  return new Problem({
    code: 'args.type',
    summary: 'Arguments are no dict',
    detail: `invalid or malformed argument: '${asText(given)}' is no dict of arguments of ${task.action.written}`,
    at: task.at,
  })
}
