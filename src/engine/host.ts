import type { Recap } from '../kernel/event.ts'
import type { Dict, Value } from '../kernel/value.ts'
import type { Role, Task } from '../language/model.ts'
import { unmarked } from '../template/index.ts'
import type { KeptFacts } from '../variables/fact-cache.ts'
import { LiveDict } from '../variables/live-dict.ts'
import type { HostVariables } from '../variables/precedence.ts'
import type { Layer } from '../variables/scope.ts'
import type { Grounded } from './grounds.ts'
import type { GivenVariables } from './results.ts'
import type { Way } from './ways.ts'

/** How sure it is that a handler must run: notified by a change, or only by a task whose outcome is unknown (check mode). */
export type Notice = 'changed' | 'unknown'

/** What the engine knows of one host while a run goes on. */
export type HostState = {
  readonly name: string
  readonly vars: HostVariables
  /** Where its facts outlive the run. */
  readonly kept: KeptFacts
  /** Handlers notified and not yet run. */
  readonly notified: Map<Task, Notice>
  readonly counts: { -readonly [name in keyof Recap]: Recap[name] }
  /** The failure that takes the host out of the play, until a rescue clears it. */
  failure: { readonly task: Task; readonly result: Dict } | null
  unreachable: boolean
  /** The host has left the play (`meta: end_host`, `end_play`) without a failure. */
  ended: boolean
  /** Check mode: changes shown and not made, so that what follows may not be there yet. */
  pendingChanges: number
  /** Roles that `meta: end_role` has ended for this host in this play. */
  readonly endedRoles: Set<Role>
  /** Roles that have run, by identity: a second use runs only if the role allows duplicates. */
  readonly ranRoles: Map<string, Role>
  /** The variables of `vars_files`, as found for this host in this play. */
  varsFiles: readonly Layer[]
  /** What its tasks' variables stand on, and the ways to it, for each place in the playbook that tells them apart. */
  readonly grounds: WeakMap<object, Grounded>
  readonly ways: WeakMap<object, Way>
}

/** A host of the run; `inventory` is asked anew each time, because `add_host` and `group_by` change what the inventory gives. */
export function newHost(
  name: string,
  inventory: () => readonly Layer[],
  kept: KeptFacts,
  injectFacts: boolean,
): HostState {
  const facts = new LiveDict(kept.load())
  const counts = { ok: 0, changed: 0, unreachable: 0, failed: 0, skipped: 0, rescued: 0, ignored: 0, unknown: 0 }
  return {
    name,
    vars: {
      facts,
      injected: injectFacts ? facts : onlyLocal(facts),
      includeVars: new LiveDict(),
      setFacts: new LiveDict(),
      get inventory() {
        return inventory()
      },
    },
    kept,
    notified: new Map(),
    counts,
    failure: null,
    unreachable: false,
    ended: false,
    pendingChanges: 0,
    endedRoles: new Set(),
    ranRoles: new Map(),
    varsFiles: [],
    grounds: new WeakMap(),
    ways: new WeakMap(),
  }
}

/** Facts of the host's owner are variables always. */
function onlyLocal(facts: LiveDict): Layer {
  return { get: (name) => (name === 'ansible_local' ? facts.get(name) : undefined), keys: () => ['ansible_local'] }
}

/** True while the host takes part in the play. */
export function isActive(host: HostState): boolean {
  return host.failure === null && !host.unreachable && !host.ended
}

/** Stores what `set_fact` and `include_vars` give. */
export function storeGiven(host: HostState, { level, values, cacheable }: GivenVariables): void {
  for (const [name, value] of values) {
    host.vars[level].set(name, value)
    if (cacheable) host.vars.facts.set(name, unmarked(value))
  }
  if (cacheable) host.kept.save(host.vars.facts)
}

/** Stores facts as `ansible_facts` in a result gives them. */
export function storeFacts(host: HostState, facts: Iterable<readonly [Value, Value]>): void {
  for (const [name, value] of facts) host.vars.facts.set(name, value)
  host.kept.save(host.vars.facts)
}

/** What undoes all that the outcome of one task does to a host, but for the variables it has stored. */
export function hostStateKept(host: HostState): () => void {
  const { failure, unreachable, ended, pendingChanges } = host
  const counts = { ...host.counts }
  const notified = [...host.notified]
  return () => {
    Object.assign(host, { failure, unreachable, ended, pendingChanges })
    Object.assign(host.counts, counts)
    host.notified.clear()
    for (const [handler, notice] of notified) host.notified.set(handler, notice)
  }
}
