import { Tuple, type Value } from '../../kernel/value.ts'
import { carried } from '../python/kept-text.ts'
import { LazyDict } from '../python/types.ts'

/** The value with all lists and dicts in it made anew, so that changing them changes nothing else. */
export function ownCopy(value: Value): Value {
  if (value instanceof LazyDict) return new OwnDict(value)
  return carried([value], copied(value))
}

function copied(value: Value): Value {
  if (value instanceof Tuple) return Tuple.of_(value.map(copied))
  if (Array.isArray(value)) return value.map((item) => copied(item as Value))
  if (value instanceof Set) return new Set(value)
  if (value instanceof Map) return new Map([...value].map(([key, item]) => [key, copied(item as Value)]))
  return value
}

/** Gives a copy of what it has each time it is asked, as Ansible's `hostvars` does. */
class OwnDict extends LazyDict {
  readonly #of: LazyDict
  constructor(of: LazyDict) {
    super()
    this.#of = of
  }
  override get(key: Value): Value | undefined {
    const value = this.#of.get(key)
    return value === undefined ? undefined : ownCopy(value)
  }
  override keys(): Iterable<Value> {
    return this.#of.keys()
  }
}
