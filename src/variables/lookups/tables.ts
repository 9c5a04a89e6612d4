import { Problem } from '../../kernel/problem.ts'
import { pythonRegex } from '../../kernel/python-regex.ts'
import type { Value } from '../../kernel/value.ts'
import { readCsv, str } from '../../template/index.ts'
import { IniFile } from './ini-file.ts'
import { isTrue } from './is-true.ts'
import { type Lookup, type LookupContext, readFound } from './lookup.ts'

/** The column beside a key in a table of text (ansible.builtin.csvfile). Problem `lookup.terms`. */
const csvfile: Lookup = {
  name: 'csvfile',
  run: (terms, options, context) =>
    terms.flatMap((term) => {
      const { key, given } = parsed('csvfile', str(term), options, CSV_OPTIONS)
      const delimiter = str(given.get('delimiter') ?? 'TAB')
      const text = readFound(context, str(given.get('file') ?? 'ansible.csv'), 'files', encodingOf(given))
      const rows = readCsv(text, ['TAB', 't', '\\t'].includes(delimiter) ? '\t' : delimiter)
      const row = rows.find((cells) => cells[0] === key)
      if (row === undefined) return given.has('default') ? [given.get('default')!] : []
      const column = Number(given.get('col') ?? 1)
      const cell = row.at(column)
      if (cell === undefined) throw wrong('csvfile', `there is no column ${column} in the row of "${key}"`)
      return [cell]
    }),
}

const CSV_OPTIONS = ['file', 'delimiter', 'col', 'default', 'encoding']

/** Values of an INI file or of properties (ansible.builtin.ini). Problem `lookup.terms`. */
const ini: Lookup = {
  name: 'ini',
  run: (terms, options, context) =>
    terms.flatMap((term) => {
      const { key, given } = parsed('ini', str(term), options, INI_OPTIONS)
      const properties = given.get('type') === 'properties'
      const section = properties ? 'java_properties' : str(given.get('section') ?? 'global')
      const file = openIni(given, properties, context)
      if (isTrue(given.get('re'))) {
        const pattern = pythonRegex(key)
        const entries = [...file.entries(section)].filter(([name]) => new RegExp(pattern).exec(name)?.index === 0)
        return entries.map(([, value]) => value)
      }
      const value = file.value(section, key)
      return value === null ? [] : [value ?? given.get('default') ?? '']
    }),
}

const INI_OPTIONS = [
  'type',
  'file',
  'section',
  're',
  'encoding',
  'default',
  'case_sensitive',
  'allow_no_value',
  'allow_none',
]

function openIni(given: ReadonlyMap<string, Value>, properties: boolean, context: LookupContext): IniFile {
  const name = str(given.get('file') ?? 'ansible.ini')
  const truth = (option: string) => isTrue(given.get(option))
  const text = readFound(context, name, 'files', encodingOf(given))
  return new IniFile(properties ? `[java_properties]\n${text}` : text, {
    caseSensitive: truth('case_sensitive'),
    noValues: truth('allow_no_value') || truth('allow_none'),
    fail: (detail) => wrong('ini', `${name}: ${detail}`),
  })
}

/** `key file=f option=…`: what follows the key wins over the options of the call. */
function parsed(
  lookup: string,
  term: string,
  options: ReadonlyMap<string, Value>,
  known: readonly string[],
): { key: string; given: ReadonlyMap<string, Value> } {
  const words = term.trim().split(/\s+(?=\w+=)/)
  const [key = '', ...pairs] = /^\w+=/.test(words[0]!) ? ['', ...words] : words
  const own = pairs.map((pair) => pair.split(/=(.*)/s).slice(0, 2) as [string, string])
  const unknown = own.find(([name]) => !known.includes(name))
  if (unknown !== undefined) throw wrong(lookup, `${unknown[0]} is not a valid option`)
  if (key === '') {
    throw wrong(
      lookup,
      lookup === 'ini'
        ? 'No key to lookup was provided as first term with in string inline option'
        : 'Search key is required but was not found',
    )
  }
  return { key, given: new Map<string, Value>([...options, ...own]) }
}

function encodingOf(given: ReadonlyMap<string, Value>): string {
  return str(given.get('encoding') ?? 'utf-8')
}

export const TABLES: readonly Lookup[] = [csvfile, ini]

function wrong(lookup: string, detail: string): Problem {
  return new Problem({ code: 'lookup.terms', summary: `Lookup "${lookup}" can't use this`, detail })
}
