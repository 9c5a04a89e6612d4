import type { TaskInfo } from '../kernel/event.ts'
import type { Lanes } from '../kernel/lanes.ts'
import type { Dict, Value } from '../kernel/value.ts'
import type { Item, Play, Role, Task } from '../language/model.ts'
import type { Foresight } from '../variables/foresight.ts'
import { layersAt } from '../variables/precedence.ts'
import { type Layer, Scope } from '../variables/scope.ts'
import type { Job } from './async/job.ts'
import type { Connections } from './connections.ts'
import type { Engine } from './engine.ts'
import { type HostState, newHost } from './host.ts'
import type { Epoch } from './machines.ts'
import { identityOf, MagicLayer, TaskGround } from './magic.ts'
import type { Recipes } from './recipes.ts'
import type { Stats } from './stats.ts'
import type { Turns } from './turns.ts'

/** One run of the program: what outlives a play. */
export type Run = {
  readonly engine: Engine
  readonly states: Map<string, HostState>
  readonly connections: Connections
  readonly recipes: Recipes
  /** Counts the moments at which files of the controller may have changed: with each task, and each apply on its machine. */
  readonly disk: Epoch
  /** The keyword `throttle`: on how many hosts a task runs at the same time, also where each host goes its own way. */
  readonly throttles: Lanes<Task>
  readonly ids: Map<Task, number>
  /** Jobs that `async` has started, by id. */
  readonly jobs: Map<string, Job>
  /** What `set_stats` has gathered. */
  readonly stats: Stats
  /** Who talks to the person at the terminal. */
  readonly turns: Turns
  /** `--step`, until the person wants no more of it in this play. */
  step: boolean
  /** `--start-at-task`, until a play has it. */
  startAt: string | null
  /** Later plays as they will probably run, for looking ahead. */
  readonly foreseen: Map<Play, PlayRun | null>
  /** What includes have loaded, so that looking ahead and running see the same tasks. */
  readonly included: Map<
    string,
    { readonly items: readonly Item[]; readonly role: Role | null; readonly imported: readonly Role[] }
  >
}

/** One play on one batch of hosts. */
export type PlayRun = {
  readonly run: Run
  readonly engine: Engine
  readonly play: Play
  readonly name: string
  /** Every host of the play; `batch` those of this `serial` step. */
  readonly all: readonly HostState[]
  readonly batch: readonly HostState[]
  /** Names of the hosts that the play's pattern means, also of those that have left the run. */
  readonly targeted: readonly string[]
  readonly roles: Role[]
  readonly handlers: Item[]
  /** Items in the order they run; handlers are flushed after each phase. */
  readonly phases: readonly (readonly Item[])[]
  /** The plays behind this one, as far as they can be foreseen. */
  readonly later: () => Iterable<PlayRun>
  readonly prompts: Dict
  /** What `--start-at-task` leaves out. */
  readonly skipped: ReadonlySet<Task>
  /** Tasks that tags and `--role` leave in. */
  readonly selected: (task: Task) => boolean
  /** Variables that the debugger has set for one task, above all others. */
  readonly overrides?: Dict
  /** Hosts whose running handler was notified only by tasks of unknown outcome (check mode). */
  readonly unsure: ReadonlySet<HostState>
}

/** Where a task stands: the items around it, so that what follows can be foreseen. */
export type Frame = {
  readonly items: readonly Item[]
  readonly index: number
  readonly outer: Frame | null
  /** An enclosing block's rescue will take a failure. */
  readonly rescuable: boolean
}

/** The state of a host of the run; a host outside the inventory gets one of its own. */
export function stateOf(run: Run, name: string): HostState {
  let state = run.states.get(name)
  if (state === undefined) {
    state = newHost(name, inventoryOf(run.engine, name), run.engine.facts.of(name), run.engine.options.injectFacts)
    run.states.set(name, state)
  }
  return state
}

/** The inventory's levels for a host, below what it is: the same list as long as the inventory gives the same. */
function inventoryOf(engine: Engine, name: string): () => readonly Layer[] {
  const identity = identityOf(engine, name)
  let given: readonly Layer[] = []
  let joined: readonly Layer[] = [identity]
  return () => {
    const found = engine.hosts.layersOf(name)
    if (found !== given) {
      given = found
      joined = [identity, ...found]
    }
    return joined
  }
}

/** The variables a task sees on a host. `above` are layers over all others: loop variables, results. */
export function scopeOf(
  playRun: PlayRun,
  host: HostState,
  task: Task | null,
  above: readonly Layer[] = [],
  foresight: Foresight | null = null,
): Scope {
  const { engine, overrides } = playRun
  const layers = overrides === undefined ? above : [...above, overrides]
  return new Scope(layers, engine.templates, foresight, new TaskGround(playRun, host, task, foresight))
}

/** The variables of a host apart from any play, as `hostvars` shows them. */
export function hostScopeOf(playRun: PlayRun, host: HostState): Scope {
  const { engine } = playRun
  const magic = without(new MagicLayer(playRun, host, null), NOT_OF_A_HOST)
  const layers = layersAt({ task: null, play: null, host: host.vars, varsFiles: [], extra: engine.extraVars })
  return new Scope([], engine.templates, null, { magic, layers })
}

/** Magic variables that a task sees and `hostvars` does not list: they are the task's, or would hold all hosts once more. */
const NOT_OF_A_HOST: ReadonlySet<Value> = new Set<Value>(['hostvars', 'vars', 'environment'])

function without(layer: Layer, names: ReadonlySet<Value>): Layer {
  return {
    get: (name) => (names.has(name) ? undefined : layer.get(name)),
    keys: () => [...layer.keys()].filter((name) => !names.has(name) && layer.get(String(name)) !== undefined),
  }
}

/** What events say about a task. */
export function infoOf(playRun: PlayRun, task: Task, name: string): TaskInfo {
  const { ids } = playRun.run
  let id = ids.get(task)
  if (id === undefined) {
    id = ids.size + 1
    ids.set(task, id)
  }
  return { id, name, action: task.action.written, kind: task.handler ? 'handler' : 'task', at: task.at }
}
