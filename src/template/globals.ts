import { randomInt } from 'node:crypto'
import type { Dict, Value } from '../kernel/value.ts'
import { lorem } from './lorem.ts'
import { typeError, valueError } from './problems.ts'
import { calls } from './python/call.ts'
import { flag, integer, optionalInteger, optionalText } from './python/coerce.ts'
import { DateTime } from './python/datetime.ts'
import { dictSet } from './python/dict.ts'
import { pairs } from './python/methods-dict.ts'
import { formatTime } from './python/strftime.ts'
import { Attributes, type Call, Callable, Namespace, Range, Undefined } from './python/types.ts'

/** What every template can call, apart from the lookups, which the caller supplies. */
export function builtinGlobals(): Map<string, Value> {
  return new Map([...tables].map(([name, call]) => [name, new Callable(name, call)]))
}

const tables = new Map<string, Call>([
  ...calls({
    'range(start stop? step?)': (_, start, stop, step) => range(start, stop, step),
    'joiner(sep?)': (_, separator) => joiner(optionalText(separator, ', ')),
    'lipsum(n? html? min? max?)': (_, count, html, min, max) =>
      lorem(
        optionalInteger(count, 5, 'n'),
        flag(html, true),
        optionalInteger(min, 20, 'min'),
        optionalInteger(max, 100, 'max'),
        (low, high) => randomInt(low, Math.max(high, low + 1)),
      ),
    'now(utc? fmt?)': (_, utc, format) => {
      const moment = DateTime.fromEpoch(Date.now() / 1000, flag(utc))
      return format === undefined || format === null ? moment : formatTime(optionalText(format, ''), moment)
    },
    'undef(hint?)': (_, hint) =>
      new Undefined({ hint: optionalText(hint, '') || 'Mandatory variable has not been overridden' }),
  }),
  ['dict', (args, kwargs) => dict(args, kwargs)],
  ['namespace', (args, kwargs) => new Namespace(textKeys(dict(args, kwargs)))],
  ['cycler', (args) => new Cycler(args)],
])

function range(start: Value, stop: Value | undefined, step: Value | undefined): Range {
  const first = integer(start, 'range() argument')
  if (stop === undefined) return new Range(0, first, 1)
  const by = optionalInteger(step, 1, 'range() argument 3')
  if (by === 0) throw valueError('range() arg 3 must not be zero')
  return new Range(first, integer(stop, 'range() argument'), by)
}

function dict(args: readonly Value[], kwargs: ReadonlyMap<string, Value>): Dict {
  if (args.length > 1) throw typeError(`dict expected at most 1 argument, got ${args.length}`)
  const made: Dict = new Map()
  for (const [key, value] of args[0] === undefined ? [] : pairs(args[0])) dictSet(made, key, value)
  for (const [key, value] of kwargs) made.set(key, value)
  return made
}

function textKeys(values: Dict): Map<string, Value> {
  return new Map([...values].map(([key, value]) => [String(key), value]))
}

function joiner(separator: string): Callable {
  let used = false
  return new Callable('joiner', () => {
    const text = used ? separator : ''
    used = true
    return text
  })
}

class Cycler extends Attributes {
  readonly typeName = 'Cycler'
  readonly #items: readonly Value[]
  #position = 0

  constructor(items: readonly Value[]) {
    super()
    if (items.length === 0) throw typeError('at least one item has to be provided')
    this.#items = items
  }

  attribute(name: string): Value | undefined {
    switch (name) {
      case 'current':
        return this.#items[this.#position]
      case 'next':
        return new Callable('next', () => {
          const item = this.#items[this.#position]!
          this.#position = (this.#position + 1) % this.#items.length
          return item
        })
      case 'reset':
        return new Callable('reset', () => {
          this.#position = 0
          return null
        })
      default:
        return undefined
    }
  }
}
