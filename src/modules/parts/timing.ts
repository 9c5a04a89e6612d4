import { type Sh, sh } from '../../kernel/sh.ts'

/**
 * Shell functions that time a command. `tick` writes a clock's reading as the field `tick`, by builtins where there are any: bash, ash
 * and mksh know EPOCHREALTIME, dash reads Linux's uptime.
 */
export const TIMING: Sh = sh`
  tick() {
    if [ "\${EPOCHREALTIME-}" ]; then field tick "$EPOCHREALTIME"
    elif { read -r tick _ </proc/uptime; } 2>/dev/null; then field tick "$tick"
    else field tick "$(date +%s)"; fi
  }`

/** Writes the host's local time as the field `start`. */
export const START: Sh = sh`field start "$(date '+%F %T.%N')"`

/** How long something took, as Python prints a timedelta, and when it began and ended, as Python prints a datetime. */
export type Timing = { readonly start: string; readonly end: string; readonly delta: string }

/** `start` as the host's `date` wrote it, and two readings of `tick` in seconds. */
export function timingOf(start: string, ticks: readonly string[]): Timing {
  const begun = parseMoment(start)
  const took = Math.max(0, Math.round((Number(ticks[1] ?? 0) - Number(ticks[0] ?? 0)) * 1e6))
  return { start: showMoment(begun), end: showMoment(begun + took), delta: showDelta(took) }
}

/** Microseconds since 1970 of local time; 0 for text that is no time. */
function parseMoment(text: string): number {
  const match = /^(\d+)-(\d+)-(\d+) (\d+):(\d+):(\d+)(?:[.,](\d{1,6}))?/.exec(text)
  if (match === null) return 0
  const [year, month, day, hours, minutes, seconds] = match.slice(1, 7).map(Number) as Six
  const micros = Number((match[7] ?? '').padEnd(6, '0'))
  return (daysFromCivil(year, month, day) * 86400 + hours * 3600 + minutes * 60 + seconds) * 1e6 + micros
}

type Six = [number, number, number, number, number, number]

function showMoment(moment: number): string {
  const seconds = Math.floor(moment / 1e6)
  const [year, month, day] = civilFromDays(Math.floor(seconds / 86400))
  const date = [String(year).padStart(4, '0'), two(month), two(day)].join('-')
  return `${date} ${clock(seconds % 86400, two)}${fraction(moment % 1e6)}`
}

function showDelta(micros: number): string {
  const seconds = Math.floor(micros / 1e6)
  const days = Math.floor(seconds / 86400)
  const prefix = days === 0 ? '' : `${days} day${days === 1 ? '' : 's'}, `
  return `${prefix}${clock(seconds % 86400, String)}${fraction(micros % 1e6)}`
}

function clock(seconds: number, showHours: (hours: number) => string): string {
  return `${showHours(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`
}

function fraction(micros: number): string {
  return micros === 0 ? '' : `.${String(micros).padStart(6, '0')}`
}

function two(number: number): string {
  return String(number).padStart(2, '0')
}

/** Days since 1970-01-01 in the proleptic Gregorian calendar, and back; years are counted from March, so that leap days come last. */
function daysFromCivil(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year
  const dayOfYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 1
  return 365 * y + Math.floor(y / 4) - Math.floor(y / 100) + Math.floor(y / 400) + dayOfYear - 719468
}

function civilFromDays(days: number): [number, number, number] {
  const z = days + 719468
  const era = Math.floor(z / 146097)
  const doe = z - era * 146097
  const yoe = Math.floor((doe - Math.floor(doe / 1460) + Math.floor(doe / 36524) - Math.floor(doe / 146096)) / 365)
  const doy = doe - (365 * yoe + Math.floor(yoe / 4) - Math.floor(yoe / 100))
  const mp = Math.floor((5 * doy + 2) / 153)
  const month = mp < 10 ? mp + 3 : mp - 9
  return [yoe + era * 400 + (month <= 2 ? 1 : 0), month, doy - Math.floor((153 * mp + 2) / 5) + 1]
}
