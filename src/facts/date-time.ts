import { sh } from '../kernel/sh.ts'
import type { FactSource, Facts } from './fact-source.ts'

const HALF_YEAR = 15_768_000

/** The host's clock (Ansible's `date_time` collector): strings only, as there. */
export const dateTime: FactSource = {
  name: 'date_time',
  // One date(1) for both times where it takes a list of them, as GNU's does.
  script: sh`
    format='+%Y|%m|%A|%w|%W|%d|%H|%M|%S|%s|%N|%Z|%z' newline='
    '
    if now=$(date -f - "$format" 2>/dev/null <<END
    now
    ${HALF_YEAR} seconds
    END
    ); then later=\${now#*"$newline"}; now=\${now%%"$newline"*}
    else
      now=$(date "$format")
      later=\${now#*|*|*|*|*|*|*|*|*|}; later=\${later%%|*}
      later=$(date -d "@$((later + ${HALF_YEAR}))" "$format" 2>/dev/null) || :
    fi
    field .date "$now"
    field .date-then "$later"
  `,
  read({ fields }): Facts {
    const parts = fields.text('.date').split('|')
    const [year, month, weekday, weekdayNumber, week, day, hour, minute, second, epoch, nanos, zone, offset] =
      parts as readonly string[]
    if (offset === undefined) return {}
    const micros = /^\d{9}$/.test(nanos!) ? nanos!.slice(0, 6) : '000000'
    const utc = civil(Number(epoch))
    return {
      date_time: {
        year: year!,
        month: month!,
        weekday: weekday!,
        weekday_number: weekdayNumber!,
        weeknumber: week!,
        day: day!,
        hour: hour!,
        minute: minute!,
        second: second!,
        epoch: epoch!,
        epoch_int: epoch!,
        date: `${year}-${month}-${day}`,
        time: `${hour}:${minute}:${second}`,
        iso8601_micro: `${utc}.${micros}Z`,
        iso8601: `${utc}Z`,
        iso8601_basic: `${year}${month}${day}T${hour}${minute}${second}${micros}`,
        iso8601_basic_short: `${year}${month}${day}T${hour}${minute}${second}`,
        tz: zone!,
        tz_dst: summerZone([zone!, offset], fields.text('.date-then').split('|').slice(-2)),
        tz_offset: offset,
      },
    }
  },
}

/** Of the zone's two names of a year the one further east, which is the summer time's. */
function summerZone(now: readonly [string, string], then: readonly string[]): string {
  const [name, offset] = then
  if (name === undefined || offset === undefined) return now[0]
  return Number(offset) > Number(now[1]) ? name : now[0]
}

/** Seconds since 1970 → `YYYY-MM-DDTHH:MM:SS` in UTC (proleptic Gregorian calendar, eras of 400 years). */
function civil(epoch: number): string {
  const days = Math.floor(epoch / 86_400) + 719_468
  const rest = ((epoch % 86_400) + 86_400) % 86_400
  const era = Math.floor(days / 146_097)
  const dayOfEra = days - era * 146_097
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  )
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const shifted = Math.floor((5 * dayOfYear + 2) / 153)
  const day = dayOfYear - Math.floor((153 * shifted + 2) / 5) + 1
  const month = shifted < 10 ? shifted + 3 : shifted - 9
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  const pad = (value: number, width = 2) => String(value).padStart(width, '0')
  const time = [Math.floor(rest / 3600), Math.floor(rest / 60) % 60, rest % 60].map((part) => pad(part)).join(':')
  return `${pad(year, 4)}-${pad(month)}-${pad(day)}T${time}`
}
