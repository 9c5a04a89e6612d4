import type { Fields } from '../kernel/fields.ts'
import type { Json } from '../kernel/json.ts'
import type { Sh } from '../kernel/sh.ts'

export type Facts = { [name: string]: Json }

/** What one group of facts needs to see of a host, and how it reads it. Groups have the names of Ansible's `gather_subset`. */
export type FactSource = {
  readonly name: string
  /** Files whose lines are wanted; shell patterns. All groups' files are read by one process. */
  readonly files?: Sh
  /** Symbolic links whose targets are wanted; shell patterns. One process for all groups. */
  readonly links?: Sh
  /** Paths whose existence is wanted; shell patterns. Builtins only. */
  readonly paths?: Sh
  /** Commands of its own. */
  readonly script?: Sh
  /** The facts, without the `ansible_` prefix; `known` are those of the groups before it. */
  read(evidence: Evidence, known: Facts): Facts
}

/** What the gathering script saw. */
export class Evidence {
  readonly fields: Fields
  readonly #files = new Map<string, string[]>()
  readonly #links = new Map<string, string>()
  readonly #paths: ReadonlySet<string>

  constructor(fields: Fields) {
    this.fields = fields
    for (const line of fields.text('.files').split('\n')) {
      const match = /^(\/[^:]*):(.*)$/s.exec(line)
      if (match === null) continue
      const lines = this.#files.get(match[1]!)
      if (lines === undefined) this.#files.set(match[1]!, [match[2]!])
      else lines.push(match[2]!)
    }
    for (const line of fields.text('.links').split('\n')) {
      const match = /^l.*? (\/.*?) -> (.*)$/.exec(line)
      if (match !== null) this.#links.set(match[1]!, match[2]!)
    }
    this.#paths = new Set(fields.all('.path'))
  }

  /** A file's text without white space around it; `null` when it is missing, unreadable or empty. */
  text(path: string): string | null {
    const text = (this.#files.get(path) ?? []).join('\n').trim()
    return text === '' ? null : text
  }

  lines(path: string): readonly string[] {
    return this.#files.get(path) ?? []
  }

  /** Paths of the files seen below a folder. */
  filesBelow(folder: string): readonly string[] {
    return [...this.#files.keys()].filter((path) => path.startsWith(folder))
  }

  /** The target of a symbolic link, as it is written. */
  link(path: string): string | null {
    return this.#links.get(path) ?? null
  }

  /** Links below a folder, as [path, target]. */
  linksBelow(folder: string): readonly (readonly [string, string])[] {
    return [...this.#links].filter(([path]) => path.startsWith(folder))
  }

  exists(path: string): boolean {
    return this.#paths.has(path)
  }

  /** Existing paths that start with a prefix, in the shell's order. */
  pathsBelow(prefix: string): readonly string[] {
    return [...this.#paths].filter((path) => path.startsWith(prefix))
  }
}

export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}
