type IniOptions = {
  readonly caseSensitive: boolean
  /** A name may stand without a value. */
  readonly noValues: boolean
  /** The problem of a file that can't be read so. */
  fail(detail: string): Error
}

/**
 * An INI file as Python's ConfigParser reads it: `=` or `:`, lines of comments with `#` and `;`, values that go on in indented lines,
 * `[DEFAULT]` below every section, `%(name)s` and `%%` in values; a section or name given twice is a mistake.
 */
export class IniFile {
  readonly #sections = new Map<string, Map<string, string | null>>()
  readonly #options: IniOptions

  constructor(text: string, options: IniOptions) {
    this.#options = options
    let section: { readonly name: string; readonly values: Map<string, string | null> } | null = null
    let last: { readonly name: string; readonly indent: number } | null = null
    for (const line of text.split(/\r\n|\r|\n/)) {
      const content = /^\s*[#;]/.test(line) ? '' : line.trim()
      const indent = line.length - line.trimStart().length
      if (section !== null && last !== null && (content === '' || indent > last.indent)) {
        const before: string | null | undefined = section.values.get(last.name)
        if (!/^\s*[#;]/.test(line) && typeof before === 'string') section.values.set(last.name, `${before}\n${content}`)
        continue
      }
      if (content === '') continue
      const header = /^\[(.+)\]/.exec(content)
      if (header !== null) {
        section = { name: header[1]!, values: this.#open(header[1]!) }
        last = null
      } else if (section === null) throw options.fail('a name stands before the first [section]')
      else last = { name: this.#read(section, content), indent }
    }
  }

  /** The value, null for a name that stands without one; `undefined` when there is no such name. */
  value(section: string, name: string): string | null | undefined {
    const key = this.#nameOf(name)
    const value = this.#section(section).get(key)
    return value === undefined || value === null ? value : this.#filled(section, value, 0)
  }

  *entries(section: string): IterableIterator<readonly [string, string]> {
    for (const [name, value] of this.#section(section)) yield [name, this.#filled(section, value, 0)]
  }

  #open(name: string): Map<string, string | null> {
    if (name !== 'DEFAULT' && this.#sections.has(name)) throw this.#options.fail(`section '${name}' already exists`)
    const values = this.#sections.get(name) ?? new Map<string, string | null>()
    this.#sections.set(name, values)
    return values
  }

  #read({ name: section, values }: { name: string; values: Map<string, string | null> }, content: string): string {
    const pair = /^(.*?)\s*(?:[=:]\s*(.*))?$/s.exec(content)!
    const value = pair[2] ?? null
    const name = this.#nameOf(pair[1]!)
    if (name === '' || (value === null && !this.#options.noValues))
      throw this.#options.fail(`"${content}" is no "name = value"`)
    if (values.has(name))
      throw this.#options.fail(`Duplicate option in the file: option '${name}' in section '${section}' already exists`)
    values.set(name, value)
    return name
  }

  #nameOf(name: string): string {
    return this.#options.caseSensitive ? name : name.toLowerCase()
  }

  #section(name: string): ReadonlyMap<string, string | null> {
    const found = this.#sections.get(name)
    if (found === undefined) throw this.#options.fail(`No section: '${name}'`)
    return new Map([...(this.#sections.get('DEFAULT') ?? []), ...found])
  }

  #filled(section: string, value: string | null, depth: number): string {
    if (depth > DEEPEST) throw this.#options.fail('a value needs itself')
    const text = (value ?? '').replace(/\n+$/, '')
    return text.replace(/%(?:(%)|\(([^)]*)\)s|)/g, (_, percent?: string, name?: string) => {
      if (percent !== undefined) return '%'
      const other = name === undefined ? undefined : this.#section(section).get(this.#nameOf(name))
      if (other === undefined)
        throw this.#options.fail(`'%' must be followed by '%' or '(name)s' of a name that is there, found: ${text}`)
      return this.#filled(section, other, depth + 1)
    })
  }
}

/** As deep as ConfigParser follows names in values. */
const DEEPEST = 10
