import type { KeywordName } from '../language/keywords.ts'
import type { Task } from '../language/model.ts'
import { placeOf } from '../variables/precedence.ts'
import { Reads } from '../variables/reads.ts'
import type { Layer, Scope } from '../variables/scope.ts'
import type { HostState } from './host.ts'
import { staysForHost } from './magic.ts'
import { type PlayRun, stateOf } from './play-run.ts'
import { becomeOf, targetOf } from './target.ts'
import type { Wire } from './wire.ts'

/** The wire that tasks of one place use, and what decided so. */
export type Way = {
  readonly wire: Wire
  readonly names: ReadonlySet<string>
  readonly layers: readonly Layer[]
  readonly resets: number
  /** The versions of the host's variables for which it is known to hold. */
  readonly versions: Versions
}

type Versions = { facts: number; setFacts: number; includeVars: number }

/**
 * The wire to a host, and as the user, that a task runs on; `connection` is what decides how to reach it. Worked out once for the tasks
 * of a place, and again when one of the variables it depends on may have changed.
 */
export function wireTo(playRun: PlayRun, task: Task, name: string, connection: Scope): Wire {
  const { run, engine } = playRun
  const { connections } = run
  const host = stateOf(run, name)
  const place = wayOf(task)
  const known = host.ways.get(place)
  if (known?.resets === connections.resets && stillHolds(known, host, connection)) return known.wire
  const { defaults } = engine.options
  const reads = new Reads()
  const scope = connection.bare.recorded(reads)
  const wire = connections.wire(targetOf(name, scope, task, defaults), becomeOf(scope, task, defaults))
  const names = new Set(reads.values.keys())
  const lasts = !reads.varies && !connection.covers(names) && [...names].every(staysForHost)
  const { layers } = connection.ground
  if (lasts) host.ways.set(place, { wire, names, layers, resets: connections.resets, versions: versionsOf(host) })
  return wire
}

function stillHolds(way: Way, host: HostState, connection: Scope): boolean {
  const { facts, setFacts, includeVars } = host.vars
  const { names, versions } = way
  if (way.layers !== connection.ground.layers || connection.covers(names)) return false
  if (
    facts.mayHaveSet(names, versions.facts) ||
    setFacts.mayHaveSet(names, versions.setFacts) ||
    includeVars.mayHaveSet(names, versions.includeVars)
  )
    return false
  versions.facts = facts.version
  versions.setFacts = setFacts.version
  versions.includeVars = includeVars.version
  return true
}

function versionsOf({ vars: { facts, setFacts, includeVars } }: HostState): Versions {
  return { facts: facts.version, setFacts: setFacts.version, includeVars: includeVars.version }
}

const KEYWORDS: readonly KeywordName[] = [
  'connection',
  'remote_user',
  'port',
  'become',
  'become_user',
  'become_method',
  'become_flags',
  'become_exe',
]

/** What stands for all tasks that reach a host in the same way: one that says itself how for itself, else its place. */
function wayOf(task: Task): object {
  let place = places.get(task)
  if (place === undefined) {
    place = KEYWORDS.some((keyword) => task.keywords[keyword] !== undefined) ? task : placeOf(task)
    places.set(task, place)
  }
  return place
}

const places = new WeakMap<Task, object>()
