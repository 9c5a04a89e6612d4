import { coerce } from './coerce.ts'
import type { Homes } from './controller.ts'
import type { Json, JsonObject } from './json.ts'
import { raise } from './problem.ts'
import { Secret } from './secret.ts'
import { validate } from './validate.ts'

export type ArgType = 'str' | 'int' | 'float' | 'bool' | 'list' | 'dict' | 'path' | 'raw' | 'json' | 'secret'

/** One argument of a module, as data. `T` is what the module sees. */
export type Arg<T> = {
  readonly type: ArgType
  readonly description: string
  readonly required: boolean
  readonly default: Json | undefined
  readonly aliases: readonly string[]
  readonly choices: readonly (string | number | boolean)[] | null
  /** Type of a list's items. */
  readonly elements: ArgType | null
  /** Arguments of a dict, or of each dict in a list. */
  readonly options: ArgSpecs | null
  /** Only carries the type. */
  readonly seen?: T
}

export type ArgSpecs = { readonly [name: string]: Arg<unknown> }

type Options<T> = {
  required?: true
  default?: T
  aliases?: readonly string[]
}
type Seen<T, O> = O extends { required: true }
  ? T
  : O extends { default: infer D }
    ? undefined extends D
      ? T | undefined
      : T
    : T | undefined

/** The type a module sees for its specs. */
export type ArgsOf<S extends ArgSpecs> = { readonly [K in keyof S]: S[K] extends Arg<infer T> ? T : never }

export type ArgRules = {
  readonly exclusive?: readonly (readonly string[])[]
  readonly together?: readonly (readonly string[])[]
  readonly oneOf?: readonly (readonly string[])[]
  /** [argument, value, needed arguments, any one of them is enough] */
  readonly requiredIf?: readonly (readonly [string, Json, readonly string[], boolean?])[]
  /** `requiredBy: { a: ['b'] }`: a needs b. */
  readonly requiredBy?: { readonly [name: string]: readonly string[] }
  /** The argument that takes free text (`command: uptime`). */
  readonly freeForm?: string
}

export type ArgsSchema<Args> = {
  readonly specs: ArgSpecs
  readonly rules: ArgRules
  /**
   * Raw arguments (rendered, as YAML gave them) → typed arguments, by Ansible's conversions (argument_spec), with defaults filled in.
   * `home` replaces a leading `~` of paths. Raises every `args.*` problem found, together.
   */
  check(given: JsonObject, home: Homes): Args
}

/** The schema of a module's arguments: one source for the check, the documentation, the editor's schema and the type. */
export function args<const S extends ArgSpecs>(specs: S, rules: ArgRules = {}): ArgsSchema<ArgsOf<S>> {
  return {
    specs,
    rules,
    check: (given, home) => checkArgs(specs, rules, given, home) as ArgsOf<S>,
  }
}

/** Makers of arguments: `arg.path('Where the file is', { required: true })`. */
export const arg = {
  str: <const O extends Options<string>>(description: string, options?: O): Arg<Seen<string, O>> =>
    make('str', description, options),
  int: <const O extends Options<number>>(description: string, options?: O): Arg<Seen<number, O>> =>
    make('int', description, options),
  float: <const O extends Options<number>>(description: string, options?: O): Arg<Seen<number, O>> =>
    make('float', description, options),
  bool: <const O extends Options<boolean>>(description: string, options?: O): Arg<Seen<boolean, O>> =>
    make('bool', description, options),
  /** A path on the host; a leading `~` is the home of the user the task runs as. */
  path: <const O extends Options<string>>(description: string, options?: O): Arg<Seen<string, O>> =>
    make('path', description, options),
  /** Anything, unconverted. */
  raw: <const O extends Options<Json>>(description: string, options?: O): Arg<Seen<Json, O>> =>
    make('raw', description, options),
  /** A value turned into JSON text when it is not text already. */
  json: <const O extends Options<string>>(description: string, options?: O): Arg<Seen<string, O>> =>
    make('json', description, options),
  /** A password or key: never printed. */
  secret: <const O extends Omit<Options<string>, 'default'>>(description: string, options?: O): Arg<Seen<Secret, O>> =>
    make('secret', description, options),
  dict: <const O extends Options<JsonObject>>(description: string, options?: O): Arg<Seen<JsonObject, O>> =>
    make('dict', description, options),
  choice: <const C extends readonly (string | number | boolean)[], const O extends Options<C[number]>>(
    choices: C,
    description: string,
    options?: O,
  ): Arg<Seen<C[number], O>> => ({ ...make('str', description, options), choices }) as Arg<Seen<C[number], O>>,
  list: <const O extends Options<readonly string[]>>(
    description: string,
    options?: O,
  ): Arg<Seen<readonly string[], O>> =>
    ({ ...make('list', description, options), elements: 'str' }) as Arg<Seen<readonly string[], O>>,
  /** A list whose items are of another type than text. */
  listOf: <T extends Json, const O extends Options<readonly T[]>>(
    elements: ArgType,
    description: string,
    options?: O,
  ): Arg<Seen<readonly T[], O>> => ({ ...make('list', description, options), elements }) as Arg<Seen<readonly T[], O>>,
  /** A dict with arguments of its own. */
  options: <const S extends ArgSpecs, const O extends { required?: true; aliases?: readonly string[] }>(
    specs: S,
    description: string,
    options?: O,
  ): Arg<Seen<ArgsOf<S>, O>> =>
    ({ ...make('dict', description, options), options: specs }) as unknown as Arg<Seen<ArgsOf<S>, O>>,
  /** A list of dicts with arguments of their own. */
  listOfOptions: <const S extends ArgSpecs, const O extends { required?: true; aliases?: readonly string[] }>(
    specs: S,
    description: string,
    options?: O,
  ): Arg<Seen<readonly ArgsOf<S>[], O>> =>
    ({ ...make('list', description, options), elements: 'dict', options: specs }) as unknown as Arg<
      Seen<readonly ArgsOf<S>[], O>
    >,
}

function make<T>(type: ArgType, description: string, options: Options<Json> | undefined): Arg<T> {
  return {
    type,
    description,
    required: options?.required ?? false,
    default: options?.default,
    aliases: options?.aliases ?? [],
    choices: null,
    elements: null,
    options: null,
  }
}

function checkArgs(specs: ArgSpecs, rules: ArgRules, given: JsonObject, home: Homes): { [name: string]: unknown } {
  const { values, problems } = coerce(specs, given, home)
  raise([...problems, ...validate(specs, rules, values, given)])
  return wrapSecrets(specs, values)
}

function wrapSecrets(specs: ArgSpecs, values: { [name: string]: unknown }): { [name: string]: unknown } {
  for (const [name, spec] of Object.entries(specs)) {
    const value = values[name]
    if (value === undefined || value === null) values[name] = undefined
    else if (spec.type === 'secret') values[name] = new Secret(value as string)
    else if (spec.options !== null) {
      for (const item of Array.isArray(value) ? value : [value])
        wrapSecrets(spec.options, item as { [name: string]: unknown })
    }
  }
  return values
}
