import { randomInt } from 'node:crypto'
import { Problem } from '../../kernel/problem.ts'
import type { Value } from '../../kernel/value.ts'
import { str } from '../../template/index.ts'
import { isTrue } from './is-true.ts'
import type { Lookup } from './lookup.ts'

const CLASSES = {
  upper: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ',
  lower: 'abcdefghijklmnopqrstuvwxyz',
  numbers: '0123456789',
  special: '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~',
} as const

/** How many of a class there must be at least, by the option that says so. */
const LEAST: readonly (readonly [option: string, kind: keyof typeof CLASSES])[] = [
  ['min_numeric', 'numbers'],
  ['min_lower', 'lower'],
  ['min_upper', 'upper'],
  ['min_special', 'special'],
]

/** Text by chance, from classes of characters (community.general.random_string). Problem `lookup.terms`. */
export const randomString: Lookup = {
  name: 'random_string',
  effects: true,
  run(_, options) {
    const characters = shuffled(chosen(options)).join('')
    return [isTrue(options.get('base64')) ? Buffer.from(characters).toString('base64') : characters]
  },
}

/** The characters in the order in which they are asked for: the least of each class, then of all classes that are on. */
function chosen(options: ReadonlyMap<string, Value>): string[] {
  const length = countOf(options.get('length') ?? 8, 'length')
  const all = textOf(options.get('override_all'))
  if (all !== '') return some(all, length)
  const classes = { ...CLASSES, special: textOf(options.get('override_special')) || CLASSES.special }
  const least = LEAST.flatMap(([option, kind]) => some(classes[kind], countOf(options.get(option) ?? 0, option)))
  const kinds = (Object.keys(CLASSES) as (keyof typeof CLASSES)[]).filter((kind) => isTrue(options.get(kind) ?? true))
  return [...least, ...some(kinds.map((kind) => classes[kind]).join(''), length - least.length)]
}

function some(characters: string, count: number): string[] {
  if (characters === '') throw wrong('Available characters cannot be None, please change constraints')
  const letters = [...characters]
  return Array.from({ length: Math.max(0, count) }, () => letters[randomInt(letters.length)]!)
}

function shuffled(letters: readonly string[]): string[] {
  const list = [...letters]
  for (let last = list.length - 1; last > 0; last--) {
    const other = randomInt(last + 1)
    ;[list[last], list[other]] = [list[other]!, list[last]!]
  }
  return list
}

function textOf(value: Value | undefined): string {
  return value === undefined || value === null ? '' : str(value)
}

function countOf(value: Value, option: string): number {
  const count = Number(str(value))
  if (Number.isInteger(count)) return count
  throw wrong(`${option} must be a whole number, but is "${str(value)}"`)
}

function wrong(detail: string): Problem {
  return new Problem({ code: 'lookup.terms', summary: 'Lookup "random_string" can\'t use this', detail })
}
