import { valueError } from '../problems.ts'

const simple: ReadonlyMap<string, string> = new Map([
  ['\n', ''],
  ['\\', '\\'],
  ["'", "'"],
  ['"', '"'],
  ['a', '\x07'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['v', '\v'],
])

const escapes = /\\(\n|[0-7]{1,3}|x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|N\{[^}]*\}|[\s\S])/g

/** A string literal's text without its quotes → its value. Unknown escapes stay as written, as in Python; broken ones are a problem. */
export function unescapeString(text: string): string {
  return text.includes('\\') ? text.replace(escapes, (_, code: string) => unescapeOne(code)) : text
}

function unescapeOne(code: string): string {
  const known = simple.get(code)
  if (known !== undefined) return known
  if (/^[0-7]/.test(code)) return String.fromCodePoint(Number.parseInt(code, 8))
  if (code.length > 1 && code[0] !== 'N') {
    const point = Number.parseInt(code.slice(1), 16)
    if (point > 0x10ffff) throw valueError(`\\${code} is no Unicode character`)
    return String.fromCodePoint(point)
  }
  if (/^[xuUN]/.test(code)) throw valueError(`the escape \\${code} in a string is cut short or unknown`)
  return `\\${code}`
}
