import { Problem } from '../../kernel/problem.ts'
import { type Dict, Tuple, type Value } from '../../kernel/value.ts'
import { repr } from '../../template/index.ts'
import type { Lookup } from './lookup.ts'

const items: Lookup = { name: 'items', run: (terms) => flattenOnce(terms) }
const list: Lookup = { name: 'list', run: (terms) => terms }
const flattened: Lookup = { name: 'flattened', run: (terms) => flatten(terms) }
const indexedItems: Lookup = {
  name: 'indexed_items',
  run: (terms) => flattenOnce(terms).map((item, index) => Tuple.of_([index, item])),
}
/** As Ansible combines: two lists after another, and what is a list in what comes of it is taken apart each time. */
const nested: Lookup = {
  name: 'nested',
  run(terms) {
    const [first, ...others] = terms.map(asArray)
    if (first === undefined) throw wrong('nested', 'with_nested requires at least one element in the nested list')
    const combined = others.reduce<readonly Value[]>(
      (rows, next) => rows.flatMap((row) => next.map((item) => flattenOnce([row, item]))),
      first,
    )
    return combined.map((row) => flattenOnce(asArray(row)))
  },
}

const cartesian: Lookup = { name: 'cartesian', run: (terms) => product(terms.map((term) => flatten(asArray(term)))) }
const randomChoice: Lookup = {
  name: 'random_choice',
  effects: true,
  run: (terms) => (terms.length === 0 ? [] : [terms[Math.floor(Math.random() * terms.length)]!]),
}

const together: Lookup = {
  name: 'together',
  run(terms) {
    if (terms.length === 0) throw wrong('together', 'with_together requires at least one element in each list')
    const lists = terms.map(asArray)
    const length = Math.max(0, ...lists.map((one) => one.length))
    return Array.from({ length }, (_, index) => lists.map((one) => one[index] ?? null))
  },
}

const dict: Lookup = {
  name: 'dict',
  run: (terms) =>
    terms.flatMap((term) => {
      if (!(term instanceof Map)) throw wrong('dict', 'with_dict expects a dict')
      return [...(term as Dict)].map(
        ([key, value]) =>
          new Map<Value, Value>([
            ['key', key],
            ['value', value],
          ]),
      )
    }),
}

const subelements: Lookup = {
  name: 'subelements',
  run(terms) {
    const [elements, path, flags] = terms
    if (elements === undefined || typeof path !== 'string') {
      throw wrong(
        'subelements',
        'subelements lookup expects a list of two or three items, the first a list or dict, the second a key',
      )
    }
    const skip = flags instanceof Map && flags.get('skip_missing') === true
    const all: readonly Value[] = elements instanceof Map ? [...elements.values()] : asArray(elements)
    const stranger = all.find((element) => !(element instanceof Map))
    if (stranger !== undefined)
      throw wrong('subelements', `subelements lookup expects a dictionary, got '${String(stranger)}'`)
    return all.flatMap((element) => {
      if (element instanceof Map && element.get('skipped') === true) return []
      const keys = path.split('.')
      const found = keys.reduce<Value | undefined>((value, key, index) => {
        if (skip && !(value instanceof Map)) return undefined
        if (!(value instanceof Map))
          throw wrong('subelements', `the key ${keys[index - 1]} should point to a dictionary, got '${repr(value!)}'`)
        const next = (value as Dict).get(key)
        if (next !== undefined || skip) return next
        throw wrong('subelements', `could not find '${key}' key in iterated item '${repr(value)}'`)
      }, element)
      if (Array.isArray(found)) return found.map((item: Value) => [without(element, path), item])
      if (found === undefined) return []
      throw wrong('subelements', `the key ${keys.at(-1)} should point to a list, got '${repr(found)}'`)
    })
  },
}

const sequence: Lookup = {
  name: 'sequence',
  run: (terms, options) => terms.concat(terms.length === 0 ? [''] : []).flatMap((term) => count(String(term), options)),
}

export const LISTS: readonly Lookup[] = [
  items,
  list,
  flattened,
  indexedItems,
  nested,
  cartesian,
  randomChoice,
  together,
  dict,
  subelements,
  sequence,
]

/** The element without the list that its subelements come from: Ansible takes the key out of it. */
function without(element: Value, path: string): Value {
  if (!(element instanceof Map)) return element
  const [key, ...rest] = path.split('.')
  const copy = new Map(element as Dict)
  if (rest.length === 0) copy.delete(key!)
  else copy.set(key!, without(copy.get(key!)!, rest.join('.')))
  return copy
}

function asArray(value: Value): readonly Value[] {
  return Array.isArray(value) ? value : [value]
}

function flattenOnce(terms: readonly Value[]): Value[] {
  return terms.flatMap((term) => (Array.isArray(term) ? (term as readonly Value[]) : [term]))
}

function flatten(terms: readonly Value[]): Value[] {
  return terms.flatMap((term) => (Array.isArray(term) ? flatten(term) : term === null ? [] : [term]))
}

function product(lists: readonly (readonly Value[])[]): Value[][] {
  if (lists.length === 0) throw wrong('cartesian', 'at least one list is needed')
  return lists.reduce<Value[][]>((rows, next) => rows.flatMap((row) => next.map((item) => [...row, item])), [[]])
}

const SEQUENCE_OPTIONS: ReadonlySet<string> = new Set(['start', 'end', 'stride', 'count', 'format'])

function unknownOption(name: string): Problem {
  return wrong('sequence', `unrecognized arguments to with_sequence: ['${name}']`)
}

/** `start=0 end=10 stride=2 format=%02d`, or the short form `0-10/2:%02d` (ansible.builtin.sequence). */
function count(term: string, options: ReadonlyMap<string, Value>): string[] {
  const given = new Map([...options].map(([name, value]) => [name, String(value)]))
  for (const [name] of given) if (!SEQUENCE_OPTIONS.has(name)) throw unknownOption(name)
  const short = /^(?:(0?x?[\da-f]+|-?\d+)-)?(0?x?[\da-f]+|-?\d+)(?:\/(0?x?[\da-f]+|-?\d+))?(?::(.+))?$/i.exec(
    term.trim(),
  )
  if (short !== null) {
    const [, start, end, stride, format] = short
    for (const [name, value] of Object.entries({ start, end, stride, format }))
      if (value !== undefined) given.set(name, value)
  } else {
    for (const [, name, value] of term.matchAll(/(\w+)=(\S+)/g)) {
      if (!SEQUENCE_OPTIONS.has(name!)) throw unknownOption(name!)
      given.set(name!, value!)
    }
  }
  for (const [name, value] of given) {
    if (name !== 'format' && Number.isNaN(Number(value)))
      throw wrong('sequence', `can't parse ${name}=${value} as integer`)
  }
  if (given.has('count') && given.has('end'))
    throw wrong('sequence', "can't specify both count and end in with_sequence")
  const format = given.get('format') ?? '%d'
  if (format.split('%').length !== 2) throw wrong('sequence', `bad formatting string: ${format}`)
  const start = Number(given.get('start') ?? 1)
  const stride = Number(given.get('stride') ?? 1)
  const amount = given.get('count')
  const end =
    amount === undefined
      ? Number(given.get('end'))
      : Number(amount) === 0
        ? start - 1
        : start + stride * (Number(amount) - 1)
  if (amount === undefined && given.get('end') === undefined)
    throw wrong('sequence', 'must specify count or end in with_sequence')
  if (amount !== undefined && Number(amount) === 0) return []
  if (stride > 0 && end < start) throw wrong('sequence', 'to count backwards make stride negative')
  if (stride < 0 && end > start) throw wrong('sequence', "to count forward don't make stride negative")
  if (stride === 0) return []
  const numbers: number[] = []
  for (let number = start; stride > 0 ? number <= end : number >= end; number += stride) numbers.push(number)
  return numbers.map((number) => formatNumber(format, number))
}

function formatNumber(format: string, number: number): string {
  return format.replace(/%(#?)(0?)(\d*)([dixXo])/, (_, prefix: string, zero: string, width: string, type: string) => {
    const mark = prefix === '' || !'xXo'.includes(type) ? '' : `0${type}`
    const digits =
      type === 'x'
        ? number.toString(16)
        : type === 'X'
          ? number.toString(16).toUpperCase()
          : type === 'o'
            ? number.toString(8)
            : String(number)
    return (mark + digits).padStart(Number(width || 0), zero === '0' ? '0' : ' ')
  })
}

function wrong(name: string, detail: string): Problem {
  return new Problem({ code: 'lookup.terms', summary: `Lookup "${name}" can't use this`, detail })
}
