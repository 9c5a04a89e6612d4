import { Problem } from '../kernel/problem.ts'
import type { Value } from '../kernel/value.ts'
import { inherited } from '../language/inherit.ts'
import type { Item, Play, Role, Task } from '../language/model.ts'
import { roleHandlers, roleItems } from '../language/role.ts'
import { selected } from '../language/tags.ts'
import { str } from '../template/index.ts'
import { chainOf } from '../variables/precedence.ts'
import { Scope } from '../variables/scope.ts'
import { batchesOf } from './batches.ts'
import { findFile } from './controller.ts'
import { asBoolean, asList, asText } from './convert.ts'
import { gatherTask, isGathering } from './gather.ts'
import { handlerLabel } from './handlers.ts'
import { type HostState, isActive } from './host.ts'
import { mapLimit } from './limit.ts'
import { MagicLayer } from './magic.ts'
import { ordered } from './order.ts'
import { type Frame, type PlayRun, type Run, scopeOf, stateOf } from './play-run.ts'
import { answers } from './prompts.ts'
import { tasksBefore } from './start-at.ts'
import { flushHandlers, runItems } from './strategy.ts'
import { strategyOf } from './strategy-name.ts'

/** Runs one play on its hosts. Gives false when no host is left for the rest of the run. */
export async function runPlay(run: Run, play: Play, rest: readonly Play[]): Promise<boolean> {
  const { engine } = run
  const above = playScope(run, play)
  const { pattern, name, targeted } = whoAndWhat(run, play, above)
  const all = remaining(run, targeted)
  const begin = (hosts: readonly HostState[]) =>
    engine.emit({ type: 'play-start', name, hosts: hosts.map((host) => host.name) })
  if (all.length === 0) {
    begin(all)
    engine.emit({ type: 'no-hosts', pattern })
    return true
  }
  const prompts = await answers(engine, play, above)
  for (const host of all) {
    host.ended = false
    host.ranRoles.clear()
    host.endedRoles.clear()
  }
  const skipped = tasksBefore(run, play)
  for (const batch of batchesOf(play, all, above)) {
    if (engine.stopping()) return false
    if (!batch.some(isActive)) continue
    begin(batch)
    const later = () => foreseeAll(run, rest)
    await runBatch(newPlayRun(run, play, { name, targeted, all, batch, prompts, later, skipped }))
    if (batch.every((host) => host.failure !== null || host.unreachable)) return false
  }
  return true
}

/** Hosts of the pattern, in the order asked for. */
function hostsOf(run: Run, play: Play, pattern: string, scope: Scope): readonly string[] {
  const { order } = play.keywords
  const by = order === undefined ? 'inventory' : asText(scope.render(order.value))
  return ordered(run.engine.hosts.match(pattern, run.engine.options.limit), by, Math.random, order?.at)
}

/** Those that are still in the run. */
function remaining(run: Run, names: readonly string[]): readonly HostState[] {
  return names.map((name) => stateOf(run, name)).filter((host) => host.failure === null && !host.unreachable)
}

function whoAndWhat(
  run: Run,
  play: Play,
  scope: Scope,
): { pattern: string; name: string; targeted: readonly string[] } {
  const written = (play.keywords.hosts?.value ?? []).map(({ value }) => scope.render(value))
  const pattern = written.flatMap(asList).map(asText).join(',')
  // Ansible shows the hosts of a play without a name as Python writes what a template gave.
  const shown = written.length === 1 && Array.isArray(written[0]) ? str(written[0]) : pattern
  const name = play.name === null ? shown : asText(scope.render(play.name))
  return { pattern, name, targeted: hostsOf(run, play, pattern, scope) }
}

/** The plays that follow, on the hosts they would have now: a guess, for looking ahead beyond the end of a play. */
function* foreseeAll(run: Run, rest: readonly Play[]): Generator<PlayRun> {
  for (const play of rest) {
    let foreseen = run.foreseen.get(play)
    if (foreseen === undefined) {
      foreseen = foresee(run, play)
      run.foreseen.set(play, foreseen)
    }
    if (foreseen !== null) yield foreseen
  }
}

function foresee(run: Run, play: Play): PlayRun | null {
  try {
    const { name, targeted } = whoAndWhat(run, play, playScope(run, play))
    const all = remaining(run, targeted)
    return newPlayRun(run, play, {
      name,
      targeted,
      all,
      batch: all,
      prompts: new Map(),
      later: () => [],
      skipped: new Set(),
    })
  } catch {
    return null
  }
}

function newPlayRun(
  run: Run,
  play: Play,
  place: Pick<PlayRun, 'name' | 'targeted' | 'all' | 'batch' | 'prompts' | 'later' | 'skipped'>,
): PlayRun {
  const roles = [...play.roles, ...play.importedRoles]
  return {
    run,
    engine: run.engine,
    play,
    ...place,
    roles,
    handlers: [...roles.flatMap(roleHandlers), ...play.handlers],
    phases: [
      [...gathering(run, play), ...play.preTasks],
      [...play.roles.flatMap(roleItems), ...play.tasks],
      play.postTasks,
    ],
    selected: selector(run, play, place.skipped),
    unsure: new Set(),
  }
}

async function runBatch(playRun: PlayRun): Promise<void> {
  const { play, batch, engine, phases } = playRun
  playRun.run.step = engine.options.step
  for (const host of batch) loadVarsFiles(playRun, host)
  for (const [index, items] of phases.entries()) {
    const outer: Frame = { items: phases.slice(index + 1).flat(), index: -1, outer: null, rescuable: false }
    if (strategyOf(playRun) !== 'free') await runItems(playRun, items, batch, outer)
    else await mapLimit(batch, engine.options.forks, (host) => runItems(playRun, items, [host], outer).then(() => null))
    await flushHandlers(playRun, batch, outer)
  }
  const said = play.keywords.force_handlers
  const forced =
    said === undefined
      ? engine.options.forceHandlers
      : asBoolean(playScope(playRun.run, play).render(said.value), said.at)
  if (forced) await flushForced(playRun)
  for (const host of batch) tellLost(playRun, host)
}

/** `force_handlers`: hosts that have failed still run what they had been notified of. */
async function flushForced(playRun: PlayRun): Promise<void> {
  const failed = playRun.batch.filter((host) => host.failure !== null && !host.unreachable && host.notified.size > 0)
  const failures = new Map(failed.map((host) => [host, host.failure]))
  for (const host of failed) host.failure = null
  await flushHandlers(playRun, failed, null)
  for (const [host, failure] of failures) host.failure = failure
}

/** Says which notified handlers a failure has kept from running: Ansible forgets them silently. */
function tellLost(playRun: PlayRun, host: HostState): void {
  const handlers = [...host.notified.keys()].map((handler) => handlerLabel(playRun, host, handler))
  host.notified.clear()
  if (handlers.length > 0 && !isActive(host)) playRun.engine.emit({ type: 'handlers-lost', host: host.name, handlers })
}

function gathering(run: Run, play: Play): Item[] {
  const task = gatherTask(play, playScope(run, play), run.engine.options.gathering === 'explicit')
  return task === null ? [] : [task]
}

/** `vars_files`: of each entry the first file that exists, looked up with the host's own variables. */
function loadVarsFiles(playRun: PlayRun, host: HostState): void {
  const { engine, play } = playRun
  host.varsFiles = []
  for (const { candidates, at } of play.varsFiles) {
    const scope = scopeOf(playRun, host, null)
    const found = candidates
      .map((candidate) => firstOf(() => findFile(engine, [play.folder], 'vars', asText(scope.render(candidate)))))
      .find((path) => path !== null)
    if (found === undefined || found === null) {
      const names = candidates.map((candidate) => (typeof candidate === 'string' ? candidate : candidate.source))
      throw new Problem({
        code: 'file.missing',
        summary: 'Variables file not found',
        detail: `vars_files: none of ${names.join(', ')} exists`,
        at,
      })
    }
    host.varsFiles = [engine.loader.loadVarsFile(found), ...host.varsFiles]
  }
}

function firstOf(find: () => string): string | null {
  try {
    return find()
  } catch (error) {
    if (error instanceof Problem) return null
    throw error
  }
}

/** What a play's own keywords are rendered with: no host yet. */
function playScope(run: Run, play: Play): Scope {
  const { engine } = run
  const nobody = {
    name: '',
    targeted: [],
    all: [],
    batch: [],
    prompts: new Map(),
    later: () => [],
    skipped: new Set<Task>(),
  }
  const roles = [...play.roles, ...play.importedRoles]
  const bare: PlayRun = {
    run,
    engine,
    play,
    ...nobody,
    roles,
    handlers: [],
    phases: [],
    selected: () => true,
    unsure: new Set(),
  }
  return new Scope([new MagicLayer(bare, null, null), engine.extraVars, play.vars], engine.templates)
}

/** Which tasks tags and `--role` leave in. */
function selector(run: Run, play: Play, skipped: ReadonlySet<Task>): (task: Task) => boolean {
  const { tags, skipTags, roles } = run.engine.options
  const scope = playScope(run, play)
  const known = new Map<Task, boolean>()
  return (task) => {
    let answer = known.get(task)
    if (answer === undefined) {
      answer = !skipped.has(task) && inRoles(task, roles) && selected(tagsOf(task, scope), tags, skipTags)
      known.set(task, answer)
    }
    return answer
  }
}

function inRoles(task: Task, roles: readonly string[]): boolean {
  if (roles.length === 0 || isGathering(task)) return true
  const chain = chainOf(task).filter((parent): parent is Role => parent.kind === 'role')
  return chain.some((role) => roles.includes(role.name) || roles.includes(role.name.split('.').at(-1)!))
}

function tagsOf(task: Task, scope: Scope): string[] {
  const values: Value[] = inherited(task, 'tags').map(({ value }) => value)
  return values.flatMap((value) => asList(scope.render(value)).flatMap((tag) => asText(tag).split(',')))
}
