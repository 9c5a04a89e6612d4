import { fromJson, templated, type Value } from '../kernel/value.ts'
import { loadYaml } from '../kernel/yaml.ts'

/**
 * JSON text → values, with 1.0 a float and large numbers exact; undefined if it is no JSON. Text with a template's start becomes a
 * template, as in every inventory.
 */
export function jsonValue(text: string, file: string): Value | undefined {
  let json: Parameters<typeof fromJson>[0]
  try {
    json = JSON.parse(text)
  } catch {
    return undefined
  }
  return EXACT.test(text) ? loadYaml(text, file) : withTemplates(fromJson(json))
}

/** Numbers that JavaScript's own parser would change: floats, and integers of 16 digits and more. */
const EXACT = /[:[,]\s*-?\d*(?:\d\.\d|\d{16})/

function withTemplates(value: Value): Value {
  if (typeof value === 'string') return templated(value, null)
  if (Array.isArray(value)) return value.map((item) => withTemplates(item as Value))
  if (!(value instanceof Map)) return value
  for (const [key, item] of value) value.set(key, withTemplates(item as Value))
  return value
}
