import type { Dict, Value } from '../../kernel/value.ts'
import { filterError } from '../problems.ts'
import { calls } from '../python/call.ts'
import { equals, truthy } from '../python/compare.ts'
import { dictGet, isMapping } from '../python/dict.ts'
import { type Call, type LazyDict, present, Undefined } from '../python/types.ts'

/** Tests of what a task registered. Raise `template.filter` for anything but a dict. */
export const resultTests: ReadonlyMap<string, Call> = calls({
  'failed|failure(result)': (_, result) => field(result, 'failed'),
  'succeeded|success|successful(result)': (_, result) => !truthy(field(result, 'failed')),
  'unreachable(result)': (_, result) => field(result, 'unreachable'),
  'reachable(result)': (_, result) => !truthy(field(result, 'unreachable')),
  'skipped|skip(result)': (_, result) => field(result, 'skipped'),
  'changed|change(result)': (_, result) => changed(asResult(result, 'changed')),
  'started(result)': (_, result) => asyncState(result, 'started'),
  'finished(result)': (_, result) => asyncState(result, 'finished'),
})

function asResult(result: Value, test: string): Dict | LazyDict {
  if (result instanceof Undefined) throw result.problem()
  if (isMapping(result)) return result
  throw filterError(`The '${test}' test expects a dictionary`, 'give it the variable a task registered')
}

function field(result: Value, name: string): Value {
  return present(dictGet(asResult(result, name), name), () => false)
}

function changed(result: Dict | LazyDict): Value {
  const own = dictGet(result, 'changed')
  if (own !== undefined) return own
  const results = dictGet(result, 'results')
  return (
    Array.isArray(results) && results.some((one: Value) => isMapping(one) && truthy(dictGet(one, 'changed') ?? false))
  )
}

function asyncState(result: Value, name: string): boolean {
  const state = dictGet(asResult(result, name), name)
  return state === undefined || equals(state, 1)
}
