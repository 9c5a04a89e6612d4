import { type Position, Problem } from '../../kernel/problem.ts'
import type { Value } from '../../kernel/value.ts'
import { limitError } from '../problems.ts'
import { type Call, Callable, Undefined } from '../python/types.ts'
import type { Place } from '../syntax/ast.ts'
import { ownCopy } from './own-copy.ts'
import type { Program, Step } from './program.ts'

/** Where a template's variables come from. What it throws (an unknown value, a result that isn't there yet) passes through untouched. */
export type Scope = {
  /** The variable's rendered value; JavaScript's `undefined` when there is none. May return an `Undefined` that says why. */
  lookup(name: string): Value | undefined
  /** Like `lookup`, but text that must stay text may be a `NativeText`. */
  marked?(name: string): Value | undefined
  /** Every name there is, for "did you mean". */
  names?(): Iterable<string>
  /** Whether the variable is itself a template: Ansible gives a lone `{{ name }}` its number only when the variable is plain. */
  templated?(name: string): boolean
  /** Told when something was used that may give something else the next time. */
  varies?(): void
}

/**
 * How output becomes a value: text, Ansible's default (lists, dicts and bools are recognised), or native types. With native types on,
 * files are still text (`native-text`), but None prints as None in them.
 */
export type Mode = 'text' | 'native-text' | 'value' | 'native'

/** What templates need of their environment. */
export type Host = {
  readonly globals: ReadonlyMap<string, Value>
  filter(name: string): Call | null
  test(name: string): Call | null
  filterNames(): Iterable<string>
  testNames(): Iterable<string>
  /** What to say of a filter or test that is not there. */
  explain(kind: 'filter' | 'test', name: string): string | null
  /** The first of the templates that exists. Raises `template.missing`, or gives null when `optional`. */
  load(names: readonly string[], parent: string | null, optional: boolean): Program | null
}

/** One run of one template: its variables, what it exports, its blocks. */
export class Context {
  readonly host: Host
  readonly scope: Scope
  readonly mode: Mode
  readonly at: Position | null
  /** The template's own file, from which it includes others; null for text. */
  readonly path: string | null
  readonly exported = new Map<string, Value>()
  readonly blocks = new Map<string, Step[]>()
  /** Copies of variables that the template may change: as in Ansible, what it changes is its own. */
  #owned: Map<string, Value> | null = null
  /** Set by `{% extends %}`: the template to render once this one is through. */
  parent: Program | null = null
  extendedAt = 0

  constructor(host: Host, scope: Scope, mode: Mode, at: Position | null, path: string | null = null) {
    this.host = host
    this.scope = scope
    this.mode = mode
    this.at = at
    this.path = path
  }

  /** A variable that no enclosing block, loop or macro assigns. */
  lookup(name: string): Value | undefined {
    const own = this.exported.get(name)
    if (own !== undefined) return own
    const copy = this.#owned?.get(name)
    if (copy !== undefined) return copy
    const value = this.scope.marked === undefined ? this.scope.lookup(name) : this.scope.marked(name)
    return value === undefined ? this.host.globals.get(name) : value
  }

  /** Like `lookup`, for a template that changes what it reads. */
  own(name: string): Value | undefined {
    const value = this.lookup(name)
    if (typeof value !== 'object' || value === null) return value
    if (this.exported.has(name) || this.#owned?.has(name) === true) return value
    const copy = ownCopy(value)
    this.#owned ??= new Map()
    this.#owned.set(name, copy)
    return copy
  }

  undefinedName(name: string, place: Place): Undefined {
    return new Undefined({ name, at: this.position(place), candidates: () => this.#names() })
  }

  *#names(): Iterable<string> {
    yield* this.exported.keys()
    if (this.scope.names !== undefined) yield* this.scope.names()
    yield* this.host.globals.keys()
  }

  position(place: Place): Position {
    const { unit, line, column } = place
    if (unit.path !== null) return { file: unit.path, line, column }
    if (this.at === null) return { file: '<template>', line, column }
    return {
      file: this.at.file,
      line: this.at.line + line - 1,
      column: this.at.column + column - 1,
    }
  }

  /** The error with the place added when it is a problem without one; anything else as it is. */
  locate(error: unknown, place: Place): unknown {
    if (error instanceof RangeError) return this.locate(limitError(`${error.message} (endless recursion?)`), place)
    if (!(error instanceof Problem) || error.at !== undefined || error.constructor !== Problem) return error
    const { code, summary, detail, hint, cause } = error
    return new Problem({ code, summary, detail, hint, cause, at: this.position(place) })
  }
}

/** The variables of a block, loop, macro or `with`; those outside are its parents. */
export class Frame {
  readonly context: Context
  readonly vars: Map<string, Value>
  readonly parent: Frame | null

  constructor(context: Context, vars: Map<string, Value>, parent: Frame | null) {
    this.context = context
    this.vars = vars
    this.parent = parent
  }

  inner(): Frame {
    return new Frame(this.context, new Map(), this)
  }

  /** The innermost variable of that name, up to the scope and the globals. */
  find(name: string): Value | undefined {
    const value = this.assigned(name)
    return value === undefined ? this.context.lookup(name) : value
  }

  /** The innermost variable of that name that the template itself has set. */
  assigned(name: string): Value | undefined {
    for (let frame: Frame | null = this; frame !== null; frame = frame.parent) {
      const value = frame.vars.get(name)
      if (value !== undefined) return value
    }
    return undefined
  }
}

/** What an included template sees: everything its includer sees. */
export function scopeOf(frame: Frame): Scope {
  const { scope } = frame.context
  return {
    lookup: (name) => frame.find(name),
    names: () => (scope.names === undefined ? [] : scope.names()),
    templated: (name) => scope.templated?.(name) ?? false,
    varies: () => scope.varies?.(),
  }
}

export const emptyScope: Scope = { lookup: () => undefined }

/** JavaScript functions among the globals become callables. */
export function asGlobals(globals: ReadonlyMap<string, Value | Call>): Map<string, Value> {
  return new Map(
    [...globals].map(([name, value]) => [
      name,
      typeof value === 'function' ? new Callable(name, value as Call) : value,
    ]),
  )
}
