import { Tuple, type Value } from '../../kernel/value.ts'
import { filterError, withinLimit } from '../problems.ts'
import { calls } from '../python/call.ts'
import { integer, optionalInteger } from '../python/coerce.ts'
import { truthy } from '../python/compare.ts'
import { isInt } from '../python/numbers.ts'
import { type Chooser, chooser } from '../python/random.ts'
import { items, listOf } from '../python/sequence.ts'
import { type Call, present, Undefined } from '../python/types.ts'

/** Filters that pair, permute and shuffle. */
export const combinationFilters: ReadonlyMap<string, Call> = new Map<string, Call>([
  ['zip', (args) => zip(args.map(listOf), null)],
  ['zip_longest', (args, kwargs) => zip(args.map(listOf), kwargs.get('fillvalue') ?? null, true)],
  ['product', (args, kwargs) => product(args.map(listOf), optionalInteger(kwargs.get('repeat'), 1, 'repeat'))],
  ...calls({
    'permutations(p r?)': (_, value, r) => {
      const pool = listOf(value)
      return permutations(pool, optionalInteger(r, pool.length, 'r'))
    },
    'combinations(p r)': (_, value, r) => combinations(listOf(value), integer(r, 'r')),
    'random(end start? step? seed?)': (_, end, start, step, seed) => random(end, start, step, chooser(seed)),
    'shuffle(mylist seed?)': (_, value, seed) =>
      items(value) === null ? value : shuffle(listOf(value), chooser(seed)),
  }),
])

function zip(lists: readonly Value[][], fill: Value, longest = false): Value[] {
  const sizes = lists.map((list) => list.length)
  const length = lists.length === 0 ? 0 : longest ? Math.max(...sizes) : Math.min(...sizes)
  return Array.from({ length }, (_, index) => Tuple.of_(lists.map((list) => present(list[index], () => fill))))
}

function product(lists: readonly Value[][], repeat: number): Value[] {
  const pools = Array.from({ length: Math.max(0, repeat) }, () => lists).flat()
  withinLimit(
    pools.reduce((size, pool) => size * pool.length, 1),
    'the product',
  )
  const rows = pools.reduce<Value[][]>((done, pool) => done.flatMap((row) => pool.map((item) => [...row, item])), [[]])
  return rows.map((row) => Tuple.of_(row))
}

function permutations(pool: readonly Value[], r: number): Value[] {
  if (r < 0) throw filterError('permutations: r must be non-negative')
  let count = 1
  for (let i = 0; i < r; i++) count *= Math.max(0, pool.length - i)
  withinLimit(count, 'the permutations')
  const rows: number[][] = []
  const extend = (row: number[]): void => {
    if (row.length === r) rows.push(row)
    else for (let i = 0; i < pool.length; i++) if (!row.includes(i)) extend([...row, i])
  }
  if (count > 0) extend([])
  return rows.map((row) => Tuple.of_(row.map((index) => pool[index]!)))
}

function combinations(pool: readonly Value[], r: number): Value[] {
  if (r < 0) throw filterError('combinations: r must be non-negative')
  let count = 1
  for (let i = 0; i < r; i++) count = (count * (pool.length - i)) / (i + 1)
  withinLimit(Math.max(0, Math.round(count)), 'the combinations')
  const rows: Value[] = []
  const extend = (start: number, row: Value[]): void => {
    if (row.length === r) rows.push(Tuple.of_(row))
    else for (let i = start; i <= pool.length - (r - row.length); i++) extend(i + 1, [...row, pool[i]!])
  }
  extend(0, [])
  return rows
}

function random(end: Value, start: Value | undefined, step: Value | undefined, choose: Chooser): Value {
  if (end instanceof Undefined) throw end.problem()
  if (isInt(end)) {
    const low = optionalInteger(start, 0, 'start')
    const by = optionalInteger(step, 1, 'step') || 1
    const count = Math.ceil((Number(end) - low) / by)
    if (count <= 0) throw filterError(`empty range for random: ${low} to ${end}`)
    return low + by * choose(count)
  }
  if (items(end) === null) throw filterError('random can only be used on sequences and integers')
  if ((start !== undefined && truthy(start)) || (step !== undefined && truthy(step))) {
    throw filterError('start and step can only be used with integer values')
  }
  const list = listOf(end)
  if (list.length === 0) throw filterError('random: cannot choose from an empty sequence')
  return list[choose(list.length)]!
}

function shuffle(list: Value[], choose: Chooser): Value[] {
  for (let i = list.length - 1; i > 0; i--) {
    const j = choose(i + 1)
    ;[list[i], list[j]] = [list[j]!, list[i]!]
  }
  return list
}
