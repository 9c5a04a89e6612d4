import type { Json, JsonObject } from '../kernel/json.ts'
import { type Problem, problemsOf, renderProblem } from '../kernel/problem.ts'
import { type Dict, fromJson, toJson, type Value } from '../kernel/value.ts'
import type { Sited } from '../language/keywords.ts'

/** What came of a task for one host or one loop item, before the engine counts and tells it. */
export type ItemOutcome = {
  readonly status: 'ok' | 'changed' | 'skipped' | 'failed' | 'unreachable' | 'unknown'
  /** What `register` holds; not to be changed. */
  readonly result: Dict
  /** Variables of the host that `set_fact` or `include_vars` gives, unless the task's verdict is a failure. */
  readonly given?: GivenVariables
  /** Whether `ignore_errors` lets a failed loop pass, as its items say; absent outside loops. */
  readonly ignored?: boolean
  readonly changes: readonly { what: string; before: string | null; after: string | null }[]
}

/** The outcome with a result of its own, and more in it: hosts may share one, and it may have been looked at ahead. */
export function copied(outcome: ItemOutcome, added: Iterable<readonly [Value, Value]> = []): ItemOutcome {
  return { ...outcome, result: new Map([...outcome.result, ...added]) }
}

export type GivenVariables = {
  readonly level: 'setFacts' | 'includeVars'
  readonly values: Dict
  readonly cacheable: boolean
}

/** A result as JSON for events. */
export function resultJson(result: Dict): JsonObject {
  return toJson(result) as JsonObject
}

/** A module's result as a dict, with `changed`, `failed` and the `*_lines` that Ansible adds to every result. */
export function moduleResult(json: JsonObject, changed: boolean, failed: boolean): Dict {
  const result = fromJson(json) as Dict
  if (typeof result.get('changed') !== 'boolean') result.set('changed', changed)
  if (typeof result.get('failed') !== 'boolean') result.set('failed', failed)
  for (const name of ['stdout', 'stderr']) {
    const text = result.get(name)
    if (typeof text === 'string' && !result.has(`${name}_lines`)) result.set(`${name}_lines`, splitLines(text))
  }
  return result
}

/** Python's str.splitlines for the line ends that commands print. */
export function splitLines(text: string): string[] {
  const lines = text.split(/\r\n|\n|\r/)
  if (lines.at(-1) === '') lines.pop()
  return lines
}

/** What comes of a task whose condition does not hold: the same for all hosts. */
export function skippedBy(condition: Sited): ItemOutcome {
  let outcome = skipped.get(condition)
  if (outcome === undefined) {
    outcome = skippedResult('Conditional result was False', [['false_condition', condition.value]])
    skipped.set(condition, outcome)
  }
  return outcome
}

const skipped = new WeakMap<Sited, ItemOutcome>()

export function skippedResult(reason: string, more: Iterable<readonly [Value, Value]> = []): ItemOutcome {
  const result: Dict = new Map<Value, Value>([['changed', false], ['skipped', true], ['skip_reason', reason], ...more])
  return { status: 'skipped', result, changes: [] }
}

export function failedResult(message: string, data: { readonly [key: string]: Json } = {}): ItemOutcome {
  return {
    status: 'failed',
    result: moduleResult({ changed: false, ...data, msg: message, failed: true }, false, true),
    changes: [],
  }
}

export function unknownResult(reason: string): ItemOutcome {
  return {
    status: 'unknown',
    result: new Map<Value, Value>([
      ['changed', true],
      ['failed', false],
      ['msg', reason],
    ]),
    changes: [],
  }
}

/** A problem met while a task ran: the task fails with it, or its host is unreachable. Anything else is our own fault and passes on. */
export function problemResult(error: unknown, sourceOf: (file: string) => string | null): ItemOutcome {
  const problems = problemsOf(error)
  if (problems === null) throw error
  const message = problems.map(wordsOf).join('; ')
  const text = problems.map((problem) => renderProblem(problem, sourceOf)).join('\n')
  const lost = problems.some(({ code }) => /^(host|ssh)\./.test(code))
  const outcome = failedResult(message, { problem: text, code: problems[0]!.code })
  if (!lost) return outcome
  outcome.result.set('unreachable', true)
  outcome.result.set('failed', false)
  return { ...outcome, status: 'unreachable' }
}

/** What a result says of a problem: where playbooks look at it, Ansible's own words, without our summary before them. */
function wordsOf({ code, detail, message }: Problem): string {
  if (detail === undefined) return message
  if (code === 'template.undefined')
    return `The task includes an option with an undefined variable. The error was: ${detail}`
  if (code === 'template.type') return `Unexpected templating type error occurred: ${detail}`
  return /^(args|file|lookup|loop|template)\./.test(code) ? detail : message
}
