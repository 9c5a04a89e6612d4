import type { Step, StepOutput } from '../kernel/shell.ts'
import type { Link } from './chain.ts'
import type { Wire } from './wire.ts'

/** A task that may come soon: its probe, and what will be applied if the host answers as it did. */
export type Ahead = {
  readonly wire: Wire
  /** Null for an action that asks nothing first. */
  readonly step: Step | null
  /** What the host said to it last; null when it has not been asked, or could not tell. */
  readonly answer: StepOutput | null
  /**
   * The apply that follows from an answer, null when that is no change. Throws when nothing can be said. Null for a task that must
   * not be applied before its turn.
   */
  readonly applyOn: ((answer: StepOutput | null) => Step | null) | null
  readonly effects: Effects
  /** An item of the loop that is under way: no other task comes before it. */
  readonly isOwn: boolean
}

/** Who sees an apply: `Module.effects`. */
export type Effects = 'host' | 'network'

/** What follows from an answer for the task whose turn it is: its apply, null when nothing is to change; throws when it can't tell. */
export type Plan = {
  readonly on: (answer: StepOutput) => Step | null
  readonly effects: Effects
  /** What may travel behind the apply. */
  readonly lookAhead: LookAhead | null
}

/** Gives up to `limit` of the tasks that follow, in order. */
export type LookAhead = (limit: number) => Promise<readonly Ahead[]>

/** What goes behind an apply, and of how many tasks that is. */
export type Chained = { readonly links: readonly Link[]; readonly tasks: number; readonly effects: Effects }

/** The tasks that follow, as far as they may be applied ahead and what the host said before tells how. */
export function linksOf(wire: Wire, ahead: readonly Ahead[], first: Effects): Chained {
  const links: Link[] = []
  let last = { links: 0, tasks: 0 }
  let effects = first
  for (const [index, task] of ahead.entries()) {
    // What others see may take long, and no task that follows should begin when the run is asked to stop meanwhile.
    if (effects === 'network' && !task.isOwn) break
    const link = task.wire === wire ? linkOf(task) : null
    if (link === null) break
    if (link === 'nothing') continue
    links.push(link)
    if (link.apply === null) continue
    last = { links: links.length, tasks: index + 1 }
    if (task.effects === 'network') effects = task.effects
  }
  // Probes behind the last apply need no guard.
  return { links: links.slice(0, last.links), tasks: last.tasks, effects }
}

/** The apply that a plan makes of an answer, if it can tell. */
export function planOn({ on }: Plan, answer: StepOutput): Step | null {
  try {
    return on(answer)
  } catch {
    return null
  }
}

/** A task as a link; `nothing` when there is nothing to send for it, null when nothing is sure. */
function linkOf({ step: probe, answer, applyOn }: Ahead): Link | 'nothing' | null {
  if (applyOn === null || (probe !== null && answer === null)) return null
  try {
    const apply = applyOn(answer)
    if (probe !== null) return { probe, answer: answer!, apply }
    return apply === null ? 'nothing' : { probe, apply }
  } catch {
    return null
  }
}
