import { type DateTime, pad } from './datetime.ts'

const days = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']
const months = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
]

/** C's strftime in the C locale. `zone` is what `%Z` and `%z` print. Unknown directives stay as they are. */
export function formatTime(
  format: string,
  moment: DateTime,
  zone: { name: string; offset: string } = { name: '', offset: '' },
): string {
  return format.replace(/%([-_0^#]?)(.)/gs, (whole, flag: string, code: string) => {
    const text = directive(code, moment, zone)
    return text === null ? whole : adjust(text, flag)
  })
}

function adjust(text: string, flag: string): string {
  if (flag === '-') return text.replace(/^[0 ]+(?=.)/, '')
  if (flag === '_') return text.replace(/^0+(?=.)/, (zeros) => ' '.repeat(zeros.length))
  if (flag === '0') return text.replace(/^ +/, (blanks) => '0'.repeat(blanks.length))
  return flag === '^' ? text.toUpperCase() : text
}

function directive(code: string, moment: DateTime, zone: { name: string; offset: string }): string | null {
  const nested = compound.get(code)
  if (nested !== undefined) return formatTime(nested, moment, zone)
  const date = moment.date
  switch (code) {
    case 'Z':
      return zone.name
    case 'z':
      return zone.offset
    case 'f':
      return pad(moment.micro, 6)
    case 's':
      return String(Math.floor(moment.timestamp()))
    default:
      return calendar(code, date) ?? clock(code, date)
  }
}

const compound: ReadonlyMap<string, string> = new Map([
  ['c', '%a %b %e %H:%M:%S %Y'],
  ['D', '%m/%d/%y'],
  ['F', '%Y-%m-%d'],
  ['R', '%H:%M'],
  ['r', '%I:%M:%S %p'],
  ['T', '%H:%M:%S'],
  ['X', '%H:%M:%S'],
  ['x', '%m/%d/%y'],
  ['h', '%b'],
])

function calendar(code: string, date: Date): string | null {
  const day = date.getUTCDay()
  switch (code) {
    case 'a':
      return days[day]!.slice(0, 3)
    case 'A':
      return days[day]!
    case 'b':
      return months[date.getUTCMonth()]!.slice(0, 3)
    case 'B':
      return months[date.getUTCMonth()]!
    case 'C':
      return pad(Math.floor(date.getUTCFullYear() / 100), 2)
    case 'd':
      return pad(date.getUTCDate(), 2)
    case 'e':
      return String(date.getUTCDate()).padStart(2, ' ')
    case 'm':
      return pad(date.getUTCMonth() + 1, 2)
    case 'y':
      return pad(date.getUTCFullYear() % 100, 2)
    case 'Y':
      return String(date.getUTCFullYear())
    case 'u':
      return String(day === 0 ? 7 : day)
    case 'w':
      return String(day)
    default:
      return weeks(code, date)
  }
}

function weeks(code: string, date: Date): string | null {
  const yearDay = Math.floor((date.getTime() - Date.UTC(date.getUTCFullYear(), 0, 1)) / 86_400_000)
  const iso = isoWeek(date)
  switch (code) {
    case 'j':
      return pad(yearDay + 1, 3)
    case 'U':
      return pad(Math.floor((yearDay + 7 - date.getUTCDay()) / 7), 2)
    case 'W':
      return pad(Math.floor((yearDay + 7 - ((date.getUTCDay() + 6) % 7)) / 7), 2)
    case 'V':
      return pad(iso.week, 2)
    case 'G':
      return String(iso.year)
    case 'g':
      return pad(iso.year % 100, 2)
    default:
      return null
  }
}

function isoWeek(date: Date): { week: number; year: number } {
  const thursday = new Date(date.getTime())
  thursday.setUTCDate(date.getUTCDate() + 3 - ((date.getUTCDay() + 6) % 7))
  const year = thursday.getUTCFullYear()
  return { week: Math.floor((thursday.getTime() - Date.UTC(year, 0, 1)) / 604_800_000) + 1, year }
}

function clock(code: string, date: Date): string | null {
  const hours = date.getUTCHours()
  switch (code) {
    case 'H':
      return pad(hours, 2)
    case 'I':
      return pad(hours % 12 === 0 ? 12 : hours % 12, 2)
    case 'k':
      return String(hours).padStart(2, ' ')
    case 'l':
      return String(hours % 12 === 0 ? 12 : hours % 12).padStart(2, ' ')
    case 'M':
      return pad(date.getUTCMinutes(), 2)
    case 'S':
      return pad(date.getUTCSeconds(), 2)
    case 'p':
      return hours < 12 ? 'AM' : 'PM'
    case 'P':
      return hours < 12 ? 'am' : 'pm'
    case 'n':
      return '\n'
    case 't':
      return '\t'
    case '%':
      return '%'
    default:
      return null
  }
}
