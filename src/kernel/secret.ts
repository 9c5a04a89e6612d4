import { inspect } from 'node:util'

const MASK = '********'

/** A value that prints as `********` everywhere; only `reveal` gives it, and only a blob (a command's input) should ask. */
export class Secret {
  readonly #value: string
  constructor(value: string) {
    this.#value = value
  }
  reveal(): string {
    return this.#value
  }
  toString(): string {
    return MASK
  }
  toJSON(): string {
    return MASK
  }
  [inspect.custom](): string {
    return MASK
  }
}

/**
 * Masks every known secret in text and data before it is printed. Secrets shorter than 3 characters are left out: masking
 * every "a" would hide the output, not the secret.
 */
export class Redactor {
  readonly #secrets = new Set<string>()
  #pattern: RegExp | null = null

  add(secret: string): void {
    for (const text of [secret, ...secret.split('\n')]) {
      if (text.length < 3 || this.#secrets.has(text)) continue
      this.#secrets.add(text)
      this.#pattern = null
    }
  }

  text(text: string): string {
    if (this.#secrets.size === 0) return text
    return text.replace(this.#compiled(), MASK)
  }

  /** The same data with every string (and key) masked; the identical object when there is nothing to mask. */
  data<T>(data: T): T {
    if (this.#secrets.size === 0) return data
    return this.#walk(data) as T
  }

  #walk(data: unknown): unknown {
    if (typeof data === 'string') return this.text(data)
    if (Array.isArray(data)) return data.map((item) => this.#walk(item))
    if (data instanceof Secret || typeof data !== 'object' || data === null) return data
    return Object.fromEntries(Object.entries(data).map(([key, item]) => [this.text(key), this.#walk(item)]))
  }

  #compiled(): RegExp {
    if (this.#pattern === null) {
      const longestFirst = [...this.#secrets].sort((a, b) => b.length - a.length)
      this.#pattern = new RegExp(longestFirst.map((text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|'), 'g')
    }
    return this.#pattern
  }
}
