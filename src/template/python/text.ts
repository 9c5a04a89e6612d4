const surrogate = /[\ud800-\udfff]/

/** The text's code points: what Python counts, slices and iterates. */
export function codePoints(text: string): readonly string[] {
  return surrogate.test(text) ? Array.from(text) : text.split('')
}

/** Python's `len(str)`. */
export function textLength(text: string): number {
  return surrogate.test(text) ? Array.from(text).length : text.length
}

/** How many code points precede the UTF-16 index. */
export function codePointIndex(text: string, index: number): number {
  return index < 0 ? index : textLength(text.slice(0, index))
}

const space = '[\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]'
const leading = new RegExp(`^${space}+`)
const trailing = new RegExp(`${space}+$`)
const spaces = new RegExp(`${space}+`, 'g')
const onlySpaces = new RegExp(`^${space}*$`)

export function stripStart(text: string): string {
  return text.replace(leading, '')
}

/** Python's `rstrip()`: hand-rolled, because `\s+$` is quadratic on long runs of inner whitespace. */
export function stripEnd(text: string): string {
  let end = text.length
  while (end > 0 && isSpace(text[end - 1]!)) end--
  return text.slice(0, end)
}

export function strip(text: string): string {
  return stripEnd(stripStart(text))
}

function isSpace(char: string): boolean {
  return char === ' ' || char === '\n' || (char !== '' && trailing.test(char))
}

export function isBlank(text: string): boolean {
  return onlySpaces.test(text)
}

/** Python's `split()` without a separator. */
export function splitWords(text: string): string[] {
  const trimmed = strip(text)
  return trimmed === '' ? [] : trimmed.split(spaces)
}

/** Python's `splitlines()`. */
export function splitLines(text: string, keepEnds = false): string[] {
  const lines = text.match(/[^\n\r\v\f\x1c-\x1e\x85\u2028\u2029]*(?:\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]|$)/g) ?? []
  if (lines.at(-1) === '') lines.pop()
  return keepEnds ? lines : lines.map((line) => line.replace(/(?:\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029])$/, ''))
}

/** Python's `title()`: every run of letters starts with a capital. */
export function titleCase(text: string): string {
  return text.replace(/\p{L}+/gu, (word) => capitalize(word))
}

/** Python's `capitalize()`. */
export function capitalize(text: string): string {
  const [first = ''] = text
  return first.toUpperCase() + text.slice(first.length).toLowerCase()
}
