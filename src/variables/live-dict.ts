import type { Value } from '../kernel/value.ts'

/** So many of the last changes are known by name. */
const REMEMBERED = 32

/** Variables that are set while a run goes on: tells whether one of some names has been set since. */
export class LiveDict extends Map<Value, Value> {
  /** Counts the changes. */
  version = 0
  readonly #last: Value[] = []

  constructor(entries: Iterable<readonly [Value, Value]> = []) {
    super()
    for (const [name, value] of entries) this.set(name, value)
  }

  override set(name: Value, value: Value): this {
    this.#last[this.version++ % REMEMBERED] = name
    return super.set(name, value)
  }

  override delete(name: Value): boolean {
    this.version += REMEMBERED + 1
    return super.delete(name)
  }

  override clear(): void {
    this.version += REMEMBERED + 1
    super.clear()
  }

  /** False only if none of the names has been set since the version. */
  mayHaveSet(names: ReadonlySet<string>, since: number): boolean {
    if (this.version - since > REMEMBERED) return true
    for (let version = since; version < this.version; version++)
      if (names.has(String(this.#last[version % REMEMBERED]))) return true
    return false
  }
}
