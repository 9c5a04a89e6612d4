import type { Position } from '../kernel/problem.ts'
import type { Value } from '../kernel/value.ts'
import { levelsOf } from '../language/inherit.ts'
import type { KeywordName } from '../language/keywords.ts'
import type { Task } from '../language/model.ts'
import type { Scope } from '../variables/scope.ts'

/** A keyword as it comes down to a task, rendered; where it gives `omit`, what lies around it counts. Null when it is not given. */
export function keywordOf(task: Task, keyword: KeywordName, scope: Scope): { value: Value; at: Position } | null {
  for (const { value, at } of levelsOf(task, keyword)) {
    const rendered = scope.render(value)
    if (rendered !== scope.lookup('omit')) return { value: rendered, at }
  }
  return null
}
