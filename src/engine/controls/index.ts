import { didYouMean, Problem } from '../../kernel/problem.ts'
import type { Dict, Value } from '../../kernel/value.ts'
import type { Action, Task } from '../../language/model.ts'
import type { Scope } from '../../variables/scope.ts'
import { defaultsOf, notADict } from '../arguments.ts'
import { asText, withoutOmitted } from '../convert.ts'
import { asyncStatus } from './async-status.ts'
import type { Control } from './control.ts'
import { debug } from './debug.ts'
import { setFact } from './facts.ts'
import { fetch } from './fetch.ts'
import { includeRole, includeTasks } from './include.ts'
import { includeVars } from './include-vars.ts'
import { addHost, groupBy } from './inventory.ts'
import { meta } from './meta.ts'
import { pause } from './pause.ts'
import { reboot } from './reboot.ts'
import { setStats } from './set-stats.ts'
import { validateArgumentSpec } from './validate-argument-spec.ts'
import { assert, fail } from './verdicts.ts'
import { waitForConnection } from './wait-for-connection.ts'

/** A control with its arguments' reading. */
type NamedControl = Control & { arguments(task: Task, scope: Scope): Dict }

const CONTROLS: ReadonlyMap<string, NamedControl> = new Map(
  [
    debug,
    fail,
    assert,
    setFact,
    includeTasks,
    includeRole,
    includeVars,
    addHost,
    groupBy,
    meta,
    pause,
    fetch,
    validateArgumentSpec,
    waitForConnection,
    asyncStatus,
    setStats,
    reboot,
  ].map((own: Control) => [own.name, { ...own, arguments: (task, scope) => argumentsFor(own, task, scope) }]),
)

/** Actions without a module of their name; `gather_facts` is `setup` under the name that plays use for it. */
export const CONTROL_NAMES: readonly string[] = [...CONTROLS.keys(), 'gather_facts']

/** The control an action names; null when the action is a module. */
export function control({ name, collection }: Action): NamedControl | null {
  if (collection !== 'ansible.builtin' && collection !== 'ansible.legacy') return null
  return CONTROLS.get(name === 'include' ? 'include_tasks' : name) ?? null
}

function argumentsFor(own: Control, task: Task, scope: Scope): Dict {
  const omit = scope.lookup('omit')
  const args: Dict = new Map(defaultsOf(task, scope).flatMap((defaults) => [...defaults]))
  if (task.argsTemplate !== null) {
    const rendered = scope.render(task.argsTemplate)
    if (!(rendered instanceof Map)) throw notADict(task, rendered)
    for (const [name, value] of rendered as Dict) args.set(name, value)
  }
  if (task.freeForm !== null) args.set(own.freeForm ?? '_raw_params', scope.render(task.freeForm))
  for (const [name, value] of task.args) {
    const raw = own.raw !== undefined && (own.raw.includes('*') || own.raw.includes(asText(name)))
    const rendered: Value = raw ? value : scope.render(value)
    if (rendered !== omit) args.set(name, raw ? rendered : withoutOmitted(rendered, omit))
  }
  refuseUnknown(own, task, args)
  return args
}

function refuseUnknown({ name, options }: Control, task: Task, args: Dict): void {
  const strange = options === undefined ? [] : [...args.keys()].map(asText).filter((key) => !options.includes(key))
  if (strange.length === 0) return
  throw new Problem({
    code: 'args.unknown',
    summary: 'Unknown argument',
    detail: `Invalid options for ${name}: ${strange.join(',')}`,
    hint: didYouMean(strange[0]!, options!) ?? `it knows ${options!.join(', ')}`,
    at: task.argsAt.get(strange[0]!) ?? task.at,
  })
}
