import type { LineCounter } from 'yaml'
import type { Position } from './problem.ts'
import type { Dict, Value } from './value.ts'

/** A dict or list of a loaded file. */
export type Container = Dict | readonly Value[]

/** Where the keys and items of loaded files stand. Values are told apart by identity, so only dicts and lists can be asked for. */
export class Positions {
  readonly #places = new WeakMap<object, Places>()

  /** Where the dict or list starts; null if it did not come from a file. */
  of(container: Value): Position | null {
    const places = this.#find(container)
    return places === undefined ? null : places.source.at(places.start)
  }

  /** Where a key of a dict stands. */
  key(container: Container, key: Value): Position | null {
    const places = this.#find(container)
    const offset = places?.keys?.get(key)
    return offset === undefined ? null : places!.source.at(offset)
  }

  /** Where the value of a dict's key, or the item of a list at an index, stands. */
  item(container: Container, key: Value): Position | null {
    const places = this.#find(container)
    const offset = places?.items.get(key)
    return offset === undefined ? null : places!.source.at(offset)
  }

  /** For the reader. */
  record(container: object, places: Places): void {
    this.#places.set(container, places)
  }

  /** Makes a changed copy of a container stand where the original stands. */
  copy(from: Container, to: Container): void {
    const places = this.#find(from)
    if (places !== undefined) this.#places.set(to, places)
  }

  #find(container: Value): Places | undefined {
    return typeof container === 'object' && container !== null ? this.#places.get(container) : undefined
  }
}

/** Offsets in a source; positions are computed only for those that are asked for. */
type Places = {
  readonly source: Source
  readonly start: number
  readonly keys: Map<Value, number> | null
  readonly items: Map<Value, number>
}

/** One file's text, and where its offsets are. */
export class Source {
  readonly text: string
  readonly file: string
  readonly #lines: LineCounter
  constructor(text: string, file: string, lines: LineCounter) {
    this.text = text
    this.file = file
    this.#lines = lines
  }
  at(offset: number): Position {
    const { line, col } = this.#lines.linePos(offset)
    return { file: this.file, line: Math.max(1, line), column: Math.max(1, col) }
  }
}
