import { didYouMean, type Position, Problem } from '../../kernel/problem.ts'
import type { Value } from '../../kernel/value.ts'
import type { Context } from '../run/context.ts'

/** A mapping whose values are made when they are asked for (`hostvars`, `vars`); it is usable wherever a dict is. */
export abstract class LazyDict {
  abstract get(key: Value): Value | undefined
  abstract keys(): Iterable<Value>
}

export type Kwargs = ReadonlyMap<string, Value>
export type Call = (args: readonly Value[], kwargs: Kwargs, context: Context) => Value

/** Anything a template can call: a global, a macro, a bound method. */
export class Callable {
  readonly name: string
  readonly call: Call
  constructor(name: string, call: Call) {
    this.name = name
    this.call = call
  }
}

/** An object with named attributes that templates can read (`loop`, an imported template, a namespace). */
export abstract class Attributes {
  abstract readonly typeName: string
  abstract attribute(name: string): Value | undefined
  /** Present when the object can be called. */
  readonly call?: Call
}

/** What `namespace()` makes: the only value whose attributes `{% set %}` can write. */
export class Namespace extends Attributes {
  readonly typeName = 'Namespace'
  readonly values: Map<string, Value>
  constructor(values: Map<string, Value>) {
    super()
    this.values = values
  }
  attribute(name: string): Value | undefined {
    return this.values.get(name)
  }
}

/** The result of `dict.items()`, `.keys()` and `.values()`: a live view, not a list. */
export class DictView {
  readonly kind: 'items' | 'keys' | 'values'
  readonly entries: () => Iterable<Value>
  readonly size: () => number
  constructor(kind: 'items' | 'keys' | 'values', entries: () => Iterable<Value>, size: () => number) {
    this.kind = kind
    this.entries = entries
    this.size = size
  }
}

/** The value, None included, or what `otherwise` makes when there is none. */
export function present(value: Value | undefined, otherwise: () => Value): Value {
  return value === undefined ? otherwise() : value
}

/** Python's `range`: lazy, sized, indexable. */
export class Range {
  readonly start: number
  readonly stop: number
  readonly step: number
  readonly length: number
  constructor(start: number, stop: number, step: number) {
    this.start = start
    this.stop = stop
    this.step = step
    this.length = Math.max(0, Math.ceil((stop - start) / step))
  }
  at(index: number): number {
    return this.start + index * this.step
  }
  *[Symbol.iterator](): IterableIterator<Value> {
    for (let i = 0; i < this.length; i++) yield this.at(i)
  }
}

/** Python's `slice(a, b, c)`, written as `x[a:b:c]`. */
export class Slice {
  readonly start: Value
  readonly stop: Value
  readonly step: Value
  constructor(start: Value, stop: Value, step: Value) {
    this.start = start
    this.stop = stop
    this.step = step
  }
}

/**
 * Text that must stay text although it looks like a list or a dict: what `to_json`, `to_yaml` and `string` give. A scope may return
 * one for a variable that was rendered so. It exists only between a name or filter and the output; all else sees a plain string.
 */
export class NativeText {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

/** The plain text of a `NativeText`; anything else as it is. */
export function unmarked(value: Value): Value {
  return value instanceof NativeText ? value.text : value
}

type UndefinedDetails = {
  name?: Value | undefined
  /** What was asked for the name; absent for a variable. */
  owner?: string | undefined
  hint?: string | undefined
  at?: Position | null | undefined
  /** What to do about it, where that is known already. */
  advice?: string | undefined
  candidates?: (() => Iterable<string>) | undefined
  /** Jinja's lenient kind (`{{ x if false }}`): prints as nothing instead of raising. */
  quiet?: boolean
}

/** A name, attribute or element that isn't there. Attributes of it are itself; any other use raises `template.undefined`. */
export class Undefined {
  readonly name: Value | undefined
  readonly quiet: boolean
  readonly #details: UndefinedDetails

  constructor(details: UndefinedDetails) {
    this.name = details.name
    this.quiet = details.quiet ?? false
    this.#details = details
  }

  /** Ansible's words for what is missing. */
  get message(): string {
    const { name, owner, hint } = this.#details
    if (hint !== undefined) return hint
    const shown = typeof name === 'string' ? `'${name}'` : String(name)
    if (owner === undefined) return `${shown} is undefined`
    return typeof name === 'string' ? `'${owner}' has no attribute ${shown}` : `${owner} has no element ${shown}`
  }

  problem(): Problem {
    const { name, candidates, at, advice } = this.#details
    const meant = typeof name === 'string' && candidates !== undefined ? didYouMean(name, candidates()) : undefined
    const hint = advice ?? meant
    return new Problem({ code: 'template.undefined', summary: 'Undefined variable', detail: this.message, hint, at })
  }
}
