import { filterError } from '../problems.ts'

/** `xn--mller-kva.example` → `müller.example` (RFC 5891, 5.4). Raises `template.filter` for a label that is no Punycode. */
export function unicodeHost(host: string): string {
  return host
    .split('.')
    .map((label) => (label.startsWith('xn--') ? decode(label.slice(4)) : label))
    .join('.')
}

/** The parameters of RFC 3492, 5. */
const BASE = 36
const T_MIN = 1
const T_MAX = 26
const SKEW = 38

/** RFC 3492, 6.2. */
function decode(label: string): string {
  const basic = label.lastIndexOf('-')
  const points = Array.from(label.slice(0, Math.max(0, basic)), (char) => char.codePointAt(0)!)
  let [point, place, bias] = [128, 0, 72]
  for (let at = basic + 1; at < label.length; ) {
    const before = place
    for (let weight = 1, k = BASE; ; k += BASE) {
      const digit = Number.parseInt(label[at++] ?? '', BASE)
      if (Number.isNaN(digit)) throw filterError(`The label xn--${label} is not Punycode`)
      const value = digit < 10 ? digit + 26 : digit - 10
      place += value * weight
      const threshold = Math.min(T_MAX, Math.max(T_MIN, k - bias))
      if (value < threshold) break
      weight *= BASE - threshold
    }
    bias = adapted(place - before, points.length + 1, before === 0)
    point += Math.floor(place / (points.length + 1))
    place %= points.length + 1
    if (point > 0x10ffff) throw filterError(`The label xn--${label} is not Punycode`)
    points.splice(place++, 0, point)
  }
  return String.fromCodePoint(...points)
}

/** RFC 3492, 6.1. */
function adapted(delta: number, count: number, first: boolean): number {
  let rest = Math.floor(delta / (first ? 700 : 2))
  rest += Math.floor(rest / count)
  let k = 0
  for (; rest > ((BASE - T_MIN) * T_MAX) / 2; k += BASE) rest = Math.floor(rest / (BASE - T_MIN))
  return k + Math.floor(((BASE - T_MIN + 1) * rest) / (rest + SKEW))
}
