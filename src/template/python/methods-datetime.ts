import type { Value } from '../../kernel/value.ts'
import { calls } from './call.ts'
import { integer, optionalText, text } from './coerce.ts'
import { DateTime, type TimeDelta } from './datetime.ts'
import { float } from './numbers.ts'
import { formatTime } from './strftime.ts'
import type { Call } from './types.ts'

/** The methods of Python's `datetime`. */
export const dateTimeMethods: ReadonlyMap<string, Call> = calls({
  'strftime(self format)': (_, self, format) => formatTime(text(format, 'format'), self as DateTime),
  'isoformat(self sep?)': (_, self, separator) => (self as DateTime).isoformat(optionalText(separator, 'T')),
  'timestamp(self)': (_, self) => float((self as DateTime).timestamp()),
  'weekday(self)': (_, self) => ((self as DateTime).date.getUTCDay() + 6) % 7,
  'isoweekday(self)': (_, self) => (((self as DateTime).date.getUTCDay() + 6) % 7) + 1,
  'date(self)': (_, self) => (self as DateTime).isoformat().slice(0, 10),
  'time(self)': (_, self) => (self as DateTime).isoformat().slice(11),
  'ctime(self)': (_, self) => formatTime('%a %b %e %H:%M:%S %Y', self as DateTime),
  'replace(self year? month? day? hour? minute? second? microsecond?)': (_, self, ...fields) =>
    replace(self as DateTime, fields),
})

/** The methods of Python's `timedelta`. */
export const timeDeltaMethods: ReadonlyMap<string, Call> = calls({
  'total_seconds(self)': (_, self) => float((self as TimeDelta).microseconds / 1e6),
})

function fieldsOf(moment: DateTime): number[] {
  const { date } = moment
  const clock = [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds(), moment.micro]
  return [date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate(), ...clock]
}

const fieldNames = ['year', 'month', 'day', 'hour', 'minute', 'second', 'microsecond']

function replace(moment: DateTime, given: readonly (Value | undefined)[]): DateTime {
  const fields = fieldsOf(moment).map((value, index) => {
    const other = given[index]
    return other === undefined || other === null ? value : integer(other, fieldNames[index]!)
  })
  return DateTime.of(...(fields as [number, number, number, number, number, number, number]))
}

/** `moment.year`, `difference.days` and their like. */
export function dateTimeProperty(value: DateTime | TimeDelta, name: string): Value | undefined {
  if (value instanceof DateTime) {
    const index = fieldNames.indexOf(name)
    return index < 0 ? undefined : fieldsOf(value)[index]
  }
  return new Map<string, Value>([
    ['days', value.days],
    ['seconds', value.seconds],
    ['microseconds', value.micro],
  ]).get(name)
}
