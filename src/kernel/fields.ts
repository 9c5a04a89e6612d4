/** A script's answer: `NAME=VALUE` records that end in a NUL, as the prelude's `field` writes them. */
export class Fields {
  readonly #values = new Map<string, string[]>()
  readonly #records: (readonly [name: string, value: string])[] = []

  constructor(output: Buffer | string) {
    const text = typeof output === 'string' ? output : output.toString('utf8')
    for (const record of text.split('\0')) {
      const equals = record.indexOf('=')
      if (equals < 1) continue
      const [name, value] = [record.slice(0, equals), record.slice(equals + 1)]
      const values = this.#values.get(name)
      if (values === undefined) this.#values.set(name, [value])
      else values.push(value)
      this.#records.push([name, value])
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

  /** All records that stand between the first of a name and the next of another, in the order written. */
  between(from: string, to: string): readonly (readonly [name: string, value: string])[] {
    const start = this.#records.findIndex(([name]) => name === from)
    const end = this.#records.findIndex(([name], index) => index > start && name === to)
    return start < 0 || end < 0 ? [] : this.#records.slice(start + 1, end)
  }
}
