import { existsSync, readFileSync } from 'node:fs'
import { isMap, isScalar, isSeq, type Node, parseDocument } from 'yaml'
import type { Dict, Value } from '../../../src/kernel/value.ts'
import { plainScalar } from '../../../src/template/filters/yaml-plain.ts'
import {
  Callable,
  DictView,
  Environment,
  type EnvironmentOptions,
  floatRepr,
  LazyDict,
  Range,
  type Scope,
  typeName,
  Undefined,
} from '../../../src/template/index.ts'
import { asDouble, isFloat } from '../../../src/template/python/numbers.ts'

/** A value as the recording script writes it: ints, floats, dicts and sets marked, tuples as lists. */
export type Encoded =
  | null
  | boolean
  | string
  | readonly Encoded[]
  | { readonly $i: string }
  | { readonly $f: string }
  | { readonly $d: readonly (readonly [Encoded, Encoded])[] }
  | { readonly $set: readonly Encoded[] }
  | { readonly $o: string }

export type Answer = { readonly v: Encoded } | { readonly err: string }

/** A template's value in the notation of the recorded answers. */
export function encode(value: Value): Encoded {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value
  if (isFloat(value)) return { $f: floatRepr(asDouble(value)!) }
  if (typeof value === 'number' || typeof value === 'bigint') return { $i: String(value) }
  if (Array.isArray(value)) return Array.from(value as Value[], encode)
  if (value instanceof Map)
    return { $d: [...(value as Dict)].map(([key, item]) => [encode(key), encode(item)] as const) }
  if (value instanceof LazyDict) return encode(new Map([...value.keys()].map((key) => [key, value.get(key) ?? null])))
  if (value instanceof Set) return { $set: ([...value] as Value[]).map(encode) }
  if (value instanceof DictView) return encode([...value.entries()])
  if (value instanceof Range) return encode([...value])
  return { $o: value instanceof Undefined ? 'Undefined' : typeName(value) }
}

/** YAML 1.1 text → value, as PyYAML reads it. */
export function readYaml(path: string): Value {
  return fromNode(parseDocument(readFileSync(path, 'utf8'), { version: '1.1' }).contents as Node | null)
}

function fromNode(node: Node | null): Value {
  if (isMap(node))
    return new Map(node.items.map((pair) => [fromNode(pair.key as Node), fromNode(pair.value as Node | null)]))
  if (isSeq(node)) return node.items.map((item) => fromNode(item as Node | null))
  if (!isScalar(node)) return null
  return node.type === 'PLAIN' ? plainScalar(node.source ?? '') : String(node.value)
}

const omit = '__omit_place_holder__abc'

/** An environment and a fresh scope over the variables of a file. */
export function world(
  directory: string,
  options: EnvironmentOptions = {},
): { environment: Environment; scope: () => Scope } {
  const environment = new Environment({
    ...options,
    globals: new Map<string, Value>([
      ['lookup', new Callable('lookup', (args) => lookup(args)[0] ?? null)],
      ['query', new Callable('query', lookup)],
      ['q', new Callable('q', lookup)],
    ]),
    loader: (name) => {
      const path = `${directory}/tpl/${name}`
      return existsSync(path) ? { source: readFileSync(path, 'utf8'), path } : null
    },
  })
  return {
    environment,
    scope: () => {
      const vars = readYaml(`${directory}/vars.yml`) as Map<string, Value>
      vars.set('omit', omit)
      return { lookup: (name) => vars.get(name), names: () => vars.keys() }
    },
  }
}

/** The two lookups the recorded cases use. */
function lookup(args: readonly Value[]): Value[] {
  const [name, ...terms] = args
  if (name === 'env') return [terms[0] === 'HOME' ? '/root' : '']
  return terms.flat() as Value[]
}

/** Sets in a fixed order: Python's own differs from run to run. */
export function sortSets(value: Encoded): Encoded {
  if (value === null || typeof value !== 'object') return value
  if (Array.isArray(value)) return value.map(sortSets)
  if ('$set' in value)
    return { $set: [...value.$set].map(sortSets).sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)) }
  return '$d' in value ? { $d: value.$d.map(([key, item]) => [sortSets(key), sortSets(item)] as const) } : value
}
