import type { Json, JsonObject } from './json.ts'
import type { Position } from './problem.ts'

/**
 * A value of the playbook language: Python's data model in JavaScript's terms.
 *
 * - int: an integral `number`, or a `bigint` beyond 2^53; float: a fractional `number`, or `Float` when it is integral (1.0)
 * - list: an array; tuple: a `Tuple`; dict: a `Map`, which keeps order and tells 1 from '1'
 * - `Template`: text that is still to be rendered. Only YAML written by the playbook's owner holds templates; what comes from a
 *   host is plain text and never rendered, so a host can't inject one.
 */
export type Value =
  | null
  | boolean
  | number
  | bigint
  | string
  | Float
  | Template
  | VaultText
  | readonly Value[]
  | Dict
  | object

export type Dict = Map<Value, Value>

/** A float whose value is integral (or infinite): prints as `1.0`. Fractional floats are plain numbers. */
export class Float {
  readonly value: number
  constructor(value: number) {
    this.value = value
  }
  valueOf(): number {
    return this.value
  }
}

/** A fixed sequence that prints as `(1, 2)`. */
export class Tuple extends Array<Value> {
  static of_(items: Iterable<Value>): Tuple {
    const tuple = new Tuple()
    for (const item of items) tuple.push(item)
    return tuple
  }
}

/** Text with `{{`, `{%` or `{#` in it, and where it stands; rendered when it is read. */
export class Template {
  readonly source: string
  readonly at: Position | null
  constructor(source: string, at: Position | null) {
    this.source = source
    this.at = at
  }
}

/** A `!vault` string: decrypted when it is first read, and redacted from everything printed from then on. */
export class VaultText {
  readonly ciphertext: string
  readonly at: Position | null
  constructor(ciphertext: string, at: Position | null) {
    this.ciphertext = ciphertext
    this.at = at
  }
}

/** Text → `Template` if it holds a template's start, else the text itself. */
export function templated(text: string, at: Position | null): string | Template {
  return text.includes('{{') || text.includes('{%') || text.includes('{#') ? new Template(text, at) : text
}

/** JSON → value: objects become dicts, arrays lists. */
export function fromJson(json: Json): Value {
  if (typeof json !== 'object' || json === null) return json
  if (Array.isArray(json)) return json.map(fromJson)
  const dict: Dict = new Map()
  for (const key of Object.keys(json)) dict.set(key, fromJson((json as JsonObject)[key]!))
  return dict
}

/** Rendered value → JSON: dict keys become strings, tuples arrays, big integers numbers where they fit and digits where not. */
export function toJson(value: Value): Json {
  if (value === null || typeof value === 'boolean' || typeof value === 'number' || typeof value === 'string')
    return value
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString()
  if (value instanceof Float) return value.value
  if (Array.isArray(value)) return value.map((item) => toJson(item as Value))
  if (value instanceof Map) {
    return Object.fromEntries([...value].map(([key, item]) => [String(toJson(key as Value)), toJson(item as Value)]))
  }
  if (value instanceof Set) return [...value].map((item) => toJson(item as Value))
  if (value instanceof Template) return value.source
  return String(value)
}
