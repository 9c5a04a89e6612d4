import { type Position, Problem } from '../kernel/problem.ts'
import { parseLiteral } from './python/literal.ts'
import { strip } from './python/text.ts'
import type { SyntaxOptions } from './syntax/options.ts'

const marker = '#jinja2:'

const keys: ReadonlyMap<string, keyof SyntaxOptions> = new Map<string, keyof SyntaxOptions>([
  ['block_start_string', 'blockStart'],
  ['block_end_string', 'blockEnd'],
  ['variable_start_string', 'variableStart'],
  ['variable_end_string', 'variableEnd'],
  ['comment_start_string', 'commentStart'],
  ['comment_end_string', 'commentEnd'],
  ['trim_blocks', 'trimBlocks'],
  ['lstrip_blocks', 'lstripBlocks'],
  ['keep_trailing_newline', 'keepTrailingNewline'],
  ['newline_sequence', 'newlineSequence'],
])

/** What a template's `#jinja2:` line asks for and the source without it; null when there is no such line. */
export function templateHeader(
  source: string,
  at: Position | null = null,
): { readonly source: string; readonly options: Partial<SyntaxOptions> } | null {
  if (!source.startsWith(marker)) return null
  const end = source.indexOf('\n')
  const line = source.slice(marker.length, end < 0 ? source.length : end)
  const options = line.split(',').map((pair) => override(pair, at))
  return { source: end < 0 ? '' : source.slice(end + 1), options: Object.fromEntries(options.flat()) }
}

function override(pair: string, at: Position | null): [string, unknown][] {
  const colon = pair.indexOf(':')
  if (colon < 0) throw headerProblem(`'${strip(pair)}' is no "key: value"`, at)
  const value = parseLiteral(strip(pair.slice(colon + 1)), false)
  const key = keys.get(strip(pair.slice(0, colon)))
  if (value === undefined) throw headerProblem(`the value of '${strip(pair)}' is no literal`, at)
  return key === undefined ? [] : [[key, value]]
}

function headerProblem(detail: string, at: Position | null): Problem {
  const hint = 'write for example #jinja2: trim_blocks: True, lstrip_blocks: True'
  return new Problem({ code: 'template.header', summary: 'The #jinja2 line can not be read', detail, hint, at })
}
