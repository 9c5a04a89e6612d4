import { Problem } from '../kernel/problem.ts'
import type { Play } from '../language/model.ts'
import type { Scope } from '../variables/scope.ts'
import { asList, asText } from './convert.ts'

/** `serial`: numbers and percentages, one batch each, the last repeated until all hosts are served. */
export function batchesOf<Host>(play: Play, hosts: readonly Host[], scope: Scope): (readonly Host[])[] {
  const given = (play.keywords.serial?.value ?? []).flatMap(({ value }) => asList(scope.render(value)))
  const written = given.filter((value) => value !== scope.lookup('omit')).map(asText)
  const sizes = written.map((text) => sizeOf(text, hosts.length, play)).map((size) => (size <= 0 ? hosts.length : size))
  if (sizes.length === 0) return [hosts]
  const batches: (readonly Host[])[] = []
  for (let start = 0; start < hosts.length; ) {
    const size = sizes[Math.min(batches.length, sizes.length - 1)]!
    batches.push(hosts.slice(start, start + size))
    start += size
  }
  return batches
}

function sizeOf(text: string, count: number, play: Play): number {
  const percent = /^(\d+(?:\.\d+)?)%$/.exec(text)
  if (percent !== null) return Math.max(1, Math.floor((Number(percent[1]) / 100) * count))
  if (/^-?\d+$/.test(text)) return Number(text)
  throw new Problem({
    code: 'serial.type',
    summary: 'Not a batch size',
    detail: `serial takes numbers and percentages, not "${text}"`,
    at: play.keywords.serial?.at,
  })
}
