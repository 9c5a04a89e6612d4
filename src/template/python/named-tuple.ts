import { Tuple, type Value } from '../../kernel/value.ts'

/** A tuple whose items also have names: what `groupby` gives (`grouper`, `list`). */
export class NamedTuple extends Tuple {
  fields: ReadonlyMap<string, Value> = new Map()

  static named(fields: ReadonlyMap<string, Value>): NamedTuple {
    const tuple = new NamedTuple()
    for (const value of fields.values()) tuple.push(value)
    tuple.fields = fields
    return tuple
  }
}
