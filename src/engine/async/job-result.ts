import type { Json, JsonObject } from '../../kernel/json.ts'
import { Failure, type Observed } from '../../kernel/module.ts'
import type { StepOutput } from '../../kernel/shell.ts'
import { fromJson } from '../../kernel/value.ts'
import { copied, failedResult, type ItemOutcome, moduleResult } from '../results.ts'
import { type JobPlace, type JobState, pathOf } from './job-script.ts'

/** What every answer about a job says. */
export function headOf(place: JobPlace): { [key: string]: Json } {
  return { ansible_job_id: place.id, results_file: pathOf(place), started: 1 }
}

/** How a job stands, as the result of a task; `observed` words the end of a job as its module does. */
export function stateOutcome(place: JobPlace, state: JobState, observed: Observed | null): ItemOutcome {
  switch (state.state) {
    case 'missing':
      return finished(place, failedResult('could not find job'))
    case 'running':
      return completed(place, { status: 'ok', result: moduleResult({ finished: 0 }, false, false), changes: [] })
    case 'lost':
      return finished(
        place,
        failedResult('the job has ended without a result: it was killed, or the host was started anew'),
      )
    case 'timeout':
      return finished(place, failedResult('Timeout exceeded'))
    case 'ended':
      return finished(place, outcomeOf(state.output, observed))
  }
}

/** The outcome of a task without anything to do, as that of a job that has ended. */
export function endedOutcome(place: JobPlace, outcome: ItemOutcome): ItemOutcome {
  return finished(place, copied(outcome))
}

function outcomeOf(output: StepOutput, observed: Observed | null): ItemOutcome {
  try {
    if (observed === null) return plainOutcome(output)
    if (output.rc !== 0) throw observed.failure(output)
    const counted = observed.changes.some((change) => change.quiet !== true)
    const result = moduleResult(observed.result(output), counted, false)
    return { status: result.get('changed') === true ? 'changed' : 'ok', result, changes: [] }
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    return failedResult(error.message, error.data)
  }
}

/** A job of which only is known what it printed. */
function plainOutcome({ rc, stdout, stderr }: StepOutput): ItemOutcome {
  const data: JsonObject = { rc, stdout: stdout.toString('utf8'), stderr: stderr.toString('utf8'), changed: true }
  if (rc !== 0) return failedResult('non-zero return code', data)
  return { status: 'changed', result: moduleResult(data, true, false), changes: [] }
}

function finished(place: JobPlace, outcome: ItemOutcome): ItemOutcome {
  outcome.result.set('finished', 1)
  return completed(place, outcome)
}

function completed(place: JobPlace, outcome: ItemOutcome): ItemOutcome {
  const { result } = outcome
  for (const [name, value] of Object.entries(headOf(place))) result.set(name, fromJson(value))
  for (const name of ['stdout', 'stderr']) {
    if (!result.has(name)) result.set(name, '').set(`${name}_lines`, [])
  }
  return outcome
}
