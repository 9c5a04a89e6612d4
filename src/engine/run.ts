import type { Recap } from '../kernel/event.ts'
import { Lanes } from '../kernel/lanes.ts'
import type { Play, Playbook } from '../language/model.ts'
import { Connections } from './connections.ts'
import type { Engine } from './engine.ts'
import { EXIT } from './exit-codes.ts'
import { isInteractive } from './interactive.ts'
import { runPlay } from './play.ts'
import type { Run } from './play-run.ts'
import { Quit } from './quit.ts'
import { Recipes } from './recipes.ts'
import { Stats } from './stats.ts'
import { Turns } from './turns.ts'

/** Runs playbooks one after another; returns the exit code. Problems of the playbook itself are thrown. */
export async function run(given: Engine, playbooks: readonly Playbook[]): Promise<number> {
  const plays = playbooks.flatMap((playbook) => playbook.plays)
  const engine = { ...given, options: { ...given.options, interactive: isInteractive(given, plays) } }
  const disk = { value: 0 }
  const current: Run = {
    engine,
    states: new Map(),
    connections: new Connections(engine, disk),
    recipes: new Recipes(disk, engine.modulesKnown),
    disk,
    throttles: new Lanes(),
    ids: new Map(),
    jobs: new Map(),
    stats: new Stats(),
    turns: new Turns(),
    step: engine.options.step,
    startAt: engine.options.startAtTask,
    included: new Map(),
    foreseen: new Map(),
  }
  await engine.loadPlugins()
  engine.emit({ type: 'run-start', check: engine.options.check, diff: engine.options.diff })
  let quit: number | null = null
  try {
    await runPlays(current, plays)
  } catch (error) {
    if (!(error instanceof Quit)) throw error
    quit = error.code
  } finally {
    const recap = recapOf(current)
    const stats = current.stats.gathered
    engine.emit({
      type: 'run-end',
      recap,
      wire: await current.connections.stats(),
      exitCode: quit ?? exitCode(recap),
      ...(stats === null ? {} : { stats }),
    })
    await current.connections.close()
  }
  return quit ?? exitCode(recapOf(current))
}

async function runPlays(current: Run, plays: readonly Play[]): Promise<void> {
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
