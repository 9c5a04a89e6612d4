import { Problem } from '../../kernel/problem.ts'
import { pythonRegex } from '../../kernel/python-regex.ts'
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
      return names.filter((name) => name.search(pattern) >= 0)
    })
  },
}

function patternOf(source: string): RegExp {
  try {
    return pythonRegex(source)
  } catch (error) {
    throw wrong(
      'varnames',
      `Unable to use "${source}" as a search parameter: ${error instanceof Problem ? (error.detail ?? error.summary) : String(error)}`,
    )
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

export const ENVIRONMENT: readonly Lookup[] = [env, pipe, vars, varnames, inventoryHostnames]
