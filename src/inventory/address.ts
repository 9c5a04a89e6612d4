import { Problem } from '../kernel/problem.ts'

type Address = { readonly host: string; readonly port: number | null }

/**
 * `host`, `host:22`, `[::1]:22` or an address, each perhaps with ranges such as `web[01:20]`, as Ansible's `parse_address` reads it; null
 * if the text is none of these.
 */
export function parseAddress(text: string): Address | null {
  const match = /^\[(.+)\]:(\d+)$/.exec(text) ?? /^((?:[^:[\]]|\[[^\]]*\])*):(\d+)$/.exec(text)
  const host = match === null ? text : match[1]!
  const port = match === null ? null : Number(match[2])
  return IPV4.test(host) || isIpv6(host) || HOSTNAME.test(host) ? { host, port } : null
}

const NUMBERS = String.raw`\[(?:\d+:\d+)(?::\d+)?\]`
const HEXES = String.raw`\[(?:[0-9a-f]+:[0-9a-f]+)(?::\d+)?\]`
const LETTERS = String.raw`\[(?:[a-z]:[a-z]|\d+:\d+)(?::\d+)?\]`
const IPV4_PART = `(?:[01]?\\d{1,2}|2[0-4]\\d|25[0-5]|${NUMBERS})`
const IPV4 = new RegExp(`^(?:${IPV4_PART}\\.){3}${IPV4_PART}$`, 'i')
const LABEL = `(?:[\\p{L}\\p{N}_]|${LETTERS})(?:[\\p{L}\\p{N}_-]|${LETTERS})*(?<![_-])`
const HOSTNAME = new RegExp(`^${LABEL}(?:\\.${LABEL})*$`, 'iu')
const IPV6_PART = new RegExp(`^(?:[0-9a-f]{1,4}|${HEXES})$`, 'i')

function isIpv6(text: string): boolean {
  const plain = text.replaceAll(new RegExp(HEXES, 'gi'), '0')
  if (!plain.includes(':')) return false
  const tail = /^(.*:)((?:\d+\.){3}\d+)$/.exec(plain)
  if (tail !== null && !IPV4.test(tail[2]!)) return false
  const [left, right, more] = (tail === null ? plain : `${tail[1]}0:0`).split('::')
  if (more !== undefined) return false
  const parts = [left!, ...(right === undefined ? [] : [right])].flatMap((half) => (half === '' ? [] : half.split(':')))
  const complete = right === undefined ? parts.length === 8 : parts.length <= 7
  return complete && parts.every((part) => IPV6_PART.test(part))
}

/** `web[01:03].x` → `web01.x`, `web02.x`, `web03.x`; several ranges multiply. Problem `inventory.range`. */
export function expandRanges(pattern: string): string[] {
  const match = /^([^[]*)\[([^\]]*)\]([\s\S]*)$/.exec(pattern)
  if (match === null || !match[2]!.includes(':')) return [pattern]
  const [, head, range, tail] = match
  return rangeItems(range!, pattern).flatMap((item) => expandRanges(`${head}${item}${tail}`))
}

const ALPHABET = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'

function rangeItems(range: string, pattern: string): string[] {
  const [first = '', last = '', stepText = '1', ...more] = range.split(':')
  const step = Number(stepText)
  const begin = first === '' ? '0' : first
  const wrong = (detail: string) =>
    new Problem({ code: 'inventory.range', summary: 'Wrong range of hosts', detail: `${detail}: ${pattern}` })
  if (more.length > 0 || !Number.isInteger(step) || step < 1) throw wrong('a range is begin:end or begin:end:step')
  if (last === '') throw wrong('a range must say where it ends')
  const padded = begin.startsWith('0') && begin.length > 1
  if (padded && begin.length !== last.length) throw wrong('begin and end of a range must be equally long')
  const letters = begin.length === 1 && last.length === 1 ? [ALPHABET.indexOf(begin), ALPHABET.indexOf(last)] : [-1, -1]
  if (letters[0]! >= 0 && letters[1]! >= 0) {
    if (letters[0]! > letters[1]!) throw wrong('a range must begin before it ends')
    return count(letters[0]!, letters[1]!, step).map((index) => ALPHABET[index]!)
  }
  if (!/^\d+$/.test(begin) || !/^\d+$/.test(last))
    throw wrong('a range goes from number to number or from letter to letter')
  return count(Number(begin), Number(last), step).map((number) =>
    String(number).padStart(padded ? begin.length : 0, '0'),
  )
}

function count(from: number, to: number, step: number): number[] {
  return Array.from({ length: Math.max(0, Math.floor((to - from) / step) + 1) }, (_, index) => from + index * step)
}
