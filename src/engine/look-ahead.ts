import type { Dict, Value } from '../kernel/value.ts'
import { inherited } from '../language/inherit.ts'
import type { Item, Task } from '../language/model.ts'
import type { Layer } from '../variables/scope.ts'
import { PendingValue } from '../variables/signals.ts'
import { firstFalse } from './conditions.ts'
import { control } from './controls/index.ts'
import { asText } from './convert.ts'
import type { HostState } from './host.ts'
import { loadInclusion } from './inclusions.ts'
import { stationOf } from './item.ts'
import { loopItems } from './loop.ts'
import { type Frame, type PlayRun, scopeOf } from './play-run.ts'
import { argumentsOf, moduleOf, prepareTask } from './prepare.ts'
import type { Ahead, LookAhead } from './wire.ts'

/** What is left of the loop that a task is in. */
export type OwnItems = { readonly task: Task; readonly items: readonly Layer[] }

/** No more tasks than this are looked at for one message, whatever comes of them. */
const MOST_TASKS = 1000

/**
 * The probes of the tasks that will probably follow on a host. Everything here is a guess: a task that can't be foreseen (it needs a
 * result that is not there, it is broken, it runs elsewhere) is left out, and a wrong guess is never asked for.
 */
export function lookAheadFrom(playRun: PlayRun, host: HostState, frame: Frame, own: OwnItems): LookAhead {
  return async (limit) => {
    if (!playRun.engine.options.lookAhead) return []
    const ahead: Ahead[] = []
    const guessed: Dict = new Map()
    for (const layer of own.items) {
      if (ahead.length >= limit) break
      await foreseeItem(playRun, host, own.task, [layer, guessed], ahead).catch(() => {})
    }
    const register = own.task.keywords.register?.value
    if (register !== undefined) guessed.set(register, new PendingValue(asText(register)))
    let tasks = 0
    for (const { inPlay, task } of following(playRun, host, frame, guessed)) {
      if (ahead.length >= limit || ++tasks > MOST_TASKS) break
      await foresee(inPlay, host, task, guessed, ahead).catch(() => {})
    }
    return ahead.slice(0, limit)
  }
}

type Foreseen = { readonly inPlay: PlayRun; readonly task: Task }

/** Tasks in the order they will run if nothing fails: the rest of each frame, inside out, then the plays behind this one. */
function* following(playRun: PlayRun, host: HostState, start: Frame, guessed: Dict): Generator<Foreseen> {
  for (let frame: Frame | null = start; frame !== null; frame = frame.outer) {
    yield* flatten(playRun, host, frame.items.slice(frame.index + 1), guessed)
  }
  for (const later of playRun.later()) {
    if (later.all.includes(host)) yield* flatten(later, host, later.phases.flat(), guessed)
  }
}

function* flatten(playRun: PlayRun, host: HostState, items: readonly Item[], guessed: Dict): Generator<Foreseen> {
  for (const item of items) {
    if (item.kind === 'block') yield* flatten(playRun, host, [...item.items, ...item.always], guessed)
    else if (!playRun.selected(item)) continue
    else {
      yield { inPlay: playRun, task: item }
      yield* flatten(playRun, host, includedBy(playRun, host, item, guessed), guessed)
    }
  }
}

/** The tasks behind an include whose name is known now. */
function includedBy(playRun: PlayRun, host: HostState, task: Task, guessed: Dict): readonly Item[] {
  const own = control(task.action)
  if (own === null || (own.name !== 'include_tasks' && own.name !== 'include_role') || task.loop !== null) return []
  try {
    const scope = scopeOf(playRun, host, task, [guessed as Layer], true)
    if (firstFalse(inherited(task, 'when'), scope, playRun.engine.templates) !== null) return []
    const args = own.arguments(task, scope)
    const kind = own.name === 'include_tasks' ? 'tasks' : 'role'
    const name = args.get(kind === 'tasks' ? 'file' : 'name')
    return name === undefined
      ? []
      : loadInclusion(playRun, { task, kind, name: asText(name), args, vars: new Map() }, false)
  } catch {
    return []
  }
}

async function foresee(playRun: PlayRun, host: HostState, task: Task, guessed: Dict, ahead: Ahead[]): Promise<void> {
  const register = task.keywords.register?.value
  try {
    const own = control(task.action)
    const scope = scopeOf(playRun, host, task, [guessed], true)
    if (own !== null) {
      if (own.name === 'set_fact' && task.loop === null)
        guessFacts(task, own.arguments(task, scope), scope.render.bind(scope), guessed)
      return
    }
    const layers =
      task.loop === null ? [new Map()] : loopItems(task, scope, playRun.engine.templates).map(({ vars }) => vars)
    for (const layer of layers) await foreseeItem(playRun, host, task, [layer, guessed], ahead)
  } finally {
    if (register !== undefined) guessed.set(register, new PendingValue(asText(register)))
  }
}

async function foreseeItem(
  playRun: PlayRun,
  host: HostState,
  task: Task,
  above: readonly Layer[],
  ahead: Ahead[],
): Promise<void> {
  const scope = scopeOf(playRun, host, task, above, true)
  if (firstFalse(inherited(task, 'when'), scope, playRun.engine.templates) !== null) return
  const station = stationOf({ playRun, task, host }, scope, above)
  const module = await moduleOf(playRun, task)
  const ready = await prepareTask(
    playRun,
    task,
    station,
    argumentsOf(task, scope, { freeForm: module.args.rules.freeForm }),
    module,
  )
  const { probe } = ready.prepared
  if (probe !== null && !probe.isEmpty) ahead.push({ wire: ready.wire, step: ready.step(probe) })
}

/** What `set_fact` will set, where that can be known. */
function guessFacts(task: Task, args: Dict, render: (value: Value) => Value, guessed: Dict): void {
  const facts: Dict = new Map()
  for (const [name, value] of args) {
    try {
      facts.set(name, render(value))
    } catch {
      facts.set(name, new PendingValue(asText(name)))
    }
  }
  for (const [name, value] of facts) guessed.set(name, value)
  void task
}
