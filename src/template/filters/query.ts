import jmespath from 'jmespath'
import type { Json } from '../../kernel/json.ts'
import { fromJson, type Value } from '../../kernel/value.ts'
import { filterError } from '../problems.ts'
import { calls } from '../python/call.ts'
import { text } from '../python/coerce.ts'
import { isMapping } from '../python/dict.ts'
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
  'get_path(var path)': (_, data, path) => walk(data, text(path, 'the path')),
  'to_paths(var prepend?)': (_, data) => new Map(paths(data, '')),
})

function walk(data: Value, path: string): Value {
  let current = data
  for (const [, quoted, index, name] of path.matchAll(/\[(?:'([^']*)'|"[^"]*"|(-?\d+))\]|([^.[\]]+)/g)) {
    const key: Value = quoted ?? (index === undefined ? name! : Number(index))
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

function* paths(value: Value, at: string): Iterable<[Value, Value]> {
  if (isMapping(value)) {
    for (const key of value.keys()) {
      const name = /^[A-Za-z_]\w*$/.test(String(key))
        ? `${at === '' ? '' : `${at}.`}${key}`
        : `${at}[${typeof key === 'string' ? `'${key}'` : key}]`
      yield* paths(value.get(key) ?? null, name)
    }
  } else if (Array.isArray(value)) {
    for (const [index, item] of listOf(value).entries()) yield* paths(item, `${at}[${index}]`)
  } else yield [at, value]
}
