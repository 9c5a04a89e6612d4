import { Problem } from '../../kernel/problem.ts'
import { type Sh, sh } from '../../kernel/sh.ts'

/** A wanted time of a file: as it is, the present, or digits for touch(1): `202601312359.59`. */
export type FileTime = 'preserve' | 'now' | { readonly stamp: string }

/** A time argument of the `file` module, written in a strptime format. Raises `args.time` when it doesn't fit. */
export function parseTime(text: string | undefined, format: string, fallback: 'preserve' | 'now'): FileTime {
  if (text === undefined) return fallback
  if (text === 'preserve' || text === 'now') return text
  const names: string[] = []
  const pattern = format.replace(
    /%([YmdHMSyjT%])|([.*+?^${}()|[\]\\])/g,
    (_, letter: string | undefined, special: string) => {
      if (letter === undefined) return `\\${special}`
      if (letter === '%') return '%'
      if (letter === 'T') {
        names.push('H', 'M', 'S')
        return '(\\d{1,2}):(\\d{1,2}):(\\d{1,2})'
      }
      names.push(letter)
      return letter === 'Y' ? '(\\d{4})' : '(\\d{1,2})'
    },
  )
  const match = new RegExp(`^${pattern}$`).exec(text)
  if (match === null) {
    throw new Problem({
      code: 'args.time',
      summary: 'Wrong time',
      detail: `Error while obtaining timestamp for time ${text} using format ${format}`,
    })
  }
  const part = (letter: string, otherwise: string) => (match[names.indexOf(letter) + 1] ?? otherwise).padStart(2, '0')
  const at = (letter: string, otherwise: string) => (names.includes(letter) ? part(letter, otherwise) : otherwise)
  const year = names.includes('y') ? `20${part('y', '00')}` : at('Y', '1900')
  return { stamp: `${year}${at('m', '01')}${at('d', '01')}${at('H', '00')}${at('M', '00')}.${at('S', '00')}` }
}

/** Shell text that gives the times of a path, in the host's time zone, as the field `times`. */
export function probeTimes(path: string | Sh): Sh {
  return sh`[ ! -e ${path} ] || field times "$(stat -L -c '%y|%x' ${path})"`
}

/** The two times of `probeTimes` as touch(1) writes them: modification, access. */
export function readTimes(text: string): readonly [string, string] | null {
  const stamps = text.split('|').map((time) => {
    const [, year, month, day, hour, minute, second] = /^(\d+)-(\d+)-(\d+) (\d+):(\d+):(\d+)/.exec(time) ?? []
    return `${year}${month}${day}${hour}${minute}.${second}`
  })
  return stamps.length === 2 ? [stamps[0]!, stamps[1]!] : null
}

/** Shell text that sets the times of an existing path; both at once where they are the same. */
export function timesScript(path: string | Sh, modification: FileTime, access: FileTime): Sh | null {
  if (modification === 'now' && access === 'now') return sh`touch -c ${path}`
  const one = (option: string, time: FileTime) => {
    if (time === 'preserve') return null
    return time === 'now' ? sh`touch -c ${option} ${path}` : sh`touch -c ${option} -t ${time.stamp} ${path}`
  }
  const scripts = [one('-m', modification), one('-a', access)].filter((script) => script !== null)
  return scripts.length === 0 ? null : scripts.length === 1 ? scripts[0]! : sh`${scripts[0]!}; ${scripts[1]!}`
}
