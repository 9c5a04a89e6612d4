import { type Dict, Template, type Value } from '../kernel/value.ts'
import { pythonText } from './python-text.ts'

/**
 * A dict as TOML (toml.io, v1.0), laid out as Python's `toml` does, which ansible-inventory uses: tables level by level. What has no
 * value in TOML (None) is left out; a list of more than dicts has them inline.
 */
export function tomlText(dict: Dict): string {
  const top = tableOf(dict, '')
  let text = top.text
  let level = top.inner
  while (level.length > 0) {
    const next: Named[] = []
    for (const { name, dict: table } of level) {
      const { text: own, inner } = tableOf(table, name)
      if (own !== '' || inner.length === 0)
        text += `${text === '' || text.endsWith('\n\n') ? '' : '\n'}[${name}]\n${own}`
      next.push(...inner)
    }
    level = next
  }
  return text
}

type Named = { readonly name: string; readonly dict: Dict }

/** The values of a table and the arrays of tables in it, and the tables in it, which come later. */
function tableOf(dict: Dict, path: string): { readonly text: string; readonly inner: readonly Named[] } {
  const inner: Named[] = []
  let values = ''
  let arrays = ''
  for (const [key, value] of dict) {
    const name = `${path === '' ? '' : `${path}.`}${keyText(key)}`
    if (value instanceof Map) inner.push({ name, dict: value as Dict })
    else if (isTables(value)) for (const item of value) arrays += arrayItem(item, name)
    else if (value !== null) values += `${keyText(key)} = ${valueText(value)}\n`
  }
  return { text: values + arrays, inner }
}

/** One table of an array, with all that is in it. */
function arrayItem(dict: Dict, name: string): string {
  const { text, inner } = tableOf(dict, name)
  let nested = ''
  let level = inner
  while (level.length > 0) {
    const next: Named[] = []
    for (const table of level) {
      const { text: own, inner: deeper } = tableOf(table.dict, table.name)
      if (own !== '') nested += `[${table.name}]\n${own}`
      next.push(...deeper)
    }
    level = next
  }
  return text.startsWith('[') ? `[[${name}]]\n\n${text}${nested}` : `[[${name}]]\n${text}\n${nested}`
}

function isTables(value: Value): value is readonly Dict[] {
  return Array.isArray(value) && value.length > 0 && value.every((item) => item instanceof Map)
}

function valueText(value: Value): string {
  if (value instanceof Template) return quoted(value.source)
  if (Array.isArray(value)) return `[${value.map((item) => ` ${valueText(item as Value)},`).join('')}]`
  if (value instanceof Map) {
    const entries = [...(value as Dict)].filter(([, item]) => item !== null)
    return `{ ${entries.map(([key, item]) => `${keyText(key)} = ${valueText(item)}`).join(', ')} }`
  }
  if (typeof value === 'boolean') return String(value)
  return value === null || typeof value === 'string' ? quoted(value ?? '') : pythonText(value)
}

function keyText(key: Value): string {
  const text = typeof key === 'string' ? key : pythonText(key)
  return /^[A-Za-z0-9_-]+$/.test(text) ? text : quoted(text)
}

const ESCAPES: { readonly [character: string]: string } = {
  '\\': '\\\\',
  '"': '\\"',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
}

function quoted(text: string): string {
  const escaped = text.replace(
    /[\\"\p{Cc}]/gu,
    (character) => ESCAPES[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
  return `"${escaped}"`
}
