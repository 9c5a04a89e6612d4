import { Problem } from '../kernel/problem.ts'
import { Scope } from '../variables/scope.ts'
import { asText } from './convert.ts'
import type { PlayRun } from './play-run.ts'

/** How a play goes on: all hosts task by task, with a debugger where a task fails (`debug`), or each host on its own. */
export type Strategy = 'linear' | 'debug' | 'free'

const STRATEGIES: ReadonlyMap<string, Strategy> = new Map([
  ['linear', 'linear'],
  ['debug', 'debug'],
  ['free', 'free'],
  ['host_pinned', 'free'],
])

/** The play's strategy, else the one configured. Raises `strategy.unknown`. */
export function strategyOf({ engine, play }: Pick<PlayRun, 'engine' | 'play'>): Strategy {
  const sited = play.keywords.strategy
  const scope = new Scope([engine.extraVars, play.vars, engine.magic], engine.templates)
  const written = sited === undefined ? engine.options.strategy : asText(scope.render(sited.value))
  const strategy = STRATEGIES.get(written.replace('ansible.builtin.', ''))
  if (strategy !== undefined) return strategy
  throw new Problem({
    code: 'strategy.unknown',
    summary: 'Unknown strategy',
    detail: `"${written}" is none of ${[...STRATEGIES.keys()].join(', ')}`,
    at: sited?.at,
  })
}
