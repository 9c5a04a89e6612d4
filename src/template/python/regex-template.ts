import { filterError } from '../problems.ts'

type Part = string | number | { readonly name: string }

const parts = /\\g<([^>]*)>|\\([1-9]\d?)|\\(0[0-7]{0,2})|\\([\s\S])|\\$|[^\\]+/g

const escapes: ReadonlyMap<string, string> = new Map([
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['a', '\x07'],
  ['b', '\b'],
  ['f', '\f'],
  ['v', '\v'],
  ['\\', '\\'],
])

/** What a replacement like `\1.example.com` or `\g<name>` makes of a match. Raises `template.filter` for groups that aren't there. */
export function expandTemplate(template: string, groups: number): (match: RegExpExecArray) => string {
  const plan = [...template.matchAll(parts)].map((match) => part(match, groups))
  return (match) => plan.map((one) => expand(one, match)).join('')
}

function part(match: RegExpExecArray, groups: number): Part {
  const [whole, name, digits, octal, other] = match
  if (name !== undefined) return /^\d+$/.test(name) ? checked(Number(name), groups) : { name }
  if (digits !== undefined) return checked(Number(digits), groups)
  if (octal !== undefined) return String.fromCodePoint(Number.parseInt(octal, 8))
  if (other === undefined) {
    if (whole === '\\') throw filterError('the replacement ends with a backslash')
    return whole
  }
  const known = escapes.get(other)
  if (known !== undefined) return known
  if (/[A-Za-z]/.test(other)) throw filterError(`bad escape \\${other} in the replacement`)
  return whole
}

function checked(group: number, groups: number): number {
  if (group > groups) throw filterError(`invalid group reference ${group} in the replacement`)
  return group
}

function expand(one: Part, match: RegExpExecArray): string {
  if (typeof one === 'string') return one
  if (typeof one === 'number') return match[one] ?? ''
  if (!Object.hasOwn(match.groups ?? {}, one.name)) throw filterError(`unknown group name '${one.name}'`)
  return match.groups?.[one.name] ?? ''
}
