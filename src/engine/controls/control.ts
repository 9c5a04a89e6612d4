import type { Json } from '../../kernel/json.ts'
import type { Dict, Value } from '../../kernel/value.ts'
import type { Task } from '../../language/model.ts'
import type { Scope } from '../../variables/scope.ts'
import type { TaskRun } from '../item.ts'
import type { Station } from '../prepare.ts'
import type { ItemOutcome } from '../results.ts'

/** What a control works with; arguments are rendered values. */
export type ControlRun = TaskRun & {
  readonly scope: Scope
  readonly station: Station
  readonly args: Dict
}

/** What a control works with that looks at variables alone. */
export type Reading = Pick<ControlRun, 'args' | 'scope' | 'task' | 'playRun'>

/** An action of the engine itself: it changes the run, not a host. The set is closed. */
export type Control = Named & (Acting | Pure)

type Acting = { readonly isPure?: never; run(run: ControlRun): ItemOutcome | Promise<ItemOutcome> }

/** It gives a result and nothing else, so it may be asked before its turn. */
type Pure = { readonly isPure: true; run(run: Reading): ItemOutcome }

type Named = {
  readonly name: string
  /** Which argument free text becomes. */
  readonly freeForm: string | null
  /** The arguments it knows; left out where any will do, or where the control tells itself. */
  readonly options?: readonly string[]
  /** Arguments that stay as written, because the control renders them itself. */
  readonly raw?: readonly string[]
}

/** One inclusion asked for by a host; hosts that ask for the same are served together. */
export type Inclusion = {
  readonly task: Task
  readonly kind: 'tasks' | 'role'
  /** The file, or the role's name. */
  readonly name: string
  readonly args: Dict
  /** Loop variables and the like, seen by what is included. */
  readonly vars: Dict
  /** How the loop's item is called; absent where there is no loop. */
  readonly label?: Json
}

export function okResult(entries: Iterable<readonly [Value, Value]> = [], changed = false): ItemOutcome {
  const result: Dict = new Map(entries)
  if (!result.has('changed')) result.set('changed', changed)
  if (!result.has('failed')) result.set('failed', false)
  return { status: changed ? 'changed' : 'ok', result, changes: [] }
}
