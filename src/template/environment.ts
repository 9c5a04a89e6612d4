import { type Position, Problem } from '../kernel/problem.ts'
import type { Value } from '../kernel/value.ts'
import { Compiled, Condition } from './compiled.ts'
import { builtinFilters } from './filters/index.ts'
import { builtinGlobals } from './globals.ts'
import { templateHeader } from './header.ts'
import { resolveName } from './names.ts'
import type { Call } from './python/types.ts'
import { Compiler } from './run/compile-expression.ts'
import { compileBody } from './run/compile-statement.ts'
import { asGlobals, type Host } from './run/context.ts'
import type { Evaluate, Program, Step } from './run/program.ts'
import { syntaxProblem } from './syntax/lexer.ts'
import { defaultSyntax, type SyntaxOptions } from './syntax/options.ts'
import { type FailPlace, parseBare, parseTemplate } from './syntax/parse.ts'
import { builtinTests } from './tests/index.ts'
import { isVarying, varying, varyingGlobals } from './varying.ts'

/** Finds a template that another one includes; null when there is none. */
export type Loader = (name: string, parent: string | null) => { readonly source: string; readonly path: string } | null

export type EnvironmentOptions = Partial<SyntaxOptions> & {
  /** Added to Jinja2's and Ansible's own; a name given here wins. The tables may grow. */
  readonly filters?: ReadonlyMap<string, Call>
  readonly tests?: ReadonlyMap<string, Call>
  /** What counts as Ansible's own besides what the engine has by itself. */
  readonly builtin?: { readonly filters: ReadonlyMap<string, Call>; readonly tests: ReadonlyMap<string, Call> }
  readonly globals?: ReadonlyMap<string, Value | Call>
  readonly loader?: Loader
  /** Ansible's `jinja2_native`. */
  readonly native?: boolean
  /** What to say of a filter or test that is not there, instead of "did you mean". */
  readonly explain?: (kind: 'filter' | 'test', name: string) => string | null
}

/** Filters, tests, globals and the way templates are written; compiles every source once. */
export class Environment implements Host {
  readonly syntax: SyntaxOptions
  readonly native: boolean
  readonly globals: ReadonlyMap<string, Value>
  readonly #options: EnvironmentOptions
  readonly #filters: readonly ReadonlyMap<string, Call>[]
  readonly #tests: readonly ReadonlyMap<string, Call>[]
  readonly #programs = new Map<string, Program>()
  readonly #conditions = new Map<string, Evaluate>()
  readonly #overlays = new Map<string, Environment>()

  constructor(options: EnvironmentOptions = {}) {
    this.#options = options
    this.native = options.native ?? false
    this.syntax = syntaxOf(options)
    this.globals = new Map([
      ...varyingGlobals(builtinGlobals(), false),
      ...varyingGlobals(asGlobals(options.globals ?? new Map()), true),
    ])
    this.#filters = [options.filters, options.builtin?.filters].filter((table) => table !== undefined)
    this.#tests = [options.tests, options.builtin?.tests].filter((table) => table !== undefined)
  }

  /** The same environment with some options changed. */
  overlay(options: EnvironmentOptions): Environment {
    return new Environment({ ...this.#options, ...options })
  }

  /**
   * A template, ready to render. `at` is where the source stands. A first line `#jinja2: key: value, …` changes the options for it.
   * Raises `template.syntax` for what can't be parsed, incl. unknown filters and tests.
   */
  compile(source: string, at: Position | null = null): Compiled {
    const header = templateHeader(source, at)
    if (header === null) return new Compiled(this, source, at)
    const line = source.slice(0, source.indexOf('\n') + 1)
    const overlay = this.#overlays.get(line) ?? this.overlay(header.options)
    this.#overlays.set(line, overlay)
    return new Compiled(overlay, header.source, at === null ? null : { ...at, line: at.line + 1, column: 1 })
  }

  /** A bare condition or expression, as `when:` and `until:` hold it. */
  expression(source: string, at: Position | null = null): Condition {
    const known = this.#conditions.get(source)
    if (known !== undefined) return new Condition(this, known, at)
    const fail = failing(at)
    const node = parseBare(source, { path: null }, { ...this.syntax, literal: false }, fail)
    const evaluate = new Compiler(this, new Set(), fail).evaluate(node)
    this.#conditions.set(source, evaluate)
    return new Condition(this, evaluate, at)
  }

  /** The program of a source; `literal` when strings inside `{{ }}` keep their backslashes, as in YAML values. */
  program(source: string, path: string | null, at: Position | null, literal: boolean): Program {
    const key = `${literal ? 'v' : 't'}${path ?? ''}\0${source}`
    const known = this.#programs.get(key)
    if (known !== undefined) return known
    const program = this.#compile(source, path, at, literal)
    this.#programs.set(key, program)
    return program
  }

  #compile(source: string, path: string | null, at: Position | null, literal: boolean): Program {
    const fail = failing(at)
    try {
      const tree = parseTemplate(source, { path }, { ...this.syntax, literal }, fail)
      const blocks = new Map<string, Step>()
      const body = compileBody(new Compiler(this, tree.assigned, fail), tree.body, blocks)
      return { unit: tree.unit, body, blocks }
    } catch (error) {
      const place = { unit: { path }, line: 1, column: 1 }
      if (error instanceof RangeError) return fail('the template nests too deeply', place)
      if (error instanceof Problem && error.at === undefined) return fail(error.detail ?? error.summary, place)
      throw error
    }
  }

  load(names: readonly string[], parent: string | null, optional: boolean): Program | null {
    for (const name of names) {
      const found = this.#options.loader?.(name, parent) ?? null
      if (found !== null) return this.program(found.source, found.path, null, false)
    }
    if (optional) return null
    const detail = names.length === 1 ? names[0]! : `none of the templates given were found: ${names.join(', ')}`
    throw new Problem({ code: 'template.missing', summary: 'A template is not there', detail })
  }

  filter(name: string): Call | null {
    return firstOf(this.#filters, builtinFilters(), name)
  }

  test(name: string): Call | null {
    return firstOf(this.#tests, builtinTests(), name)
  }

  filterNames(): Iterable<string> {
    return [...this.#filters, builtinFilters()].flatMap((table) => [...table.keys()])
  }

  testNames(): Iterable<string> {
    return [...this.#tests, builtinTests()].flatMap((table) => [...table.keys()])
  }

  explain(kind: 'filter' | 'test', name: string): string | null {
    return this.#options.explain?.(kind, name) ?? null
  }
}

/** What the caller brings wins; nobody knows whether it gives the same each time. */
function firstOf(
  given: readonly ReadonlyMap<string, Call>[],
  builtin: ReadonlyMap<string, Call>,
  name: string,
): Call | null {
  for (const table of given) {
    const found = resolveName(table, name)
    if (found !== null) return varying(found)
  }
  const own = resolveName(builtin, name)
  return own !== null && isVarying(name) ? varying(own) : own
}

function syntaxOf(options: EnvironmentOptions): SyntaxOptions {
  const given = Object.keys(defaultSyntax).filter((key) => options[key as keyof SyntaxOptions] !== undefined)
  return { ...defaultSyntax, ...Object.fromEntries(given.map((key) => [key, options[key as keyof SyntaxOptions]])) }
}

function failing(at: Position | null): FailPlace {
  return (detail, { unit, line, column }, hint) => {
    const file = unit.path ?? at?.file ?? '<template>'
    const relative = unit.path === null && at !== null
    const position = {
      file,
      line: relative ? at.line + line - 1 : line,
      column: relative ? at.column + column - 1 : column,
    }
    throw syntaxProblem(detail, position, hint)
  }
}
