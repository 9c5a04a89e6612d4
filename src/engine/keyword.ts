import type { Position } from '../kernel/problem.ts'
import type { Value } from '../kernel/value.ts'
import { levelsOf } from '../language/inherit.ts'
import type { KeywordName } from '../language/keywords.ts'
import type { Task } from '../language/model.ts'
import type { Scope } from '../variables/scope.ts'
import { asBoolean, asInteger } from './convert.ts'

/** A keyword as it comes down to a task, rendered; where it gives `omit`, what lies around it counts. Null when it is not given. */
export function keywordOf(task: Task, keyword: KeywordName, scope: Scope): { value: Value; at: Position } | null {
  for (const { value, at } of levelsOf(task, keyword)) {
    const rendered = scope.render(value)
    if (rendered !== scope.lookup('omit')) return { value: rendered, at }
  }
  return null
}

/** A boolean keyword, inherited and rendered. */
export function flag(
  task: Task,
  keyword:
    | 'no_log'
    | 'run_once'
    | 'ignore_errors'
    | 'ignore_unreachable'
    | 'any_errors_fatal'
    | 'delegate_facts'
    | 'diff',
  scope: Scope,
): boolean {
  const given = keywordOf(task, keyword, scope)
  return given === null ? false : asBoolean(given.value, given.at)
}

/** An integer keyword, inherited and rendered; 0 when it is not given. */
export function keywordInteger(
  task: Task,
  keyword: 'timeout' | 'throttle' | 'retries' | 'delay' | 'async' | 'poll',
  scope: Scope,
  otherwise = 0,
): number {
  const given = keywordOf(task, keyword, scope)
  return given === null || given.value === null ? otherwise : asInteger(given.value, given.at)
}
