import type { Dict, Value } from '../../kernel/value.ts'
import { filterError } from '../problems.ts'
import { calls } from '../python/call.ts'
import { flag, optionalText } from '../python/coerce.ts'
import { dictSet } from '../python/dict.ts'
import { str } from '../python/repr.ts'
import { listOf } from '../python/sequence.ts'
import type { Call } from '../python/types.ts'

/** `from_csv` of community.general: rows as dicts, by the rules of Python's csv.DictReader. */
export const csvFilters: ReadonlyMap<string, Call> = calls({
  'from_csv(data dialect? fieldnames? delimiter? skipinitialspace? strict?)': (_, data, dialect, names, ...more) => {
    const [delimiter, skip, strict] = more
    const usual = DELIMITERS.get(optionalText(dialect, 'excel'))
    if (usual === undefined) throw filterError(`Dialect '${str(dialect!)}' is not supported by your version of python.`)
    const options = { delimiter: optionalText(delimiter, usual), skip: flag(skip), strict: flag(strict) }
    if ([...options.delimiter].length !== 1)
      throw filterError('Unable to create custom dialect: "delimiter" must be a 1-character string')
    return dicts(readRows(str(data).replace(/^\ufeff/, ''), options), names)
  },
})

const DELIMITERS: ReadonlyMap<string, string> = new Map([
  ['excel', ','],
  ['excel-tab', '\t'],
  ['unix', ','],
])

type Options = { readonly delimiter: string; readonly skip: boolean; readonly strict: boolean }

/** The first row names the fields unless names are given; what has no name stands in a list below None. */
function dicts(rows: string[][], given: Value | undefined): Dict[] {
  const names = given === undefined || given === null ? (rows.shift() ?? []) : listOf(given)
  return rows
    .filter((row) => row.length > 0)
    .map((row) => {
      const dict: Dict = new Map()
      for (const [index, name] of names.entries()) dictSet(dict, name, row[index] ?? null)
      if (row.length > names.length) dict.set(null, row.slice(names.length))
      return dict
    })
}

/** The rows of a table by the rules of Python's csv.reader. */
export function readCsv(text: string, delimiter: string): string[][] {
  return readRows(text, { delimiter, skip: false, strict: false })
}

function readRows(text: string, { delimiter, skip, strict }: Options): string[][] {
  const rows: string[][] = []
  let row: string[] = []
  let field = ''
  let state: 'start' | 'plain' | 'quoted' | 'closed' = 'start'
  const endRow = () => {
    if (state !== 'start' || row.length > 0) row.push(field)
    rows.push(row)
    row = []
    field = ''
    state = 'start'
  }
  for (let index = 0; index < text.length; index++) {
    const character = text[index]!
    if (state === 'quoted') {
      if (character === '"') state = 'closed'
      else field += character
    } else if (character === '\n') endRow()
    else if (character === '\r') {
      if (index + 1 < text.length && text[index + 1] !== '\n')
        throw filterError('Unable to process file: new-line character seen in unquoted field')
    } else if (character === delimiter) {
      row.push(field)
      field = ''
      state = 'start'
      // An empty last field counts once the row has a delimiter.
      if (index + 1 === text.length) state = 'plain'
    } else if (state === 'start' && character === '"') state = 'quoted'
    else if (state === 'start' && character === ' ' && skip) continue
    else if (state === 'closed' && character === '"') {
      field += '"'
      state = 'quoted'
    } else {
      if (state === 'closed' && strict) throw filterError(`Unable to process file: '${delimiter}' expected after '"'`)
      field += character
      state = 'plain'
    }
  }
  if (strict && state === ('quoted' as typeof state))
    throw filterError('Unable to process file: unexpected end of data')
  if (state !== 'start' || row.length > 0) endRow()
  return rows
}
