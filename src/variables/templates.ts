import type { Position } from '../kernel/problem.ts'
import { Problem } from '../kernel/problem.ts'
import type { Template, Value, VaultText } from '../kernel/value.ts'
import {
  type Call,
  type Compiled,
  carried,
  Environment,
  type EnvironmentOptions,
  str,
  takenFrom,
  truthy,
  Undefined,
  unmarked,
} from '../template/index.ts'
import { diskFilters } from './disk-filters.ts'
import { diskTests } from './disk-tests.ts'
import { findLookup } from './lookups/index.ts'
import type { FileFolder, Lookup, LookupContext } from './lookups/lookup.ts'
import { Scope } from './scope.ts'
import { NotYet } from './signals.ts'
import { templateVars } from './template-vars.ts'

/** The controller's side that templates reach through lookups and includes. */
export type TemplateIo = Omit<LookupContext, 'scope' | 'find' | 'renderFile' | 'folder' | 'folders' | 'subfolder'> & {
  decrypt(text: VaultText): string
}

/** Filters, tests and lookups of the playbook's owner; the tables may grow. */
export type TemplatePlugins = {
  readonly filters: ReadonlyMap<string, Call>
  readonly tests: ReadonlyMap<string, Call>
  readonly lookups: ReadonlyMap<string, Lookup>
  /** Filters of Ansible's own that need more than the template engine knows. */
  readonly builtin: ReadonlyMap<string, Call>
  /** What to say of one that is not there; null when nothing is known of it. */
  explain(kind: 'filter' | 'test' | 'lookup', name: string): string | null
}

export type TemplateSettings = {
  readonly native: boolean
  /** `hash_behaviour = merge`. */
  readonly mergeDicts: boolean
  /** What template files have as `ansible_managed`. */
  readonly managed: string
  /** A template with something undefined in it is a problem; else it stays as it is written. */
  readonly undefinedFails: boolean
}

/** The template engine with Ansible's lookups, for one run. Implements what the engine and scopes need. */
export class TemplateRunner {
  readonly #io: TemplateIo
  readonly #plugins: TemplatePlugins
  readonly #environment: Environment
  readonly #templates = new WeakMap<Template, Compiled>()
  readonly #files = new Map<string, Environment>()
  /** Folders of the files being rendered, innermost last: where their includes are looked for. */
  readonly #rendering: string[][] = []

  readonly mergeDicts: boolean
  readonly managed: string
  readonly #undefinedFails: boolean
  readonly native: boolean

  constructor(io: TemplateIo, plugins: TemplatePlugins, settings: TemplateSettings) {
    const { native, mergeDicts, managed, undefinedFails } = settings
    this.#io = io
    this.#plugins = plugins
    this.mergeDicts = mergeDicts
    this.managed = managed
    this.#undefinedFails = undefinedFails
    this.native = native
    const lookup: Call = (args, kwargs, context) =>
      this.#call(args, kwargs, scopeOf(context), kwargs.get('wantlist') === true)
    const query: Call = (args, kwargs, context) => this.#call(args, kwargs, scopeOf(context), true)
    this.#environment = new Environment({
      native,
      filters: plugins.filters,
      tests: plugins.tests,
      builtin: { filters: new Map([...diskFilters(io), ...plugins.builtin]), tests: diskTests() },
      explain: plugins.explain,
      globals: new Map([
        ['lookup', lookup],
        ['query', query],
        ['q', query],
      ]),
      loader: (name, parent) => this.#load(name, parent),
    })
  }

  render(template: Template, scope: Scope): Value {
    return this.#orAsWritten(template.source, () => this.#compiled(template).value(scope))
  }

  marked(template: Template, scope: Scope): Value {
    return this.#orAsWritten(template.source, () => this.#compiled(template).result(scope))
  }

  #compiled(template: Template): Compiled {
    let compiled = this.#templates.get(template)
    if (compiled === undefined) {
      compiled = this.#environment.compile(template.source, template.at)
      this.#templates.set(template, compiled)
    }
    return compiled
  }

  decrypt(text: VaultText): string {
    return this.#io.decrypt(text)
  }

  condition(source: string, at: Position | null, scope: Scope): boolean {
    return truthy(this.#environment.expression(source, at).evaluate(scope))
  }

  evaluate(source: string, at: Position | null, scope: Scope): Value | undefined {
    const value = this.#environment.expression(source, at).evaluate(scope)
    return value instanceof Undefined ? undefined : value
  }

  renderFile(text: string, path: string, options: { readonly [name: string]: Value }, scope: Scope): string {
    const compiled = this.#compileFile(text, path, options)
    this.#rendering.push([path.replace(/\/[^/]*$/, ''), ...searchFolders(scope)])
    try {
      return this.#orAsWritten(text, () => compiled.render(scope))
    } finally {
      this.#rendering.pop()
    }
  }

  /** `error_on_undefined_vars = False`. */
  #orAsWritten<Made extends Value>(source: string, render: () => Made): Made | string {
    if (this.#undefinedFails) return render()
    try {
      return render()
    } catch (error) {
      if (error instanceof Problem && error.code === 'template.undefined') return source
      throw error
    }
  }

  lookup(name: string, terms: readonly Value[], scope: Scope, subfolder: FileFolder): readonly Value[] {
    const values = this.#run(name, terms, new Map(), scope, subfolder)
    return values.map((value) => takenFrom(values as Value[], unmarked(value)))
  }

  #compileFile(text: string, path: string, options: { readonly [name: string]: Value }): Compiled {
    const key = JSON.stringify(options)
    let environment = this.#files.get(key)
    if (environment === undefined) {
      environment = this.#environment.overlay(syntaxOf(options))
      this.#files.set(key, environment)
    }
    return environment.compile(text, { file: path, line: 1, column: 1 })
  }

  #call(args: readonly Value[], kwargs: ReadonlyMap<string, Value>, scope: Scope, wantList: boolean): Value {
    const [name, ...given] = args
    const terms = given.map((term) => scope.render(term))
    const options = new Map([...kwargs].filter(([key]) => key !== 'wantlist' && key !== 'errors'))
    const errors = kwargs.get('errors') ?? 'strict'
    try {
      return joined(this.#run(str(name ?? ''), terms, options, scope), wantList)
    } catch (error) {
      if (!(error instanceof Problem) || errors === 'strict') throw error
      if (errors === 'warn') this.#io.warn(`lookup ${str(name ?? '')}: ${error.message}`)
      return wantList ? [] : null
    }
  }

  #run(
    name: string,
    terms: readonly Value[],
    options: ReadonlyMap<string, Value>,
    scope: Scope,
    subfolder: FileFolder = 'files',
  ): readonly Value[] {
    const lookup = this.#plugins.lookups.get(name) ?? findLookup(name)
    if (lookup === null) {
      throw new Problem({
        code: 'lookup.unknown',
        summary: 'Unknown lookup',
        detail: `lookup plugin (${name}) not found`,
        hint: this.#plugins.explain('lookup', name) ?? undefined,
      })
    }
    if (scope.foresight !== null) {
      if (lookup.effects === true) throw new NotYet(`lookup ${name}`)
      scope.foresight.readsController = true
    }
    const values = lookup.run(terms, options, this.#context(scope, subfolder))
    return carried([terms as Value[], ...terms], values as Value[]) as Value[]
  }

  #context(scope: Scope, subfolder: FileFolder): LookupContext {
    const folders = searchFolders(scope)
    return {
      ...this.#io,
      scope,
      subfolder,
      folders,
      folder: String(scope.lookup('playbook_dir') ?? '.'),
      find: (name, folder) => findIn(folders, folder, name, this.#io),
      renderFile: (path, vars, syntax) =>
        this.renderFile(
          this.#io.readText(path) ?? '',
          path,
          syntax,
          scope.with(templateVars(path, scope, this.managed)).with(vars),
        ),
    }
  }

  #load(name: string, parent: string | null): { source: string; path: string } | null {
    const own = parent === null ? [] : [parent.replace(/\/[^/]*$/, '')]
    for (const folder of [...own, ...(this.#rendering.at(-1) ?? [])]) {
      const path = findIn([folder], 'templates', name, this.#io)
      const source = path === null ? null : this.#io.readText(path)
      if (path !== null && source !== null) return { source, path }
    }
    return null
  }
}

function scopeOf(context: { readonly scope: unknown }): Scope {
  if (context.scope instanceof Scope) return context.scope
  throw new TypeError('lookups need a scope of variables')
}

/** One text of many, as `lookup` gives it; lists and dicts come alone or as a list. */
function joined(given: readonly Value[], wantList: boolean): Value {
  if (given.length === 1 && !wantList) return takenFrom(given as Value[], given[0]!)
  const values = carried([given as Value[]], given.map(unmarked)) as Value[]
  if (wantList) return values
  if (values.length > 0 && values.every((value) => typeof value === 'string')) return values.join(',')
  return values
}

function searchFolders(scope: Scope): string[] {
  const folders = scope.lookup('ansible_search_path')
  return Array.isArray(folders) ? folders.map(String) : []
}

/** A file in `FOLDER/kind/name` or `FOLDER/name` of the first folder that has it. */
function findIn(folders: readonly string[], kind: string, name: string, io: Pick<TemplateIo, 'kind'>): string | null {
  if (name.startsWith('/')) return io.kind(name) === null ? null : name
  for (const folder of folders) {
    for (const path of [`${folder}/${kind}/${name}`, `${folder}/${name}`]) if (io.kind(path) !== null) return path
  }
  return null
}

/** Arguments of the `template` module → options of the template engine. */
function syntaxOf(options: { readonly [name: string]: Value }): EnvironmentOptions {
  const names: { readonly [name: string]: keyof EnvironmentOptions } = {
    trim_blocks: 'trimBlocks',
    lstrip_blocks: 'lstripBlocks',
    newline_sequence: 'newlineSequence',
    block_start_string: 'blockStart',
    block_end_string: 'blockEnd',
    variable_start_string: 'variableStart',
    variable_end_string: 'variableEnd',
    comment_start_string: 'commentStart',
    comment_end_string: 'commentEnd',
  }
  const given = Object.entries(options).filter(([name, value]) => names[name] !== undefined && value !== undefined)
  return Object.fromEntries(given.map(([name, value]) => [names[name]!, value])) as EnvironmentOptions
}
