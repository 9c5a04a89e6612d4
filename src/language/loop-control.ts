import { didYouMean, type Position } from '../kernel/problem.ts'
import { type Dict, Template, type Value } from '../kernel/value.ts'
import type { LoopControl } from './model.ts'
import { type Session, typeName } from './session.ts'

const NAMES = ['loop_var', 'index_var', 'label', 'pause', 'extended', 'extended_allitems', 'break_when']

/** What `loop_control` is when it is not given. */
export const LOOP_DEFAULTS: LoopControl = {
  loopVar: 'item',
  indexVar: null,
  label: null,
  pause: null,
  extended: false,
  extendedAllitems: true,
  breakWhen: [],
}

/** The `loop_control` of a task, defaults filled in. Problems: `keyword.type`, `keyword.unknown`. */
export function readLoopControl(session: Session, value: Value | undefined, at: Position): LoopControl {
  if (value === undefined || value === null) return LOOP_DEFAULTS
  if (!(value instanceof Map)) {
    session.report({
      code: 'keyword.type',
      summary: 'Wrong type of keyword',
      detail: `'loop_control' must be a dict and cannot be a variable itself (though it can hold some), but is ${typeName(value)}`,
      at,
    })
    return LOOP_DEFAULTS
  }
  const dict = value as Dict
  for (const name of dict.keys()) {
    if (NAMES.includes(String(name))) continue
    session.report({
      code: 'keyword.unknown',
      summary: 'Unknown keyword',
      detail: `'${String(name)}' is not a valid attribute for a LoopControl`,
      hint: didYouMean(String(name), NAMES),
      at: session.key(dict, name, at),
    })
  }
  const breakWhen = dict.get('break_when') ?? []
  return {
    loopVar: name(dict.get('loop_var')) ?? 'item',
    indexVar: name(dict.get('index_var')),
    label: dict.get('label') ?? null,
    pause: dict.get('pause') ?? null,
    extended: dict.get('extended') ?? false,
    extendedAllitems: dict.get('extended_allitems') ?? true,
    breakWhen: Array.isArray(breakWhen) ? breakWhen : [breakWhen],
  }
}

function name(value: Value | undefined): string | Template | null {
  if (value === undefined || value === null) return null
  return value instanceof Template ? value : String(value)
}
