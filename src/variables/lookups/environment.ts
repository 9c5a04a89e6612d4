import { createHash, randomInt } from 'node:crypto'
import { Problem } from '../../kernel/problem.ts'
import type { Value } from '../../kernel/value.ts'
import type { Lookup } from './lookup.ts'

const env: Lookup = {
  name: 'env',
  run: (terms, options, context) =>
    terms.map((term) => context.environment(String(term)) ?? options.get('default') ?? ''),
}

const pipe: Lookup = {
  name: 'pipe',
  effects: true,
  run: (terms, _, context) => terms.map((term) => context.run(String(term)).replace(/\s+$/, '')),
}

const vars: Lookup = {
  name: 'vars',
  run: (terms, options, context) =>
    terms.map((term) => {
      if (typeof term !== 'string') throw notText('vars', term)
      const value = context.scope.marked(term) ?? options.get('default')
      if (value !== undefined) return value
      throw new Problem({
        code: 'template.undefined',
        summary: 'Undefined variable',
        detail: `No variable found with this name: ${String(term)}`,
      })
    }),
}

const varnames: Lookup = {
  name: 'varnames',
  run(terms, _, context) {
    const names = [...context.scope.names()]
    return terms.flatMap((term) => {
      if (typeof term !== 'string') throw notText('varnames', term)
      const pattern = patternOf(term)
      return names.filter((name) => pattern.test(name))
    })
  },
}

function patternOf(source: string): RegExp {
  try {
    return new RegExp(source)
  } catch (error) {
    throw wrong('varnames', `Unable to use "${source}" as a search parameter: ${(error as Error).message}`)
  }
}

function notText(lookup: string, term: Value): Problem {
  return wrong(lookup, `Invalid setting identifier, "${String(term)}" is not a string`)
}

function wrong(lookup: string, detail: string): Problem {
  return new Problem({ code: 'lookup.terms', summary: `Lookup "${lookup}" can't use this`, detail })
}

const inventoryHostnames: Lookup = {
  name: 'inventory_hostnames',
  run: (terms, _, context) => {
    try {
      return [...context.hosts(terms.map(String).join(':'))]
    } catch (error) {
      // With `host_pattern_mismatch = error` a pattern without hosts is one; here it means none.
      if (error instanceof Problem && error.code === 'inventory.pattern') return []
      throw error
    }
  },
}

const CLASSES: { readonly [name: string]: string } = {
  ascii_lowercase: 'abcdefghijklmnopqrstuvwxyz',
  ascii_uppercase: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ',
  ascii_letters: 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ',
  digits: '0123456789',
  hexdigits: '0123456789abcdefABCDEF',
  octdigits: '01234567',
  punctuation: '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~',
}

/** A password kept in a file on the controller, made at random the first time (ansible.builtin.password). */
const password: Lookup = {
  name: 'password',
  effects: true,
  run: (terms, options, context) =>
    terms.map((term) => {
      const [path, ...pairs] = String(term).split(/\s+(?=\w+=)/)
      const given = new Map<string, Value>([
        ...options,
        ...pairs.map((pair) => pair.split(/=(.*)/s).slice(0, 2) as [string, string]),
      ])
      const target = path!.startsWith('/') ? path! : `${context.folder}/${path}`
      const known = path === '/dev/null' ? null : context.readText(target)
      if (known !== null) return known.split('\n')[0]!.replace(/ salt=\S*( ident=\S*)?$/, '')
      const made = generate(Number(given.get('length') ?? 20), charactersOf(given.get('chars')), given.get('seed'))
      if (path !== '/dev/null') context.write(target, `${made}\n`)
      return made
    }),
}

function charactersOf(chars: Value | undefined): string {
  const names =
    chars === undefined
      ? ['ascii_letters', 'digits', '.,:-_']
      : Array.isArray(chars)
        ? chars.map(String)
        : String(chars).split(',')
  return [...new Set(names.map((name) => CLASSES[name] ?? name).join(''))].join('')
}

function generate(length: number, characters: string, seed: Value | undefined): string {
  const pick = (index: number) =>
    seed === undefined
      ? randomInt(characters.length)
      : createHash('sha256')
          .update(`${String(seed)}:${index}`)
          .digest()
          .readUInt32BE(0) % characters.length
  return Array.from({ length }, (_, index) => characters[pick(index)]).join('')
}

export const ENVIRONMENT: readonly Lookup[] = [env, pipe, vars, varnames, inventoryHostnames, password]
