import { Tuple, type Value } from '../../kernel/value.ts'
import { filterError, typeError, withinLimit } from '../problems.ts'
import { calls, noKwargs } from '../python/call.ts'
import { flag, optionalInteger, optionalText, text } from '../python/coerce.ts'
import { dictFrom } from '../python/dict.ts'
import { centerText, replaceText, splitText } from '../python/methods-string.ts'
import { percentFormat } from '../python/percent-format.ts'
import { str } from '../python/repr.ts'
import { capitalize, codePoints, splitLines, textLength } from '../python/text.ts'
import type { Call } from '../python/types.ts'
import { comment } from './comment.ts'
import { wordWrap } from './word-wrap.ts'

/** Filters of plain text. */
export const textFilters: ReadonlyMap<string, Call> = new Map<string, Call>([
  ...calls({
    'upper(s)': (_, value) => str(value).toUpperCase(),
    'lower(s)': (_, value) => str(value).toLowerCase(),
    'capitalize(s)': (_, value) => capitalize(str(value)),
    'title(s)': (_, value) => jinjaTitle(str(value)),
    'trim(value chars?)': (_, value, chars) => trim(str(value), chars),
    'center(value width?)': (_, value, width) => centerText(str(value), optionalInteger(width, 80, 'width')),
    'replace(s old new count?)': (_, value, old, by, count) => replaceText(str(value), str(old), str(by), count),
    'string(value)': (_, value) => str(value),
    'indent(s width? first? blank?)': (_, value, width, first, blank) =>
      indent(str(value), width, flag(first), flag(blank)),
    'truncate(s length? killwords? end? leeway?)': (_, value, length, kill, end, leeway) =>
      truncate(
        str(value),
        optionalInteger(length, 255, 'length'),
        flag(kill),
        optionalText(end, '...'),
        optionalInteger(leeway, 5, 'leeway'),
      ),
    'wordcount(s)': (_, value) => str(value).match(/[\p{L}\p{N}_]+/gu)?.length ?? 0,
    'wordwrap(s width? break_long_words? wrapstring? break_on_hyphens?)': (_, value, width, long, by, hyphens) =>
      splitLines(str(value))
        .map((line) =>
          wordWrap(line, optionalInteger(width, 79, 'width'), flag(long, true), flag(hyphens, true)).join(
            optionalText(by, '\n'),
          ),
        )
        .join(optionalText(by, '\n')),
    'quote(value)': (_, value) => quote(value === null ? '' : str(value)),
    'split(value sep? maxsplit?)': (_, value, separator, max) =>
      splitText(text(value, 'split: the value'), separator, max),
    'b64encode(string encoding?)': (_, value, encoding) =>
      Buffer.from(str(value), charset(encoding)).toString('base64'),
    'b64decode(string encoding?)': (_, value, encoding) =>
      Buffer.from(str(value), 'base64').toString(charset(encoding)),
  }),
  ['format', (args, kwargs) => format(args, kwargs)],
  ['comment', (args, kwargs) => comment(args, kwargs)],
])

function format(args: readonly Value[], kwargs: ReadonlyMap<string, Value>): string {
  if (args.length > 1 && kwargs !== noKwargs && kwargs.size > 0) {
    throw typeError("can't handle positional and keyword arguments at the same time")
  }
  const named = kwargs.size > 0 ? dictFrom(kwargs) : null
  return percentFormat(str(args[0]!), named ?? Tuple.of_(args.slice(1)))
}

/** Jinja2's `title`: words start after blanks, dashes and opening brackets. */
function jinjaTitle(value: string): string {
  return value
    .split(/([-\s({[<]+)/)
    .map((word) => capitalize(word))
    .join('')
}

function trim(value: string, chars: Value | undefined): string {
  if (chars === undefined || chars === null) return value.trim()
  const set = new Set(codePoints(text(chars, 'chars')))
  const points = codePoints(value)
  const from = points.findIndex((char) => !set.has(char))
  const to = points.findLastIndex((char) => !set.has(char))
  return from < 0 ? '' : points.slice(from, to + 1).join('')
}

function indent(value: string, width: Value | undefined, first: boolean, blank: boolean): string {
  const by =
    typeof width === 'string'
      ? width
      : ' '.repeat(withinLimit(Math.max(0, optionalInteger(width, 4, 'width')), 'the indent'))
  const lines = splitLines(`${value}\n`)
  const [head = '', ...rest] = lines
  const indented = blank ? rest.map((line) => by + line) : rest.map((line) => (line === '' ? line : by + line))
  const body = [head, ...indented].join('\n')
  return first ? by + body : body
}

function truncate(value: string, length: number, kill: boolean, end: string, leeway: number): string {
  if (length < textLength(end)) throw filterError(`expected length >= ${textLength(end)}, got ${length}`)
  const points = codePoints(value)
  if (points.length <= length + leeway) return value
  const cut = points.slice(0, length - textLength(end)).join('')
  if (kill) return cut + end
  const space = cut.lastIndexOf(' ')
  return (space < 0 ? cut : cut.slice(0, space)) + end
}

/** Python's `shlex.quote`. */
export function quote(value: string): string {
  if (value === '') return "''"
  return /^[\w@%+=:,./-]+$/.test(value) ? value : `'${value.replaceAll("'", "'\"'\"'")}'`
}

function charset(encoding: Value | undefined): BufferEncoding {
  const name = optionalText(encoding, 'utf-8').toLowerCase().replaceAll('_', '-')
  if (name === 'utf-8' || name === 'utf8') return 'utf8'
  if (name === 'ascii' || name === 'us-ascii') return 'ascii'
  if (name === 'latin-1' || name === 'latin1' || name === 'iso-8859-1') return 'latin1'
  if (name === 'utf-16-le' || name === 'utf-16le') return 'utf16le'
  throw filterError(`unknown encoding: ${name}`)
}
