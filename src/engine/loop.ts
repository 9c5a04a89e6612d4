import { Problem } from '../kernel/problem.ts'
import type { Dict, Value } from '../kernel/value.ts'
import type { Loop, Task } from '../language/model.ts'
import { takenFrom, unmarked } from '../template/index.ts'
import type { FileFolder } from '../variables/lookups/lookup.ts'
import type { Scope } from '../variables/scope.ts'
import { asBoolean, asText, withoutTuples } from './convert.ts'
import type { Templates } from './engine.ts'
import { copied, type ItemOutcome } from './results.ts'

export type LoopItem = { readonly vars: Dict; readonly value: Value }

/** The items of a task's loop with the variables each run sees. Raises `loop.type` for what is no list. */
export function loopItems(task: Task, scope: Scope, templates: Templates): LoopItem[] {
  const { loop, loopControl } = task
  if (loop === null) return []
  const written = Array.isArray(loop.value) ? (loop.value as readonly Value[]) : null
  const values =
    loop.lookup === 'loop'
      ? (written?.map((item) => scope.renderMarked(item)) ?? listOf(task, scope.render(loop.value)))
      : templates.lookup(loop.lookup, termsOf(loop, scope.render(loop.value)), scope, folderFor(task))
  const loopVar = asText(scope.render(loopControl.loopVar))
  const indexVar = loopControl.indexVar === null ? null : asText(scope.render(loopControl.indexVar))
  const extended = loopControl.extended !== null && asBoolean(scope.render(loopControl.extended))
  const all = loopControl.extendedAllitems === null || asBoolean(scope.render(loopControl.extendedAllitems))
  return values.map(withoutTuples).map((value, index) => {
    const vars: Dict = new Map<Value, Value>([
      [loopVar, value],
      ['ansible_loop_var', loopVar],
    ])
    if (indexVar !== null) vars.set(indexVar, index).set('ansible_index_var', indexVar)
    if (extended) vars.set('ansible_loop', extendedLoop(values.map(unmarked), index, all))
    return { vars, value: unmarked(value) }
  })
}

/** As Ansible's task executor tells a loop's lookup, by what is in the action's name. */
function folderFor({ action }: Task): FileFolder {
  if (action.written.includes('template')) return 'templates'
  return action.written.includes('var') ? 'vars' : 'files'
}

function listOf(task: Task, value: Value): readonly Value[] {
  if (Array.isArray(value)) return value.map((item) => takenFrom(value, item as Value))
  throw new Problem({
    code: 'loop.type',
    summary: 'Loop is no list',
    detail: `loop needs a list, not ${value instanceof Map ? 'a dict' : JSON.stringify(asText(value))}`,
    hint: value instanceof Map ? 'use "{{ … | dict2items }}"' : 'use "{{ [ … ] }}", or query() instead of lookup()',
    at: task.loop!.at,
  })
}

/** What Ansible makes of a dict here: `with_items` takes its keys, and what must have a list refuses it. */
function termsOf({ lookup, at }: Loop, value: Value): readonly Value[] {
  if (Array.isArray(value)) return value
  if (!(value instanceof Map)) return [value]
  if (lookup === 'items') return [...(value as Dict).keys()]
  if (lookup !== 'list' && lookup !== 'indexed_items') return [value]
  throw new Problem({ code: 'loop.type', summary: 'Loop is no list', detail: `with_${lookup} expects a list`, at })
}

function extendedLoop(values: readonly Value[], index: number, all: boolean): Dict {
  const { length } = values
  const dict: Dict = new Map<Value, Value>([
    ['index', index + 1],
    ['index0', index],
    ['first', index === 0],
    ['last', index === length - 1],
    ['length', length],
    ['revindex', length - index],
    ['revindex0', length - index - 1],
  ])
  if (all) dict.set('allitems', values)
  if (index > 0) dict.set('previtem', values[index - 1]!)
  if (index < length - 1) dict.set('nextitem', values[index + 1]!)
  return dict
}

/** An item's outcome, with the loop's variables in its result. */
export function withItem(outcome: ItemOutcome, { vars }: LoopItem): ItemOutcome {
  return copied(
    outcome,
    [...vars].map(([name, value]) => [name, unmarked(value)] as const),
  )
}

/** The result of a loop, as Ansible sums it. */
export function loopResult(outcomes: readonly ItemOutcome[]): ItemOutcome {
  const results = outcomes.map((outcome) => outcome.result)
  if (outcomes.length === 0) {
    const result: Dict = new Map<Value, Value>([
      ['changed', false],
      ['skipped', true],
      ['skipped_reason', 'No items in the list'],
      ['results', []],
    ])
    return { status: 'skipped', result, changes: [] }
  }
  const some = (status: ItemOutcome['status']) => outcomes.some((outcome) => outcome.status === status)
  const skipped = outcomes.every((outcome) => outcome.status === 'skipped')
  const failed = some('failed')
  const result: Dict = new Map<Value, Value>([['results', results]])
  result.set(
    'changed',
    results.some((item) => item.get('changed') === true),
  )
  if (skipped) result.set('skipped', true)
  result.set('msg', failed ? 'One or more items failed' : skipped ? 'All items skipped' : 'All items completed')
  result.set('failed', failed)
  const unreachable = some('unreachable')
  if (unreachable) result.set('unreachable', true)
  const status = unreachable
    ? 'unreachable'
    : failed
      ? 'failed'
      : some('unknown')
        ? 'unknown'
        : some('changed')
          ? 'changed'
          : skipped
            ? 'skipped'
            : 'ok'
  const given = outcomes.flatMap((outcome) => (outcome.given === undefined ? [] : [outcome.given]))
  const all =
    given.length === 0 ? {} : { given: { ...given[0]!, values: new Map(given.flatMap((one) => [...one.values])) } }
  return { status, result, ...all, changes: outcomes.flatMap((outcome) => outcome.changes) }
}
