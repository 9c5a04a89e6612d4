import { isJsonObject, type Json } from '../kernel/json.ts'

/** Ansible's width: the terminal's less one, and never under 79. */
export function widthOf(columns: number | null): number {
  return Math.max(79, (columns ?? 0) - 1)
}

/** `\nTITLE ****…`, filled up to the width with at least three stars. */
export function banner(title: string, width: number): string {
  const text = title.trim()
  return `\n${text} ${'*'.repeat(Math.max(3, width - displayWidth(text)))}\n`
}

const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u

/** How many columns a text takes on a terminal. */
export function displayWidth(text: string): number {
  let width = 0
  for (const character of text) width += /\p{Mark}/u.test(character) ? 0 : WIDE.test(character) ? 2 : 1
  return width
}

/** Words on lines of at most `width` columns; a longer word stands alone. */
export function wrapWords(text: string, width: number): string {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(/\s+/).filter((part) => part !== '')) {
    if (line !== '' && displayWidth(line) + 1 + displayWidth(word) > width) {
      lines.push(line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, line].join('\n')
}

/** Text from a host without what could steer the terminal: control characters are spelt out, line ends are `\n`. */
export function printable(text: string): string {
  return text.replaceAll('\r\n', '\n').replace(/[\x00-\x08\x0b-\x1f\x7f-\x9f]/g, (character) => {
    return `\\x${character.codePointAt(0)!.toString(16).padStart(2, '0')}`
  })
}

export function indented(text: string, by: string): string {
  return text
    .split('\n')
    .map((line) => (line === '' ? '' : by + line))
    .join('\n')
}

/** JSON as Python's `json.dumps` writes it with sorted keys: `{"a": 1, "b": [2, 3]}`, or over several lines with an indent of 4. */
export function dumps(value: Json, indent: boolean, level = 0): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const list = Array.isArray(value)
  const parts = list
    ? (value as readonly Json[]).map((item) => dumps(item, indent, level + 1))
    : Object.entries(value as { readonly [key: string]: Json })
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([key, item]) => `${JSON.stringify(key)}: ${dumps(item, indent, level + 1)}`)
  const [open, close] = list ? '[]' : '{}'
  if (parts.length === 0) return `${open}${close}`
  if (!indent) return `${open}${parts.join(', ')}${close}`
  const inner = ' '.repeat(4 * (level + 1))
  return `${open}\n${parts.map((part) => inner + part).join(',\n')}\n${' '.repeat(4 * level)}${close}`
}

/** A loop item's label as Python's `str` shows it: text as it is, everything else as its `repr`. */
export function pythonText(value: Json): string {
  return typeof value === 'string' ? value : repr(value)
}

function repr(value: Json): string {
  if (value === null) return 'None'
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  if (typeof value === 'number') return String(value)
  if (typeof value === 'string') return reprText(value)
  if (!isJsonObject(value)) return `[${(value as readonly Json[]).map(repr).join(', ')}]`
  const pairs = Object.entries(value).map(([key, item]) => `${reprText(key)}: ${repr(item)}`)
  return `{${pairs.join(', ')}}`
}

function reprText(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'"
  const escaped = text
    .replaceAll('\\', '\\\\')
    .replaceAll(quote, `\\${quote}`)
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r')
    .replaceAll('\t', '\\t')
  return quote + printable(escaped) + quote
}
