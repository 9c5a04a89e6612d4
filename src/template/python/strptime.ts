import { filterError } from '../problems.ts'
import { DateTime } from './datetime.ts'

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']

const patterns: ReadonlyMap<string, string> = new Map([
  ['Y', '\\d{4}'],
  ['y', '\\d\\d'],
  ['m', '1[0-2]|0[1-9]|[1-9]'],
  ['d', '3[01]|[12]\\d|0[1-9]|[1-9]| [1-9]'],
  ['H', '2[0-3]|[01]\\d|\\d'],
  ['I', '1[0-2]|0[1-9]|[1-9]'],
  ['M', '[0-5]\\d|\\d'],
  ['S', '6[01]|[0-5]\\d|\\d'],
  ['f', '\\d{1,6}'],
  ['j', '36[0-6]|3[0-5]\\d|[12]\\d\\d|0[1-9]\\d|00[1-9]|[1-9]\\d|0[1-9]|[1-9]'],
  ['p', 'am|pm'],
  ['b', months.join('|')],
  ['B', 'january|february|march|april|may|june|july|august|september|october|november|december'],
  ['a', 'mon|tue|wed|thu|fri|sat|sun'],
  ['A', 'monday|tuesday|wednesday|thursday|friday|saturday|sunday'],
  ['z', '[+-]\\d\\d:?[0-5]\\d(?::?[0-5]\\d)?|Z'],
  ['Z', '[a-z]*'],
  ['w', '[0-6]'],
])

/** Python's `datetime.strptime`. Raises `template.filter` when the text isn't of that format. */
export function parseTime(text: string, format: string): DateTime {
  const names: string[] = []
  const source = format
    .replace(/%([DTRF])/g, (_, code: string) => ({ D: '%m/%d/%y', T: '%H:%M:%S', R: '%H:%M', F: '%Y-%m-%d' })[code]!)
    .replace(/%(.)|(\s+)|([^%\s])/gs, (_, code?: string, blank?: string, char?: string) => {
      if (blank !== undefined) return '\\s+'
      if (char !== undefined) return char.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')
      if (code === '%') return '%'
      const pattern = patterns.get(code!)
      if (pattern === undefined) throw filterError(`'${code}' is a bad directive in format '${format}'`)
      names.push(code!)
      return `(${pattern})`
    })
  const match = new RegExp(`^${source}$`, 'i').exec(text)
  if (match === null) throw filterError(`time data '${text}' does not match format '${format}'`)
  return build(new Map(names.map((name, index) => [name, match[index + 1]!])))
}

function build(fields: ReadonlyMap<string, string>): DateTime {
  const number = (name: string): number | null => (fields.has(name) ? Number(fields.get(name)) : null)
  const short = number('y')
  const year = number('Y') ?? (short === null ? 1900 : short < 69 ? 2000 + short : 1900 + short)
  const named = (fields.get('b') ?? fields.get('B'))?.slice(0, 3).toLowerCase()
  const month = named === undefined ? (number('m') ?? 1) : months.indexOf(named) + 1
  const day = number('d') ?? 1
  const yearDay = number('j')
  const micro = Number((fields.get('f') ?? '0').padEnd(6, '0'))
  const date =
    yearDay === null || fields.has('m')
      ? DateTime.of(year, month, day, hours(fields), number('M') ?? 0, number('S') ?? 0, micro)
      : DateTime.of(year, 1, yearDay, hours(fields), number('M') ?? 0, number('S') ?? 0, micro)
  if (yearDay === null && date.date.getUTCDate() !== day) throw filterError('day is out of range for month')
  return date
}

function hours(fields: ReadonlyMap<string, string>): number {
  const twelve = fields.get('I')
  if (twelve === undefined) return Number(fields.get('H') ?? 0)
  const afternoon = fields.get('p')?.toLowerCase() === 'pm'
  return (Number(twelve) % 12) + (afternoon ? 12 : 0)
}
