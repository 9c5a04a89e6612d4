import type { Value } from '../../kernel/value.ts'
import { filterError } from '../problems.ts'
import { exactFixed, int, roundHalfEven } from '../python/numbers.ts'

const units = 'YZEPTGMKB'

function sizeOfUnit(letter: string): number {
  const index = units.indexOf(letter)
  return 2 ** (10 * (units.length - 1 - index))
}

/** `1048576` → `1.00 MB`. */
export function humanBytes(size: number, bits: boolean, unit: string): string {
  const wanted = unit.toUpperCase()
  const letter = [...units].find((one) => (wanted === '' ? size >= sizeOfUnit(one) : wanted === one)) ?? 'B'
  const base = bits ? 'bits' : 'Bytes'
  const suffix = letter === 'B' ? base : letter + base[0]
  return `${exactFixed(size / sizeOfUnit(letter), 2)} ${suffix}`
}

/** `1MB` → `1048576`. Raises `template.filter` for what is no size. */
export function bytesFromHuman(text: string, defaultUnit: string, bits: boolean): Value {
  const fail = (): never => {
    throw filterError(`human_to_bytes() can't interpret following string: ${text}`)
  }
  const [, digits = '', given] = /^\s*(\d*\.?\d*)\s*([A-Za-z]+)?/.exec(text) ?? []
  if (!/\d/.test(digits)) return fail()
  const unit = given ?? defaultUnit
  if (unit === '') return int(BigInt(roundHalfEven(Number(digits), 0)))
  const letter = unit[0]!.toUpperCase()
  if (!units.includes(letter)) return fail()
  const word = bits ? 'bit' : 'byte'
  if (unit.length > 1 && !unit.toLowerCase().includes(word) && unit[1] !== (bits ? 'b' : 'B')) return fail()
  return int(BigInt(roundHalfEven(Number(digits) * sizeOfUnit(letter), 0)))
}
