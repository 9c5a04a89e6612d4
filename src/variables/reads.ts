import type { Value } from '../kernel/value.ts'

/** What an evaluation reads of a scope: where the same variables have the same values it gives the same again, unless it varies. */
export class Reads {
  /** As written, in the order they were first read. */
  readonly values = new Map<string, Value | undefined>()
  /** Something was used that is no variable: chance, the clock, a lookup. */
  varies = false

  add(name: string, value: Value | undefined): void {
    if (!this.values.has(name)) this.values.set(name, value)
  }
}
