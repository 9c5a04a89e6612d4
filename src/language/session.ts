import type { Files } from '../kernel/files.ts'
import { type Position, Problem, problemsOf, raise } from '../kernel/problem.ts'
import { type Dict, Template, type Value } from '../kernel/value.ts'
import { type Container, loadYaml, Positions } from '../kernel/yaml.ts'
import type { Play } from './model.ts'

export type LoaderOptions = {
  readonly files: Files
  /** Folders searched for roles after `roles/` beside the playbook (`roles_path`), and for `ansible_collections/`. */
  readonly rolesPath: readonly string[]
  readonly collectionsPaths: readonly string[]
  /** Whether there is such a module or control, by its name as written or with its collection. */
  isModule(name: string): boolean
  /** A playbook's folder or a role has been met: modules and plugins in it count from now on. */
  foundFolder(folder: string): void
  /** Names for "did you mean". */
  moduleNames(): Iterable<string>
  /** Whether `with_NAME` is a loop. */
  isLookup(name: string): boolean
  /** The text of a name that must be known before the play runs (`import_tasks: "{{ x }}.yml"`), from vars and extra vars only. */
  render(text: Template, play: Play | null, vars: Dict): string
  warn(text: string, at: Position | null): void
  /** Told of a key given twice in one dict; it may throw. */
  repeated(text: string, at: Position): void
  /** A keyword that is not known is a problem in a task, too, and not only a warning. */
  readonly unknownFails: boolean
}

/** What all parts of one loader share: the options, where things stand, and the problems found so far. */
export class Session {
  readonly options: LoaderOptions
  readonly positions = new Positions()
  #problems: Problem[] = []
  readonly #absent = new Set<string>()
  readonly #parsed = new Map<string, Value>()

  constructor(options: LoaderOptions) {
    this.options = options
  }

  get files(): Files {
    return this.options.files
  }

  get hasProblems(): boolean {
    return this.#problems.length > 0
  }

  report(details: ConstructorParameters<typeof Problem>[0]): void {
    this.#problems.push(new Problem(details))
  }

  /** A module that is not here has been named; each is told once. */
  absent(name: string, at: Position): void {
    if (this.#absent.has(name)) return
    this.#absent.add(name)
    this.options.warn(`there is no module '${name}' here: a task that names it fails when its turn comes`, at)
  }

  /** Runs a part; the problems it throws are kept with the others, and `null` stands for its result. */
  attempt<T>(action: () => T): T | null {
    try {
      return action()
    } catch (error) {
      const problems = problemsOf(error)
      if (problems === null) throw error
      this.#problems.push(...problems)
      return null
    }
  }

  /** Throws all problems found since the last time, each once. */
  finish(): void {
    const seen = new Set<string>()
    const problems = this.#problems.filter((problem) => {
      const key = JSON.stringify([problem.code, problem.message, problem.at])
      return seen.has(key) ? false : seen.add(key)
    })
    this.#problems = []
    raise(problems)
  }

  /** The values of a YAML file, read once; undefined if there is no such file. Syntax errors are kept as problems, null is returned. */
  yaml(path: string): Value | undefined {
    if (this.#parsed.has(path)) return this.#parsed.get(path)!
    const text = this.attempt(() => this.files.read(path) ?? undefined)
    if (text === undefined) return undefined
    const before = this.#problems.length
    const value = text === null ? null : this.parse(text, path)
    if (this.#problems.length === before) this.#parsed.set(path, value)
    return value
  }

  parse(text: string, path: string): Value {
    const { repeated } = this.options
    return this.attempt(() => loadYaml(text, path, { positions: this.positions, repeated }))
  }

  /** Where a dict or list starts; the file's start if it is a plain value. */
  at(value: Value, file: string): Position {
    return this.positions.of(value) ?? { file, line: 1, column: 1 }
  }

  key(container: Container, key: Value, otherwise: Position): Position {
    return this.positions.key(container, key) ?? otherwise
  }

  item(container: Container, key: Value, otherwise: Position): Position {
    return this.positions.item(container, key) ?? otherwise
  }

  /** Static text, a template in it rendered. */
  text(value: string | Template, play: Play | null, vars: Dict): string {
    return value instanceof Template ? this.options.render(value, play, vars) : value
  }
}

/** The type of a value in the words of the language. */
export function typeName(value: Value): string {
  if (value === null) return 'nothing'
  if (value instanceof Map) return 'a dict'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'string' || value instanceof Template) return 'text'
  if (typeof value === 'boolean') return `the boolean ${value}`
  return 'a number'
}

/** True for text, rendered or not. */
export function isText(value: Value | undefined): value is string | Template {
  return typeof value === 'string' || value instanceof Template
}
