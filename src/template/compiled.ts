import type { Position } from '../kernel/problem.ts'
import { Float, type Value } from '../kernel/value.ts'
import type { Environment } from './environment.ts'
import { str } from './python/repr.ts'
import { NativeText, unmarked } from './python/types.ts'
import { concat } from './run/concat.ts'
import { Context, Frame, type Mode, type Scope } from './run/context.ts'
import { type Evaluate, type Program, runProgram } from './run/program.ts'

/** A compiled template. */
export class Compiled {
  readonly source: string
  readonly at: Position | null
  readonly #environment: Environment
  readonly #program: Program
  readonly #single: string | null

  constructor(environment: Environment, source: string, at: Position | null) {
    this.#environment = environment
    this.source = source
    this.at = at
    this.#program = environment.program(source, null, at, false)
    this.#single = singleName(source, environment)
  }

  /** The template's text, as Ansible's `template` module writes it. Trailing newlines of the source are kept. */
  render(scope: Scope): string {
    return this.#withNewlines(str(this.#run(this.#program, scope, this.#environment.native ? 'native-text' : 'text')))
  }

  /**
   * The value of a YAML string, as Ansible's templating of arguments and variables gives it: without native types text, or the list,
   * dict or bool that the text is a literal of.
   */
  value(scope: Scope): Value {
    return unmarked(this.result(scope))
  }

  /** Like `value`, but text that must stay text (`to_json`) keeps its mark; a scope may give it to other templates so. */
  result(scope: Scope): Value {
    const { native } = this.#environment
    const plain = this.#single === null ? undefined : plainVariable(this.#single, scope)
    if (plain !== undefined) return plain
    const value = this.#run(this.#literalProgram(), scope, native ? 'native' : 'value')
    if (typeof value === 'string') return this.#withNewlines(value)
    if (!(value instanceof NativeText)) return value
    const text = this.#withNewlines(value.text)
    return text === value.text ? value : text
  }

  /** Strings in YAML values keep their backslashes, which matters only if there are any. */
  #literalProgram(): Program {
    const { source, at } = this
    if (!source.includes('\\') || !source.includes(this.#environment.syntax.variableStart)) return this.#program
    return this.#environment.program(source, null, at, true)
  }

  #run(program: Program, scope: Scope, mode: Mode): Value {
    const context = new Context(this.#environment, scope, mode, this.at)
    const out: Value[] = []
    try {
      runProgram(program, context, out)
      return concat(out, mode)
    } catch (error) {
      throw context.locate(error, { unit: program.unit, line: 1, column: 1 })
    }
  }

  #withNewlines(text: string): string {
    const missing = newlinesAtEnd(this.source) - newlinesAtEnd(text)
    return missing > 0 ? text + this.#environment.syntax.newlineSequence.repeat(missing) : text
  }
}

function newlinesAtEnd(text: string): number {
  let count = 0
  while (count < text.length && text[text.length - 1 - count] === '\n') count++
  return count
}

/** The name in a template that is nothing but `{{ name }}`. */
function singleName(source: string, environment: Environment): string | null {
  const { variableStart, variableEnd } = environment.syntax
  if (!source.startsWith(variableStart)) return null
  const end = source.endsWith('\n') ? source.slice(0, -1) : source
  if (!end.endsWith(variableEnd)) return null
  const name = end.slice(variableStart.length, -variableEnd.length).trim()
  return /^[\p{L}\p{N}_]+$/u.test(name) ? name : null
}

/** A lone number, bool or None keeps its type, unless the variable is a template itself. */
function plainVariable(name: string, scope: Scope): Value | undefined {
  if (scope.templated?.(name) === true) return undefined
  const value = scope.lookup(name)
  if (value === undefined || typeof value === 'string') return undefined
  const scalar = value === null || typeof value !== 'object' || value instanceof Float
  return scalar ? value : undefined
}

/** A compiled bare expression. */
export class Condition {
  readonly at: Position | null
  readonly #environment: Environment
  readonly #evaluate: Evaluate

  constructor(environment: Environment, evaluate: Evaluate, at: Position | null) {
    this.#environment = environment
    this.#evaluate = evaluate
    this.at = at
  }

  /** The expression's value; may be an `Undefined`, which raises when its truth is asked. */
  evaluate(scope: Scope): Value {
    const context = new Context(this.#environment, scope, this.#environment.native ? 'native' : 'value', this.at)
    try {
      return this.#evaluate(new Frame(context, context.exported, null))
    } catch (error) {
      throw context.locate(error, { unit: { path: null }, line: 1, column: 1 })
    }
  }
}
