import { readFileSync, statSync } from 'node:fs'

type Parse<T> = (bytes: Buffer) => T

/** Files that a run reads for many hosts (keys, known_hosts): each is read and understood once, and again when it has changed. */
export class SharedFiles {
  readonly #known = new Map<Parse<unknown>, Map<string, { readonly state: string; readonly value: unknown }>>()

  /** What `parse` makes of a file; null when it can't be read. */
  get<T>(path: string, parse: Parse<T>): T | null {
    const state = stateOf(path)
    if (state === null) return null
    const files = this.#filesOf(parse)
    const known = files.get(path)
    if (known?.state === state) return known.value as T
    const bytes = read(path)
    const value = bytes === null ? null : parse(bytes)
    files.set(path, { state, value })
    return value
  }

  #filesOf(parse: Parse<unknown>) {
    let files = this.#known.get(parse)
    if (files === undefined) {
      files = new Map()
      this.#known.set(parse, files)
    }
    return files
  }
}

/** Changes when the file does; null when there is none. */
function stateOf(path: string): string | null {
  try {
    const { size, mtimeMs, ctimeMs, ino } = statSync(path)
    return `${ino} ${size} ${mtimeMs} ${ctimeMs}`
  } catch {
    return null
  }
}

function read(path: string): Buffer | null {
  try {
    return readFileSync(path)
  } catch {
    return null
  }
}
