import { Tuple, type Value } from '../../kernel/value.ts'
import { lookupError, typeError, valueError, withinLimit } from '../problems.ts'
import { type Body, calls } from './call.ts'
import { flag, integer, optionalInteger, text } from './coerce.ts'
import { dictGet, isMapping } from './dict.ts'
import { formatMethod } from './format-method.ts'
import { iterate } from './sequence.ts'
import {
  capitalize,
  codePointIndex,
  codePoints,
  splitLines,
  splitWords,
  stripEnd,
  stripStart,
  textLength,
  titleCase,
} from './text.ts'
import { typeName } from './type-name.ts'
import type { Call } from './types.ts'

type Transform = (text: string) => string
const simple =
  (transform: Transform): Body =>
  (_, self) =>
    transform(self as string)
const predicate =
  (test: (text: string) => boolean): Body =>
  (_, self) =>
    test(self as string)

/** Python's `str` methods. */
export const stringMethods: ReadonlyMap<string, Call> = new Map<string, Call>([
  ...calls({
    'upper(self)': simple((s) => s.toUpperCase()),
    'lower(self)': simple((s) => s.toLowerCase()),
    'casefold(self)': simple((s) => s.toLowerCase().replaceAll('ß', 'ss')),
    'capitalize(self)': simple(capitalize),
    'title(self)': simple(titleCase),
    'swapcase(self)': simple(swapCase),
    'strip(self chars?)': (_, self, chars) => stripChars(self as string, chars, true, true),
    'lstrip(self chars?)': (_, self, chars) => stripChars(self as string, chars, true, false),
    'rstrip(self chars?)': (_, self, chars) => stripChars(self as string, chars, false, true),
    'removeprefix(self prefix)': (_, self, prefix) => {
      const start = text(prefix, 'prefix')
      return (self as string).startsWith(start) ? (self as string).slice(start.length) : self
    },
    'removesuffix(self suffix)': (_, self, suffix) => {
      const end = text(suffix, 'suffix')
      return end !== '' && (self as string).endsWith(end) ? (self as string).slice(0, -end.length) : self
    },
    'split(self sep? maxsplit?)': (_, self, separator, max) => splitText(self as string, separator, max),
    'rsplit(self sep? maxsplit?)': (_, self, separator, max) => splitFromEnd(self as string, separator, max),
    'splitlines(self keepends?)': (_, self, keep) => splitLines(self as string, flag(keep)),
    'partition(self sep)': (_, self, separator) => partition(self as string, text(separator, 'separator'), false),
    'rpartition(self sep)': (_, self, separator) => partition(self as string, text(separator, 'separator'), true),
    'join(self iterable)': (_, self, items) => joinText(self as string, items),
    'replace(self old new count?)': (_, self, old, by, count) =>
      replaceText(self as string, text(old, 'replace() argument 1'), text(by, 'replace() argument 2'), count),
    'startswith(self prefix start? end?)': (_, self, prefix, start, end) =>
      candidates(prefix).some((one) => part(self as string, start, end).startsWith(one)),
    'endswith(self suffix start? end?)': (_, self, suffix, start, end) =>
      candidates(suffix).some((one) => part(self as string, start, end).endsWith(one)),
    'find(self sub start? end?)': (_, self, sub, start, end) => findText(self as string, sub, start, end, false),
    'rfind(self sub start? end?)': (_, self, sub, start, end) => findText(self as string, sub, start, end, true),
    'index(self sub start? end?)': (_, self, sub, start, end) =>
      found(findText(self as string, sub, start, end, false)),
    'rindex(self sub start? end?)': (_, self, sub, start, end) =>
      found(findText(self as string, sub, start, end, true)),
    'count(self sub start? end?)': (_, self, sub, start, end) =>
      countText(part(self as string, start, end), text(sub, 'must be str')),
    'center(self width fillchar?)': (_, self, width, fill) => centerText(self as string, integer(width, 'width'), fill),
    'ljust(self width fillchar?)': (_, self, width, fill) => self + padding(self as string, width, fill),
    'rjust(self width fillchar?)': (_, self, width, fill) => padding(self as string, width, fill) + self,
    'zfill(self width)': (_, self, width) => zeroFill(self as string, integer(width, 'width')),
    'expandtabs(self tabsize?)': (_, self, size) => expandTabs(self as string, optionalInteger(size, 8, 'tabsize')),
    'encode(self encoding? errors?)': (_, self) => self,
    'decode(self encoding? errors?)': (_, self) => self,
    'isdigit|isdecimal|isnumeric(self)': predicate((s) => /^\p{Nd}+$/u.test(s)),
    'isalpha(self)': predicate((s) => /^\p{L}+$/u.test(s)),
    'isalnum(self)': predicate((s) => /^[\p{L}\p{N}]+$/u.test(s)),
    'isspace(self)': predicate((s) => /^\s+$/.test(s)),
    'isupper(self)': predicate((s) => s === s.toUpperCase() && s !== s.toLowerCase()),
    'islower(self)': predicate((s) => s === s.toLowerCase() && s !== s.toUpperCase()),
    'istitle(self)': predicate((s) => s === titleCase(s) && s.toLowerCase() !== s.toUpperCase()),
    'isascii(self)': predicate((s) => /^[\x00-\x7f]*$/.test(s)),
    'isidentifier(self)': predicate((s) => /^[\p{L}_][\p{L}\p{N}_]*$/u.test(s)),
    'isprintable(self)': predicate((s) => !/[\p{C}\p{Zl}\p{Zp}]/u.test(s)),
    'format_map(self mapping)': (_, self, mapping) => formatMethod(self as string, [], mapLookup(mapping)),
    'translate(self table)': (_, self, table) => translate(self as string, table),
  }),
  ['format', (args, kwargs) => formatMethod(args[0] as string, args.slice(1), (name) => kwargs.get(name))],
])

function mapLookup(mapping: Value): (name: string) => Value | undefined {
  if (!isMapping(mapping)) throw typeError(`format_map() takes a mapping, not ${typeName(mapping)}`)
  return (name) => dictGet(mapping, name)
}

function swapCase(value: string): string {
  return codePoints(value)
    .map((char) => (char === char.toUpperCase() ? char.toLowerCase() : char.toUpperCase()))
    .join('')
}

function stripChars(value: string, chars: Value | undefined, start: boolean, end: boolean): string {
  if (chars === undefined || chars === null) {
    const trimmed = start ? stripStart(value) : value
    return end ? stripEnd(trimmed) : trimmed
  }
  const set = new Set(codePoints(text(chars, 'strip arg')))
  const points = codePoints(value)
  let from = 0
  let to = points.length
  while (start && from < to && set.has(points[from]!)) from++
  while (end && to > from && set.has(points[to - 1]!)) to--
  return points.slice(from, to).join('')
}

/** Python's `split`: on runs of whitespace without a separator, at most `max` times. */
export function splitText(value: string, separator: Value | undefined, max: Value | undefined): Value[] {
  const limit = optionalInteger(max, -1, 'maxsplit')
  if (separator === undefined || separator === null) return limit < 0 ? splitWords(value) : splitSomeWords(value, limit)
  const by = text(separator, 'separator')
  if (by === '') throw valueError('empty separator')
  const parts = value.split(by)
  return limit < 0 || parts.length <= limit + 1 ? parts : [...parts.slice(0, limit), parts.slice(limit).join(by)]
}

function splitSomeWords(value: string, limit: number): string[] {
  const words: string[] = []
  let rest = stripStart(value)
  while (rest !== '' && words.length < limit) {
    const [word] = splitWords(rest) as [string]
    words.push(word)
    rest = stripStart(rest.slice(word.length))
  }
  return rest === '' ? words : [...words, stripEnd(rest)]
}

function splitFromEnd(value: string, separator: Value | undefined, max: Value | undefined): Value[] {
  const limit = optionalInteger(max, -1, 'maxsplit')
  if (limit < 0) return splitText(value, separator, max)
  if (separator === undefined || separator === null) {
    const words: string[] = []
    let rest = stripEnd(value)
    while (rest !== '' && words.length < limit) {
      const word = splitWords(rest).at(-1)!
      words.unshift(word)
      rest = stripEnd(rest.slice(0, rest.length - word.length))
    }
    return rest === '' ? words : [stripStart(rest), ...words]
  }
  const by = text(separator, 'separator')
  if (by === '') throw valueError('empty separator')
  const parts = value.split(by)
  const cut = parts.length - limit
  return cut <= 1 ? parts : [parts.slice(0, cut).join(by), ...parts.slice(cut)]
}

function partition(value: string, separator: string, last: boolean): Value {
  if (separator === '') throw valueError('empty separator')
  const at = last ? value.lastIndexOf(separator) : value.indexOf(separator)
  if (at < 0) return Tuple.of_(last ? ['', '', value] : [value, '', ''])
  return Tuple.of_([value.slice(0, at), separator, value.slice(at + separator.length)])
}

function joinText(separator: string, items: Value): string {
  return Array.from(iterate(items), (item, index) => {
    if (typeof item === 'string') return item
    throw typeError(`sequence item ${index}: expected str instance, ${typeName(item)} found`)
  }).join(separator)
}

/** Python's `replace`: every occurrence, or the first `count`. */
export function replaceText(value: string, old: string, by: string, count: Value | undefined): string {
  const limit = optionalInteger(count, -1, 'count')
  withinLimit(old === '' ? value.length * by.length : (value.length / old.length) * by.length, 'the text')
  if (old === '') return insertBetween(value, by, limit)
  if (limit < 0) return value.replaceAll(old, () => by)
  const parts = value.split(old)
  return [parts.slice(0, limit + 1).join(by), ...parts.slice(limit + 1)].join(old)
}

function insertBetween(value: string, by: string, limit: number): string {
  const points = codePoints(value)
  const times = limit < 0 ? points.length + 1 : Math.min(limit, points.length + 1)
  return points.map((char, index) => (index < times ? by : '') + char).join('') + (times > points.length ? by : '')
}

function candidates(value: Value): string[] {
  return value instanceof Tuple
    ? Array.from(value, (item) => text(item as Value, 'each prefix'))
    : [text(value, 'the argument')]
}

function part(value: string, start: Value | undefined, end: Value | undefined): string {
  if (start === undefined && end === undefined) return value
  const points = codePoints(value)
  return points.slice(optionalInteger(start, 0, 'start'), optionalInteger(end, points.length, 'end')).join('')
}

function findText(value: string, sub: Value, start: Value | undefined, end: Value | undefined, last: boolean): number {
  const wanted = text(sub, 'the argument')
  const inside = part(value, start, end)
  const at = codePointIndex(inside, last ? inside.lastIndexOf(wanted) : inside.indexOf(wanted))
  if (at < 0) return -1
  const from = optionalInteger(start, 0, 'start')
  return at + (from < 0 ? Math.max(0, from + textLength(value)) : from)
}

function found(index: number): number {
  if (index < 0) throw lookupError('substring not found')
  return index
}

function countText(value: string, sub: string): number {
  return sub === '' ? textLength(value) + 1 : value.split(sub).length - 1
}

function padding(value: string, width: Value, fill: Value | undefined): string {
  const missing = Math.max(0, integer(width, 'width') - textLength(value))
  return fillChar(fill).repeat(withinLimit(missing, 'the text'))
}

function fillChar(fill: Value | undefined): string {
  const char = fill === undefined ? ' ' : text(fill, 'the fill character')
  if (textLength(char) !== 1) throw typeError('The fill character must be exactly one character long')
  return char
}

/** Python's `center`: the odd blank goes left when the width is odd. */
export function centerText(value: string, width: number, fill?: Value): string {
  const missing = withinLimit(width - textLength(value), 'the text')
  if (missing <= 0) return value
  const left = Math.floor(missing / 2) + (missing & width & 1)
  return fillChar(fill).repeat(left) + value + fillChar(fill).repeat(missing - left)
}

function zeroFill(value: string, width: number): string {
  const sign = /^[+-]/.test(value) ? value[0]! : ''
  return sign + '0'.repeat(withinLimit(Math.max(0, width - textLength(value)), 'the text')) + value.slice(sign.length)
}

function expandTabs(value: string, size: number): string {
  return value
    .split('\n')
    .map((line) => {
      let out = ''
      for (const char of line) out += char === '\t' ? ' '.repeat(size <= 0 ? 0 : size - (textLength(out) % size)) : char
      return out
    })
    .join('\n')
}

function translate(value: string, table: Value): string {
  if (!isMapping(table)) throw typeError('translate() takes a dict')
  return codePoints(value)
    .map((char) => {
      const by = dictGet(table, char.codePointAt(0)!)
      if (by === undefined) return char
      if (by === null) return ''
      return typeof by === 'string' ? by : String.fromCodePoint(integer(by, 'the replacement'))
    })
    .join('')
}
