import type { Keywords } from '../language/keywords.ts'
import type { Play, Playbook } from '../language/model.ts'
import type { Config } from './config.ts'

/** A playbook whose plays have the keywords that the configuration gives to plays without them. */
export function withDefaults(playbook: Playbook, config: Config): Playbook {
  return { ...playbook, plays: playbook.plays.map((play) => playWithDefaults(play, config)) }
}

/** The keywords are set on the play itself, because its tasks hold on to it. */
export function playWithDefaults(play: Play, { plays }: Config): Play {
  const { at } = play
  const sited = <T>(name: string, value: T | null) => (value === null ? {} : { [name]: { value, at } })
  const defaults: Keywords = {
    ...sited('any_errors_fatal', plays.anyErrorsFatal || null),
    ...sited('no_log', plays.noLog || null),
    ...sited('timeout', plays.taskTimeout),
    ...sited('gather_subset', plays.gatherSubset?.map((value) => ({ value, at })) ?? null),
    ...sited('gather_timeout', plays.gatherTimeout),
    ...sited('fact_path', plays.factPath),
    ...sited('port', plays.port),
  }
  return Object.assign(play, { keywords: { ...defaults, ...play.keywords } })
}
