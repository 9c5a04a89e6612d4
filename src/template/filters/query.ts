import jmespath from 'jmespath'
import type { Json } from '../../kernel/json.ts'
import { type Dict, fromJson, type Value } from '../../kernel/value.ts'
import { filterError } from '../problems.ts'
import { calls } from '../python/call.ts'
import { flag, text } from '../python/coerce.ts'
import { dictEntries, dictSize, isMapping } from '../python/dict.ts'
import { str } from '../python/repr.ts'
import { listOf } from '../python/sequence.ts'
import { type Call, Undefined } from '../python/types.ts'
import { toJson } from './json.ts'
import { parseJson } from './parse-json.ts'

const style = { indent: null, sortKeys: false, ascii: false, item: ',', key: ':' }

/** Questions about nested data. */
export const queryFilters: ReadonlyMap<string, Call> = calls({
  'json_query(data expr)': (_, data, expression) => {
    if (data instanceof Undefined) throw data.problem()
    const plain = JSON.parse(toJson(data, style)) as Json
    try {
      const found = jmespath.search(plain, text(expression, 'the query')) as Json | undefined
      return typeof found === 'number' ? parseJson(JSON.stringify(found)) : fromJson(found ?? null)
    } catch (error) {
      throw filterError(`JMESPathError in json_query filter plugin: ${(error as Error).message}`)
    }
  },
  'get_path(var path wantlist?)': (_, data, path, wantList) => {
    const found = walk(data, text(path, 'the path'))
    return flag(wantList) ? [found] : found
  },
  'to_paths(var prepend? wantlist?)': (_, data, prepend, wantList) => {
    const root = prepend === undefined || prepend === null ? data : new Map([[prepend, data]])
    const found: Dict = new Map(paths(root, ''))
    return flag(wantList) ? [found] : found
  },
})

function walk(data: Value, path: string): Value {
  let current = data
  for (const [, single, double, index, name] of path.matchAll(/\[(?:'([^']*)'|"([^"]*)"|(-?\d+))\]|([^.[\]]+)/g)) {
    const key: Value = single ?? double ?? (index === undefined ? name! : Number(index))
    const next: Value | undefined = isMapping(current)
      ? current.get(key)
      : Array.isArray(current)
        ? (current as Value[]).at(Number(key))
        : undefined
    if (next === undefined) throw filterError(`there is nothing at ${path}`)
    current = next
  }
  return current
}

/** Names behind the first that are no identifiers stand in brackets; empty lists and dicts are values of their own. */
function* paths(value: Value, at: string): Iterable<[Value, Value]> {
  if (isMapping(value) && (at === '' || dictSize(value) > 0)) {
    for (const [key, item] of dictEntries(value)) {
      const name = str(key)
      yield* paths(item, at === '' ? name : /^[A-Za-z_]\w*$/.test(name) ? `${at}.${name}` : `${at}['${name}']`)
    }
  } else if (Array.isArray(value) && (at === '' || value.length > 0)) {
    for (const [index, item] of listOf(value).entries()) yield* paths(item, `${at}[${index}]`)
  } else yield [at, value]
}
