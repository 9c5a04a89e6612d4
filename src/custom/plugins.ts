import { Problem } from '../kernel/problem.ts'
import type { Value } from '../kernel/value.ts'
import type { Call } from '../template/index.ts'
import type { Lookup, LookupContext } from '../variables/lookups/lookup.ts'
import { fromPlain, toPlain } from './plain.ts'

export type Kind = 'filter' | 'test' | 'lookup'
export const KINDS: readonly Kind[] = ['filter', 'test', 'lookup']

/** What one file of plugins exports. */
export type Plugins = {
  readonly filters: ReadonlyMap<string, Call>
  readonly tests: ReadonlyMap<string, Call>
  readonly lookups: readonly Lookup[]
}

type Importer = { importFile(path: string): Promise<unknown> }
type Plain = (...args: unknown[]) => unknown

/** Whether a file of a plugin folder holds plugins: JavaScript, or TypeScript that nobody has translated. */
export function isPluginFile(name: string, beside: readonly string[]): boolean {
  if (/\.[mc]?js$/.test(name)) return true
  const stem = /^(.*)(?<!\.d)\.m?ts$/.exec(name)?.[1]
  return stem !== undefined && !beside.some((other) => /\.[mc]?js$/.test(other) && other.startsWith(`${stem}.`))
}

export function isForeignPlugin(name: string): boolean {
  return name.endsWith('.py') && !name.startsWith('__')
}

/** Imports a file and wraps what it exports as `filters`, `tests` and `lookups`. */
export async function readPlugins(path: string, io: Importer): Promise<Plugins> {
  if (/\.m?ts$/.test(path) && !runsTypeScript()) throw typeScript(path)
  const exported = await importPlain(path, io)
  const table = (name: string) => functionsOf(exported[name], name, path)
  const [filters, tests, lookups] = [table('filters'), table('tests'), table('lookups')]
  if (filters.length + tests.length + lookups.length === 0) throw noExports(path)
  return {
    filters: new Map(filters.map(([name, run]) => [name, callOf(`filter "${name}"`, path, run)])),
    tests: new Map(tests.map(([name, run]) => [name, callOf(`test "${name}"`, path, run)])),
    lookups: lookups.map(([name, run]) => lookupOf(name, path, run)),
  }
}

/** Newer versions of Node run TypeScript by leaving its types out. */
function runsTypeScript(): boolean {
  return Boolean((process.features as { readonly typescript?: string | false }).typescript)
}

async function importPlain(path: string, io: Importer): Promise<{ readonly [name: string]: unknown }> {
  try {
    const exported = (await io.importFile(path)) as { readonly default?: object }
    return { ...(typeof exported.default === 'object' ? exported.default : {}), ...exported }
  } catch (error) {
    throw new Problem({
      code: 'plugin.load',
      summary: 'Plugin that cannot be loaded',
      detail: `${path}: ${error instanceof Error ? error.message : String(error)}`,
      cause: error,
    })
  }
}

function functionsOf(table: unknown, kind: string, path: string): [string, Plain][] {
  if (table === undefined) return []
  const entries = typeof table === 'object' && table !== null ? Object.entries(table) : []
  const wrong = entries.find(([, run]) => typeof run !== 'function')
  if (entries.length > 0 && wrong === undefined) return entries as [string, Plain][]
  throw new Problem({
    code: 'plugin.exports',
    summary: 'Plugin that exports something else',
    detail: `${path}: "${kind}" must be an object of functions${wrong === undefined ? '' : `, but "${wrong[0]}" is none`}`,
  })
}

/** Keyword arguments come as an object behind the others. */
function callOf(what: string, path: string, run: Plain): Call {
  return (args, kwargs) => {
    const plain = args.map((value) => toPlain(value))
    return guarded(what, path, () => run(...plain, ...(kwargs.size === 0 ? [] : [toPlain(new Map(kwargs))])))
  }
}

function lookupOf(name: string, path: string, run: Plain): Lookup {
  return {
    name,
    effects: true,
    run: (terms, options, context) => {
      const plain = terms.map((term) => toPlain(term))
      const found = guarded(`lookup "${name}"`, path, () =>
        run(plain, toPlain(new Map(options)), lookupContext(context)),
      )
      return Array.isArray(found) ? (found as Value[]) : [found]
    },
  }
}

/** What a lookup may ask for: variables, and the paths of files where Ansible would look for them. */
function lookupContext(context: LookupContext): object {
  return {
    variable: (name: string) => {
      const value = context.scope.lookup(name)
      return value === undefined ? undefined : toPlain(value)
    },
    find: (name: string, folder = 'files') => context.find(name, folder),
    folder: context.folder,
  }
}

function guarded(what: string, path: string, run: () => unknown): Value {
  const failed = (detail: string, cause?: unknown) =>
    new Problem({ code: 'plugin.failed', summary: 'A plugin failed', detail: `${what} of ${path}: ${detail}`, cause })
  let result: unknown
  try {
    result = run()
  } catch (error) {
    throw error instanceof Problem ? error : failed(error instanceof Error ? error.message : String(error), error)
  }
  if (result instanceof Promise) {
    result.catch(() => undefined)
    throw failed('it gives a promise, but a template is rendered in one go: make it a plain function')
  }
  return fromPlain(result, (wrong) => failed(`it gives ${wrong}, which is no value of a playbook`))
}

function typeScript(path: string): Problem {
  return new Problem({
    code: 'plugin.typescript',
    summary: 'Plugin in TypeScript',
    detail: `${path}: this version of Node (${process.version}) does not run TypeScript`,
    hint: `translate it once (npx esbuild ${path} --outfile=${path.replace(/\.m?ts$/, '.mjs')}), or use Node 22.18 or newer`,
  })
}

function noExports(path: string): Problem {
  return new Problem({
    code: 'plugin.exports',
    summary: 'Plugin that exports nothing',
    detail: `${path} exports neither "filters" nor "tests" nor "lookups"`,
    hint: 'write for instance: export const filters = { shout: (value) => value.toUpperCase() }',
  })
}
