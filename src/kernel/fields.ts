/** A script's answer: `NAME=VALUE` records that end in a NUL, as the prelude's `field` writes them. */
export class Fields {
  readonly #values = new Map<string, string[]>()

  constructor(output: Buffer | string) {
    const text = typeof output === 'string' ? output : output.toString('utf8')
    for (const record of text.split('\0')) {
      const equals = record.indexOf('=')
      if (equals < 1) continue
      const name = record.slice(0, equals)
      const values = this.#values.get(name)
      if (values === undefined) this.#values.set(name, [record.slice(equals + 1)])
      else values.push(record.slice(equals + 1))
    }
  }

  has(name: string): boolean {
    return this.#values.has(name)
  }

  /** The first value, or `undefined` when the script wrote none. */
  get(name: string): string | undefined {
    return this.#values.get(name)?.[0]
  }

  /** The first value; `''` when there is none. */
  text(name: string): string {
    return this.get(name) ?? ''
  }

  /** The first value as an integer; `null` when there is none or it is no number. */
  int(name: string): number | null {
    const value = Number.parseInt(this.get(name) ?? '', 10)
    return Number.isNaN(value) ? null : value
  }

  /** True for a value other than '', '0', 'no' and 'false'. */
  flag(name: string): boolean {
    return !['', '0', 'no', 'false'].includes(this.text(name))
  }

  /** Every value of a repeated field, in the order written. */
  all(name: string): readonly string[] {
    return this.#values.get(name) ?? []
  }
}
