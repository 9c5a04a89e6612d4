/** Python's naive `datetime`: microseconds since 1970 on a calendar without zones. */
export class DateTime {
  readonly microseconds: number
  constructor(microseconds: number) {
    this.microseconds = microseconds
  }

  static of(year: number, month: number, day: number, hour = 0, minute = 0, second = 0, micro = 0): DateTime {
    const date = new Date(0)
    date.setUTCFullYear(year, month - 1, day)
    date.setUTCHours(hour, minute, second)
    return new DateTime(date.getTime() * 1000 + micro)
  }

  /** The calendar date of a moment, in the controller's zone or in UTC. */
  static fromEpoch(seconds: number, utc: boolean): DateTime {
    const date = new Date(seconds * 1000)
    const offset = utc ? 0 : date.getTimezoneOffset() * 60
    return new DateTime(Math.round((seconds - offset) * 1e6))
  }

  get date(): Date {
    return new Date(Math.floor(this.microseconds / 1000))
  }

  get micro(): number {
    return ((this.microseconds % 1e6) + 1e6) % 1e6
  }

  /** Seconds since the epoch when the calendar date is read in the controller's zone. */
  timestamp(): number {
    const d = this.date
    const local = new Date(
      d.getUTCFullYear(),
      d.getUTCMonth(),
      d.getUTCDate(),
      d.getUTCHours(),
      d.getUTCMinutes(),
      d.getUTCSeconds(),
    )
    return local.getTime() / 1000 + this.micro / 1e6
  }

  isoformat(separator = 'T'): string {
    const text = this.date.toISOString().slice(0, 19).replace('T', separator)
    return this.micro === 0 ? text : `${text}.${pad(this.micro, 6)}`
  }

  toString(): string {
    return this.isoformat(' ')
  }

  repr(): string {
    const d = this.date
    const parts = [d.getUTCFullYear(), d.getUTCMonth() + 1, d.getUTCDate(), d.getUTCHours(), d.getUTCMinutes()]
    if (d.getUTCSeconds() !== 0 || this.micro !== 0) parts.push(d.getUTCSeconds())
    if (this.micro !== 0) parts.push(this.micro)
    return `datetime.datetime(${parts.join(', ')})`
  }
}

/** Python's `timedelta`: what the difference of two datetimes is. */
export class TimeDelta {
  readonly microseconds: number
  constructor(microseconds: number) {
    this.microseconds = microseconds
  }

  get days(): number {
    return Math.floor(this.microseconds / 86_400e6)
  }

  get seconds(): number {
    return Math.floor((this.microseconds - this.days * 86_400e6) / 1e6)
  }

  get micro(): number {
    return ((this.microseconds % 1e6) + 1e6) % 1e6
  }

  toString(): string {
    const { days, seconds, micro } = this
    const clock = `${Math.floor(seconds / 3600)}:${pad(Math.floor(seconds / 60) % 60, 2)}:${pad(seconds % 60, 2)}`
    const prefix = days === 0 ? '' : `${days} day${Math.abs(days) === 1 ? '' : 's'}, `
    return prefix + clock + (micro === 0 ? '' : `.${pad(micro, 6)}`)
  }

  repr(): string {
    const parts = [
      ['days', this.days],
      ['seconds', this.seconds],
      ['microseconds', this.micro],
    ].filter(([, amount]) => amount !== 0)
    return `datetime.timedelta(${parts.length === 0 ? '0' : parts.map(([unit, amount]) => `${unit}=${amount}`).join(', ')})`
  }
}

export function pad(value: number, width: number): string {
  return String(value).padStart(width, '0')
}
