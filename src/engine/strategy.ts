import { inherited } from '../language/inherit.ts'
import type { Block, Item, Task } from '../language/model.ts'
import { Unknown } from '../variables/signals.ts'
import { firstFalse } from './conditions.ts'
import { handlerTasks } from './handlers.ts'
import { type HostState, isActive } from './host.ts'
import { runInclusions } from './inclusions.ts'
import { type Frame, type PlayRun, scopeOf } from './play-run.ts'
import { runTask } from './task.ts'

/** Runs items in order, each on all hosts before the next begins on any: Ansible's linear order. Hosts that fail drop out. */
export async function runItems(
  playRun: PlayRun,
  items: readonly Item[],
  hosts: readonly HostState[],
  outer: Frame | null,
  rescuable = outer?.rescuable ?? false,
): Promise<void> {
  for (const [index, item] of items.entries()) {
    const due = await stillDue(playRun, hosts.filter(isActive))
    if (due.length === 0) return
    const frame = { items, index, outer, rescuable }
    if (item.kind === 'block') await runBlock(playRun, item, due, frame)
    else await runOne(playRun, item, due, frame)
  }
}

/** Once the run has been asked to stop: those that have done more already than has been told. */
async function stillDue({ engine, run }: PlayRun, hosts: readonly HostState[]): Promise<readonly HostState[]> {
  if (!engine.stopping()) return hosts
  const ahead = await Promise.all(hosts.map(({ name }) => run.connections.isAppliedAhead(name)))
  return hosts.filter((_, index) => ahead[index])
}

async function runOne(playRun: PlayRun, task: Task, hosts: readonly HostState[], frame: Frame): Promise<void> {
  if (!playRun.selected(task)) return
  if (task.action.name === 'meta' && task.freeForm === 'flush_handlers')
    return flushHandlers(playRun, wantingFlush(playRun, task, hosts), frame)
  const includes = await runTask(playRun, task, hosts, frame)
  await runInclusions(playRun, includes, frame)
}

/** The hosts for which the condition of `meta: flush_handlers` holds; one that can't be known yet holds nothing back. */
function wantingFlush(playRun: PlayRun, task: Task, hosts: readonly HostState[]): HostState[] {
  return hosts.filter(isActive).filter((host) => {
    try {
      return firstFalse(inherited(task, 'when'), scopeOf(playRun, host, task), playRun.engine.templates) === null
    } catch (error) {
      if (error instanceof Unknown) return true
      throw error
    }
  })
}

/** A block: hosts that fail in it go through its rescue, all go through its always (unreachable ones through nothing). */
async function runBlock(playRun: PlayRun, block: Block, hosts: readonly HostState[], frame: Frame): Promise<void> {
  const rescues = block.rescue.length > 0
  await runItems(playRun, block.items, hosts, frame, rescues || frame.rescuable)
  const failed = hosts.filter((host) => host.failure !== null && !host.unreachable)
  if (rescues && failed.length > 0) {
    for (const host of failed) startRescue(host)
    await runItems(playRun, block.rescue, failed, frame)
  }
  if (block.always.length > 0) await runAlways(playRun, block, hosts, frame)
}

function startRescue(host: HostState): void {
  const { task, result } = host.failure!
  host.vars.setFacts.set(
    'ansible_failed_task',
    new Map([
      ['name', task.name ?? ''],
      ['action', task.action.written],
    ]),
  )
  host.vars.setFacts.set('ansible_failed_result', result)
  host.failure = null
}

/** Runs also for hosts that have failed; they stay failed afterwards. */
async function runAlways(playRun: PlayRun, block: Block, hosts: readonly HostState[], frame: Frame): Promise<void> {
  const takers = hosts.filter((host) => !host.unreachable && !host.ended)
  const failures = new Map(takers.map((host) => [host, host.failure]))
  for (const host of takers) host.failure = null
  await runItems(playRun, block.always, takers, frame)
  for (const [host, failure] of failures) host.failure ??= failure
}

/** Runs the notified handlers, once each, in the order they are defined, on the hosts that notified them. */
export async function flushHandlers(playRun: PlayRun, hosts: readonly HostState[], outer: Frame | null): Promise<void> {
  const handlers = handlerTasks(playRun.handlers)
  for (const [index, handler] of handlers.entries()) {
    const notified = hosts.filter((host) => host.notified.has(handler) && isActive(host))
    if (notified.length === 0 || playRun.engine.stopping()) continue
    const unsure = new Set(notified.filter((host) => host.notified.get(handler) === 'unknown'))
    for (const host of notified) host.notified.delete(handler)
    const frame = { items: handlers.slice(0, index + 1), index, outer, rescuable: false }
    await runHandler({ ...playRun, unsure }, handler, notified, frame)
  }
}

async function runHandler(playRun: PlayRun, handler: Task, hosts: readonly HostState[], frame: Frame): Promise<void> {
  const includes = await runTask(playRun, handler, hosts, frame)
  await runInclusions(playRun, includes, frame)
}
