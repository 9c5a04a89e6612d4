import { Float, Template, Tuple, templated, type Value, VaultText } from '../kernel/value.ts'

/** A value as Python's `str` prints it. */
export function pythonText(value: Value): string {
  if (typeof value === 'string') return value
  if (value instanceof Template) return value.source
  if (value instanceof VaultText) return value.ciphertext
  return repr(value)
}

function repr(value: Value): string {
  if (value === null || value === undefined) return 'None'
  if (value === true) return 'True'
  if (value === false) return 'False'
  if (value instanceof Float) return floatText(value.value)
  if (value instanceof Tuple) return `(${value.map((item) => repr(item)).join(', ')}${value.length === 1 ? ',' : ''})`
  if (Array.isArray(value)) return `[${value.map((item) => repr(item as Value)).join(', ')}]`
  if (value instanceof Map) {
    return `{${[...value].map(([key, item]) => `${repr(key as Value)}: ${repr(item as Value)}`).join(', ')}}`
  }
  if (value instanceof Set) return `{${[...value].map((item) => repr(item as Value)).join(', ')}}`
  if (typeof value === 'number' || typeof value === 'bigint') return String(value)
  return quoted(pythonText(value))
}

function quoted(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'"
  const escaped = text
    .replaceAll('\\', '\\\\')
    .replaceAll(quote, `\\${quote}`)
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r')
    .replaceAll('\t', '\\t')
    .replace(/[\0-\x1f\x7f]/g, (char) => `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`)
  return quote + escaped + quote
}

function floatText(number: number): string {
  if (Number.isNaN(number)) return 'nan'
  if (!Number.isFinite(number)) return number > 0 ? 'inf' : '-inf'
  const text = Object.is(number, -0) ? '-0' : String(number)
  return /[.e]/.test(text) ? text : `${text}.0`
}

/**
 * A value as Python's `json.dumps(…, sort_keys=True, indent=4, ensure_ascii=False)` prints it, as Ansible's commands do: what is encrypted
 * and text that only looks like a template are dicts of one key.
 */
export function pythonJson(value: Value, indent = ''): string {
  if (value instanceof Float) return jsonFloat(value.value)
  if (value instanceof Template) return JSON.stringify(value.source)
  if (value instanceof VaultText) return pythonJson(new Map([['__ansible_vault', value.ciphertext]]), indent)
  if (typeof value === 'bigint') return value.toString()
  const inner = `${indent}    `
  if (value instanceof Map) {
    if (value.size === 0) return '{}'
    const entries = [...value].map(([key, item]) => [keyText(key as Value), item as Value] as const)
    entries.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    const lines = entries.map(([key, item]) => `${inner}${JSON.stringify(key)}: ${pythonJson(item, inner)}`)
    return `{\n${lines.join(',\n')}\n${indent}}`
  }
  if (Array.isArray(value) || value instanceof Set) {
    const items = [...value] as Value[]
    return items.length === 0
      ? '[]'
      : `[\n${items.map((item) => inner + pythonJson(item, inner)).join(',\n')}\n${indent}]`
  }
  if (typeof value === 'string' && templated(value, null) instanceof Template)
    return pythonJson(new Map([['__ansible_unsafe', new Template(value, null)]]), indent)
  return JSON.stringify(value)
}

function keyText(key: Value): string {
  if (typeof key === 'string') return key
  if (key === null) return 'null'
  return typeof key === 'boolean' ? String(key) : pythonText(key)
}

function jsonFloat(number: number): string {
  if (Number.isNaN(number)) return 'NaN'
  if (!Number.isFinite(number)) return number > 0 ? 'Infinity' : '-Infinity'
  return floatText(number)
}
