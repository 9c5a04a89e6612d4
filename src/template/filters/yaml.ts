import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseAllDocuments,
  type Scalar,
} from 'yaml'
import type { Dict, Value } from '../../kernel/value.ts'
import { filterError, limitError } from '../problems.ts'
import { type Body, calls } from '../python/call.ts'
import { flag, optionalInteger } from '../python/coerce.ts'
import { dictSet } from '../python/dict.ts'
import { str } from '../python/repr.ts'
import { type Call, Undefined } from '../python/types.ts'
import { dumpYaml, type YamlStyle } from './yaml-emitter.ts'
import { plainScalar } from './yaml-plain.ts'

const more =
  'width? default_flow_style? sort_keys? explicit_start? explicit_end? default_style? line_break? canonical? encoding?'

/** YAML in and out, as PyYAML writes and reads it. */
export const yamlFilters: ReadonlyMap<string, Call> = calls({
  [`to_yaml(a indent? ${more})`]: dump(2, null),
  [`to_nice_yaml(a indent? ${more})`]: dump(4, false),
  'from_yaml(data)': (_, data) => {
    if (data instanceof Undefined) throw data.problem()
    if (typeof data !== 'string') return data
    const [first = null, ...rest] = parse(data)
    if (rest.length > 0) throw filterError('expected a single document in the stream', 'use from_yaml_all')
    return first
  },
  'from_yaml_all(data)': (_, data) => (typeof data === 'string' ? parse(data) : data),
})

function dump(indent: number, flow: boolean | null): Body {
  return (_, value, by, width, flowStyle, sort, start, end, quotes) => {
    const asked = optionalInteger(by, indent, 'indent')
    const style: YamlStyle = {
      indent: asked > 1 && asked < 10 ? asked : 2,
      width: widthOf(width, asked),
      flow: flowStyle === undefined ? flow : flowStyle === null ? null : flag(flowStyle),
      sortKeys: flag(sort, true),
      unicode: true,
      explicitStart: flag(start),
      explicitEnd: flag(end),
      quotes: quotes === undefined || quotes === null ? '' : str(quotes),
    }
    return dumpYaml(value, style)
  }
}

function widthOf(width: Value | undefined, indent: number): number {
  if (typeof width === 'object' && width !== null) return Number.POSITIVE_INFINITY
  const asked = optionalInteger(width, 80, 'width')
  return asked > indent * 2 ? asked : 80
}

function parse(text: string): Value[] {
  const lines = new LineCounter()
  const documents = parseAllDocuments(text, {
    version: '1.1',
    merge: true,
    lineCounter: lines,
    uniqueKeys: false,
    keepSourceTokens: false,
  })
  if (!Array.isArray(documents)) return []
  return documents.map((document) => {
    const [error] = document.errors
    if (error !== undefined) throw filterError(error.message, 'from_yaml needs YAML text')
    return new Reader(document, text).value(document.contents as Node | null, 0)
  })
}

class Reader {
  readonly #document: Document
  readonly #text: string
  constructor(document: Document, text: string) {
    this.#text = text
    this.#document = document
  }

  value(node: Node | null, depth: number): Value {
    if (depth > 200) throw limitError('the YAML nests more than 200 levels deep')
    if (node === null) return null
    if (isAlias(node)) {
      const target = node.resolve(this.#document)
      if (target === undefined) throw filterError(`found undefined alias '${node.source}'`)
      return this.value(target, depth + 1)
    }
    if (isScalar(node)) return this.#scalar(node)
    if (isSeq(node)) return node.items.map((item) => this.value(item as Node | null, depth + 1))
    return isMap(node) ? this.#dict(node.items as { key: Node; value: Node | null }[], depth) : null
  }

  #dict(pairs: readonly { key: Node; value: Node | null }[], depth: number): Dict {
    const dict: Dict = new Map()
    for (const { key, value } of pairs) {
      if (isScalar(key) && key.source === '<<' && key.type === 'PLAIN')
        this.#mergeInto(dict, this.value(value, depth + 1))
    }
    for (const { key, value } of pairs) {
      if (isScalar(key) && key.source === '<<' && key.type === 'PLAIN') continue
      dictSet(dict, this.value(key, depth + 1), this.value(value, depth + 1))
    }
    return dict
  }

  /** A block scalar that the text's end cuts off has no final newline. */
  #scalar(node: Scalar): Value {
    const value = scalar(node)
    const block = node.type === 'BLOCK_LITERAL' || node.type === 'BLOCK_FOLDED'
    const cut = block && !this.#text.endsWith('\n') && (node.range?.[1] ?? 0) >= this.#text.length
    return cut && typeof value === 'string' ? value.replace(/\n$/, '') : value
  }

  #mergeInto(dict: Dict, from: Value): void {
    const sources = Array.isArray(from) ? [...(from as Value[])].reverse() : [from]
    for (const source of sources)
      if (source instanceof Map) for (const [key, value] of source) dictSet(dict, key, value as Value)
  }
}

function scalar(node: Scalar): Value {
  const text = node.source ?? ''
  if (node.tag === 'tag:yaml.org,2002:str' && node.type === 'PLAIN') return text
  if (node.type !== 'PLAIN') return typeof node.value === 'string' ? node.value : text
  return plainScalar(text)
}
