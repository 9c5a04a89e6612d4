import type { Value } from '../kernel/value.ts'
import { LazyDict } from '../template/index.ts'
import { Unknown } from './signals.ts'

/** What `register` holds after a task that would change, in check mode: what is sure, and everything else unknown. */
export class UnknownResult extends LazyDict {
  readonly #name: string
  readonly #known: ReadonlyMap<Value, Value>

  constructor(name: string, known: ReadonlyMap<Value, Value>) {
    super()
    this.#name = name
    this.#known = known
  }

  override get(key: Value): Value | undefined {
    if (this.#known.has(key)) return this.#known.get(key)
    throw new Unknown(`${this.#name}.${String(key)}`)
  }

  override keys(): Iterable<Value> {
    throw new Unknown(`the result of ${this.#name}`)
  }
}
