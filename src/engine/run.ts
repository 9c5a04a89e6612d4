import type { Recap } from '../kernel/event.ts'
import type { Playbook } from '../language/model.ts'
import { Connections } from './connections.ts'
import type { Engine } from './engine.ts'
import { runPlay } from './play.ts'
import type { Run } from './play-run.ts'

/** Exit codes of ansible-playbook: 2 when hosts failed, 4 when hosts were unreachable. */
export const EXIT = { ok: 0, failed: 2, unreachable: 4 } as const

/** Runs playbooks one after another; returns the exit code. Problems of the playbook itself are thrown. */
export async function run(engine: Engine, playbooks: readonly Playbook[]): Promise<number> {
  const current: Run = {
    engine,
    states: new Map(),
    connections: new Connections(engine),
    ids: new Map(),
    jobs: new Map(),
    startAt: engine.options.startAtTask,
    included: new Map(),
    foreseen: new Map(),
  }
  engine.emit({ type: 'run-start', check: engine.options.check, diff: engine.options.diff })
  try {
    await runPlays(current, playbooks)
  } finally {
    const recap = recapOf(current)
    engine.emit({ type: 'run-end', recap, wire: await current.connections.stats(), exitCode: exitCode(recap) })
    await current.connections.close()
  }
  return exitCode(recapOf(current))
}

async function runPlays(current: Run, playbooks: readonly Playbook[]): Promise<void> {
  const plays = playbooks.flatMap((playbook) => playbook.plays)
  for (const [index, play] of plays.entries()) {
    if (current.engine.stopping() || !(await runPlay(current, play, plays.slice(index + 1)))) return
  }
}

function recapOf({ states }: Run): { [host: string]: Recap } {
  const counted = [...states.values()].filter((host) => Object.values(host.counts).some((count) => count > 0))
  return Object.fromEntries(counted.map((host) => [host.name, { ...host.counts }]))
}

function exitCode(recap: { readonly [host: string]: Recap }): number {
  const hosts = Object.values(recap)
  if (hosts.some((counts) => counts.unreachable > 0)) return EXIT.unreachable
  return hosts.some((counts) => counts.failed > 0) ? EXIT.failed : EXIT.ok
}
