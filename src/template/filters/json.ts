import { Float, Tuple, type Value, VaultText } from '../../kernel/value.ts'
import { filterError, typeError } from '../problems.ts'
import { calls } from '../python/call.ts'
import { flag, optionalInteger } from '../python/coerce.ts'
import { compare } from '../python/compare.ts'
import { DateTime } from '../python/datetime.ts'
import { dictEntries, isMapping } from '../python/dict.ts'
import { asDouble, isFloat } from '../python/numbers.ts'
import { floatRepr, str } from '../python/repr.ts'
import { typeName } from '../python/type-name.ts'
import { type Call, DictView, Undefined } from '../python/types.ts'
import { parseJson } from './parse-json.ts'

type JsonStyle = {
  readonly indent: string | null
  readonly sortKeys: boolean
  readonly ascii: boolean
  readonly item: string
  readonly key: string
}

const jsonArguments =
  'indent? sort_keys? ensure_ascii? separators? skipkeys? allow_nan? vault_to_text? preprocess_unsafe?'

/** JSON in and out, as Python's `json` writes it. */
export const jsonFilters: ReadonlyMap<string, Call> = calls({
  [`to_json(a ${jsonArguments})`]: (_, value, indent, sort, ascii, separators) =>
    toJson(value, style(indent, flag(sort), ascii, separators, ', ')),
  [`to_nice_json(a ${jsonArguments})`]: (_, value, indent, sort, ascii, separators) =>
    toJson(value, style(indent === undefined ? 4 : indent, flag(sort, true), ascii, separators, ',')),
  'tojson(value indent?)': (_, value, indent) =>
    htmlSafe(toJson(value, style(indent, true, undefined, undefined, ', '))),
  'from_json(s)': (_, value) => {
    if (value instanceof Undefined) throw value.problem()
    if (typeof value !== 'string') throw filterError(`from_json takes text, not ${typeName(value)}`)
    return parseJson(value)
  },
})

function style(
  indent: Value | undefined,
  sortKeys: boolean,
  ascii: Value | undefined,
  separators: Value | undefined,
  item: string,
): JsonStyle {
  const own = Array.isArray(separators) ? (separators as Value[]).map(str) : null
  const given =
    indent === undefined || indent === null
      ? null
      : typeof indent === 'string'
        ? indent
        : ' '.repeat(optionalInteger(indent, 4, 'indent'))
  return {
    indent: given,
    sortKeys,
    ascii: flag(ascii, true),
    item: own?.[0] ?? (given === null ? item : ','),
    key: own?.[1] ?? ': ',
  }
}

/** The value as JSON. Raises TypeError for what JSON can't hold. */
export function toJson(value: Value, how: JsonStyle): string {
  return write(value, how, '\n')
}

function write(value: Value, how: JsonStyle, line: string): string {
  if (typeof value === 'string') return quoted(value, how.ascii)
  if (value === null) return 'null'
  if (typeof value === 'boolean') return value ? 'true' : 'false'
  if (typeof value === 'bigint') return value.toString()
  if (typeof value === 'number' || value instanceof Float)
    return isFloat(value) ? jsonFloat(asDouble(value)!) : String(value)
  if (value instanceof Undefined) throw value.problem()
  if (Array.isArray(value) || value instanceof Tuple || value instanceof DictView) {
    const items = value instanceof DictView ? [...value.entries()] : (value as Value[])
    return bracket(
      '[',
      ']',
      items.map((item) => (inner: string) => write(item, how, inner)),
      how,
      line,
    )
  }
  if (isMapping(value)) return writeDict(dictEntries(value), how, line)
  if (value instanceof DateTime) return quoted(value.isoformat(), how.ascii)
  if (value instanceof VaultText) return quoted(value.ciphertext, how.ascii)
  throw typeError(`Object of type ${typeName(value)} is not JSON serializable`)
}

function writeDict(entries: [Value, Value][], how: JsonStyle, line: string): string {
  const sorted = how.sortKeys ? entries.sort(([a], [b]) => compare(a, b)) : entries
  const writers = sorted.map(
    ([key, item]) =>
      (inner: string) =>
        `${quoted(jsonKey(key), how.ascii)}${how.key}${write(item, how, inner)}`,
  )
  return bracket('{', '}', writers, how, line)
}

function bracket(
  open: string,
  close: string,
  items: ((line: string) => string)[],
  how: JsonStyle,
  line: string,
): string {
  if (items.length === 0) return open + close
  if (how.indent === null) return open + items.map((item) => item(line)).join(how.item) + close
  const inner = line + how.indent
  return open + inner + items.map((item) => item(inner)).join(how.item + inner) + line + close
}

function jsonKey(key: Value): string {
  if (typeof key === 'string') return key
  if (key === null) return 'null'
  if (typeof key === 'boolean') return key ? 'true' : 'false'
  if (isFloat(key)) return jsonFloat(asDouble(key)!)
  if (asDouble(key) !== null) return String(key)
  throw typeError(`keys must be str, int, float, bool or None, not ${typeName(key)}`)
}

function jsonFloat(value: number): string {
  if (Number.isNaN(value)) return 'NaN'
  return Number.isFinite(value) ? floatRepr(value) : value > 0 ? 'Infinity' : '-Infinity'
}

const mustEscape = /["\\\x00-\x1f]/g
const notAscii = /["\\\x00-\x1f\x7f-\uffff]/g

function quoted(text: string, ascii: boolean): string {
  return `"${text.replace(ascii ? notAscii : mustEscape, escapeUnit)}"`
}

function escapeUnit(unit: string): string {
  switch (unit) {
    case '"':
    case '\\':
      return `\\${unit}`
    case '\n':
      return '\\n'
    case '\r':
      return '\\r'
    case '\t':
      return '\\t'
    case '\b':
      return '\\b'
    case '\f':
      return '\\f'
    case '\x7f':
      return unit
    default:
      return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
  }
}

function htmlSafe(json: string): string {
  return json
    .replaceAll('<', '\\u003c')
    .replaceAll('>', '\\u003e')
    .replaceAll('&', '\\u0026')
    .replaceAll("'", '\\u0027')
}
