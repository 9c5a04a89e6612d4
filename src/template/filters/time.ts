import type { Value } from '../../kernel/value.ts'
import { filterError } from '../problems.ts'
import { calls } from '../python/call.ts'
import { flag, optionalText, text } from '../python/coerce.ts'
import { DateTime } from '../python/datetime.ts'
import { asDouble } from '../python/numbers.ts'
import { str } from '../python/repr.ts'
import { formatTime } from '../python/strftime.ts'
import { parseTime } from '../python/strptime.ts'
import type { Call } from '../python/types.ts'
import { toFloat } from './number.ts'

/** Filters of dates. */
export const timeFilters: ReadonlyMap<string, Call> = calls({
  'strftime(string_format second? utc?)': (_, format, second, utc) =>
    format_(text(format, 'the format'), second, flag(utc)),
  'to_datetime(string format?)': (_, value, format) => parseTime(str(value), optionalText(format, '%Y-%m-%d %H:%M:%S')),
})

function format_(format: string, second: Value | undefined, utc: boolean): string {
  const epoch = second === undefined || second === null ? Date.now() / 1000 : asDouble(toFloat(second, null))
  if (epoch === null) throw filterError(`Invalid value for epoch value (${str(second ?? null)})`)
  const whole = Math.floor(epoch)
  return formatTime(format, DateTime.fromEpoch(whole, utc), utc ? { name: 'GMT', offset: '+0000' } : localZone(whole))
}

function localZone(epoch: number): { name: string; offset: string } {
  const date = new Date(epoch * 1000)
  const minutes = -date.getTimezoneOffset()
  const size = Math.abs(minutes)
  const offset = `${minutes < 0 ? '-' : '+'}${String(Math.floor(size / 60)).padStart(2, '0')}${String(size % 60).padStart(2, '0')}`
  const name = new Intl.DateTimeFormat('en-US', { timeZoneName: 'short' })
    .formatToParts(date)
    .find((part) => part.type === 'timeZoneName')
  return { name: name?.value ?? 'UTC', offset }
}
