import type { CustomStats } from '../kernel/event.ts'
import type { JsonObject } from '../kernel/json.ts'
import { type Dict, Float, toJson, type Value } from '../kernel/value.ts'
import { asText } from './convert.ts'

/** What `set_stats` has gathered in a run: for the run as a whole (null) and for hosts. */
export class Stats {
  readonly #values = new Map<string | null, Dict>()

  /** Takes the `ansible_stats` of a result; `hosts` are those that it counts for when it says `per_host`. */
  take(result: Dict, hosts: readonly { readonly name: string }[]): void {
    const stats = result.get('ansible_stats')
    if (!(stats instanceof Map)) return
    const { data, per_host: perHost = true, aggregate = false } = Object.fromEntries(stats as Map<string, Value>)
    if (!(data instanceof Map) || data.size === 0) return
    for (const owner of perHost === true ? hosts.map(({ name }) => name) : [null]) {
      const held = this.#values.get(owner) ?? new Map<Value, Value>()
      this.#values.set(owner, held)
      for (const [name, value] of data as Dict) {
        const before = held.get(name)
        held.set(name, before === undefined || aggregate !== true ? value : sum(before, value))
      }
    }
  }

  /** Null when nothing was gathered. */
  get gathered(): CustomStats | null {
    if (this.#values.size === 0) return null
    const named = [...this.#values].flatMap(([host, values]) =>
      host === null ? [] : [[host, toJson(values)] as const],
    )
    const run = this.#values.get(null)
    return {
      hosts: Object.fromEntries(named.sort(([a], [b]) => (a < b ? -1 : 1))) as CustomStats['hosts'],
      run: run === undefined ? null : (toJson(run) as JsonObject),
    }
  }
}

/** Python's `+` for values of one type, dicts joined; of two types, the first value stays. */
function sum(before: Value, value: Value): Value {
  if (before instanceof Map && value instanceof Map) return joined(before as Dict, value as Dict)
  if (Array.isArray(before) && Array.isArray(value)) return [...(before as Value[]), ...(value as Value[])]
  if (typeof before === 'string' && typeof value === 'string') return before + value
  if (isFloat(before) && isFloat(value)) return new Float(Number(before) + Number(value))
  const isTruth = typeof value === 'boolean'
  const fits = typeof before === 'boolean' ? isTruth : Number.isInteger(before) && (isTruth || Number.isInteger(value))
  return fits ? Number(before) + Number(value) : before
}

function isFloat(value: Value): boolean {
  return value instanceof Float || (typeof value === 'number' && !Number.isInteger(value))
}

function joined(before: Dict, values: Dict): Dict {
  const result: Dict = new Map(before)
  for (const [name, value] of values) {
    const own = result.get(name)
    result.set(name, own instanceof Map && value instanceof Map ? joined(own as Dict, value as Dict) : value)
  }
  return result
}

/** A name that `set_stats` takes. */
export function isStatName(name: Value): boolean {
  return /^[A-Za-z_]\w*$/.test(asText(name))
}
