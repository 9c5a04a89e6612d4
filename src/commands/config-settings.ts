import { type Position, Problem } from '../kernel/problem.ts'
import type { Ini } from './config-ini.ts'
import type { Key } from './config-keys.ts'

type Setting = { readonly text: string; readonly name: string; readonly at: Position | null; readonly folder: string }

/** Where settings are looked up: the file that was found and the environment. */
export type SettingsIo = {
  readonly file: string | null
  readonly ini: Ini
  readonly environment: { readonly [name: string]: string | undefined }
  /** The folder the program was started in. */
  readonly folder: string
  readonly home: string
}

/** Settings by their type. What is not set is null, or an empty list. A wrong value is the problem `config.value`. */
export class Settings {
  readonly #io: SettingsIo

  constructor(io: SettingsIo) {
    this.#io = io
  }

  text(key: Key): string | null {
    return this.#find(key)?.text ?? null
  }

  bool(key: Key, fallback: boolean): boolean {
    const setting = this.#find(key)
    if (setting === null) return fallback
    const text = setting.text.toLowerCase()
    if (['y', 'yes', 'on', '1', 'true', 't', '1.0'].includes(text)) return true
    if (['n', 'no', 'off', '0', 'false', 'f', '0.0', ''].includes(text)) return false
    throw wrong(setting, 'must be true or false')
  }

  number(key: Key): number | null {
    const setting = this.#find(key)
    if (setting === null || setting.text === '') return null
    if (/^\d+$/.test(setting.text)) return Number(setting.text)
    throw wrong(setting, 'must be a whole number')
  }

  oneOf<Choice extends string>(key: Key, choices: readonly Choice[]): Choice | null {
    const setting = this.#find(key)
    if (setting === null) return null
    const found = choices.find((choice) => choice === setting.text)
    if (found === undefined) throw wrong(setting, `must be one of ${choices.join(', ')}`)
    return found
  }

  /** Names separated by commas; null when not set, since an empty list can be set too. */
  names(key: Key): readonly string[] | null {
    const setting = this.#find(key)
    return setting === null ? null : parts(setting.text, ',')
  }

  path(key: Key): string | null {
    const setting = this.#find(key)
    return setting === null || setting.text === '' ? null : this.#absolute(setting, setting.text)
  }

  paths(key: Key, separator: string): string[] {
    const setting = this.#find(key)
    return setting === null ? [] : parts(setting.text, separator).map((part) => this.#absolute(setting, part))
  }

  /** A list of paths, or of hosts: a text with a comma that names no file is one inventory of hosts if it ends with the comma. */
  inventories(key: Key): string[] | null {
    const setting = this.#find(key)
    if (setting === null) return null
    const hosts = setting.text.trim()
    return hosts.endsWith(',') ? [hosts] : parts(setting.text, ',').map((part) => this.#absolute(setting, part))
  }

  /** `label@file` with the file's path made absolute; `label@prompt` stays. */
  vaultIdentities(key: Key): string[] {
    const setting = this.#find(key)
    return parts(setting?.text ?? '', ',').map((part) => {
      const at = part.indexOf('@')
      const source = part.slice(at + 1)
      return source === 'prompt' ? part : part.slice(0, at + 1) + this.#absolute(setting!, source)
    })
  }

  /** The problem of a value that does not go with others. */
  wrong(key: Key, detail: string): Problem {
    return wrong(this.#find(key)!, detail)
  }

  /** A variable of the environment wins; of several names the last one given counts, as in Ansible. */
  #find({ env, ini: places }: Key): Setting | null {
    const { environment, file, folder, ini } = this.#io
    for (const name of [...env].reverse()) {
      const text = environment[name]
      if (text !== undefined) return { text: unquoted(text), name, at: null, folder }
    }
    for (const [section, name] of [...places].reverse()) {
      const entry = ini.get(section)?.get(name)
      if (entry === undefined || file === null) continue
      const beside = file.slice(0, Math.max(1, file.lastIndexOf('/')))
      return { text: unquoted(entry.text), name, at: { file, line: entry.line, column: 1 }, folder: beside }
    }
    return null
  }

  #absolute({ folder }: Setting, text: string): string {
    return absolutePath(text.replaceAll('{{CWD}}', this.#io.folder), folder, this.#io)
  }
}

/** `~` and `$NAME` expanded; relative to a folder. */
export function absolutePath(text: string, folder: string, io: Pick<SettingsIo, 'home' | 'environment'>): string {
  const expanded = text
    .replace(/^~(?=\/|$)/, io.home)
    .replace(/\$(?:(\w+)|\{(\w+)\})/g, (whole, a?: string, b?: string) => io.environment[a ?? b ?? ''] ?? whole)
  return expanded.startsWith('/') ? expanded : `${folder === '/' ? '' : folder}/${expanded.replace(/^\.\//, '')}`
}

function unquoted(text: string): string {
  return /^(["']).*\1$/s.test(text) && text.length > 1 ? text.slice(1, -1) : text
}

function parts(text: string, separator: string): string[] {
  const all = text.split(separator).map((part) => part.trim())
  return all.filter((part) => part !== '')
}

function wrong({ name, text, at }: Setting, detail: string): Problem {
  return new Problem({
    code: 'config.value',
    summary: 'Wrong setting',
    detail: `${name} ${detail}, but is "${text}"`,
    at,
  })
}
