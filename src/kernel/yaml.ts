import { isAlias, isMap, isScalar, isSeq, type Node, type Pair, Scalar } from 'yaml'
import { type Position, Problem } from './problem.ts'
import { type Dict, Template, templated, type Value, VaultText } from './value.ts'
import { syntaxHint } from './yaml-hints.ts'
import { parseDocuments } from './yaml-parse.ts'
import type { Positions, Source } from './yaml-positions.ts'
import { floatValue, intValue, plainScalar } from './yaml-scalar.ts'

export { type Container, Positions } from './yaml-positions.ts'

type YamlOptions = {
  /** Collects where every key and item stands; one collection may serve many files. */
  readonly positions?: Positions
  /** Told of a key given twice (the last one counts); it may throw. */
  readonly repeated?: (text: string, at: Position) => void
  /** False for text that no one may render, such as a dynamic inventory's output: it then holds no `Template`. */
  readonly templates?: boolean
}

/**
 * One YAML document → values, by YAML 1.1 as Ansible reads it: text with a template's start is a `Template`, `!vault` a `VaultText`,
 * `!unsafe` plain text at any depth, dicts are Maps in order, an empty file is null.
 * Throws the problems `yaml.syntax` (with a hint for the usual mistakes), `yaml.documents`, `yaml.tag`, `yaml.key`, `yaml.alias`.
 */
export function loadYaml(text: string, file: string, options: YamlOptions = {}): Value {
  const { documents, source } = parseDocuments(text, file)
  for (const document of documents) {
    const error = document.errors[0]
    if (error !== undefined) throw syntaxProblem(error.message, source, source.at(error.pos[0]))
  }
  if (documents.length > 1) {
    throw new Problem({
      code: 'yaml.documents',
      summary: 'More than one document in a YAML file',
      detail: 'a second document starts here; only one is allowed in a file',
      hint: 'remove the second "---" line, or put what follows into a file of its own',
      at: source.at(documents[1]!.range[0]),
    })
  }
  const contents = documents[0]?.contents
  return contents ? new Reader(source, options).read(contents as Node, false) : null
}

/** How many values a file may hold when its aliases are written out: a "billion laughs" file would fill the memory. */
const MOST_VALUES = 2_000_000

class Reader {
  readonly #source: Source
  readonly #options: YamlOptions
  readonly #anchors = new Map<string, { value: Value; size: number } | null>()
  #size = 0

  constructor(source: Source, options: YamlOptions) {
    this.#source = source
    this.#options = options
  }

  read(node: Node | null, unsafe: boolean): Value {
    if (node === null) return null
    if (isAlias(node)) return this.#alias(node.source, node)
    const anchor = 'anchor' in node ? node.anchor : undefined
    const before = this.#size
    if (anchor !== undefined) this.#anchors.set(anchor, null)
    this.#grow(1, node)
    const value = this.#readNode(node, unsafe || node.tag === '!unsafe')
    if (anchor !== undefined) this.#anchors.set(anchor, { value, size: this.#size - before })
    return value
  }

  #readNode(node: Node, unsafe: boolean): Value {
    if (isScalar(node)) return this.#scalar(node, unsafe)
    if (isMap(node)) {
      if (node.tag === SET) return new Set(node.items.map((pair) => this.#key(pair.key as Node | null)))
      if (!isPlainTag(node.tag, MAP)) throw this.#unknownTag(node)
      return this.#map(node.items as Pair<Node | null, Node | null>[], node, unsafe)
    }
    if (isSeq(node)) {
      if (!isPlainTag(node.tag, SEQ)) throw this.#unknownTag(node)
      return this.#list(node.items as Node[], node, unsafe)
    }
    throw this.#unknownTag(node)
  }

  #list(nodes: readonly Node[], node: Node, unsafe: boolean): Value {
    const list: Value[] = []
    const items = new Map<Value, number>()
    for (const item of nodes) {
      items.set(list.length, startOf(item))
      list.push(this.read(item, unsafe))
    }
    this.#options.positions?.record(list, { source: this.#source, start: startOf(node), keys: null, items })
    return list
  }

  /** What `<<` merges comes first, as in Ansible, and gives way to the dict's own keys. */
  #map(pairs: readonly Pair<Node | null, Node | null>[], node: Node, unsafe: boolean): Value {
    const dict: Dict = new Map()
    const own: Dict = new Map()
    const places = {
      source: this.#source,
      start: startOf(node),
      keys: new Map<Value, number>(),
      items: new Map<Value, number>(),
    }
    for (const { key, value } of pairs) {
      if (!isMergeKey(key)) this.#entry(own, places, key, value, unsafe)
      else for (const merged of this.#merges(value, unsafe)) for (const [name, item] of merged) dict.set(name, item)
    }
    for (const [key, value] of own) dict.set(key, value)
    this.#options.positions?.record(dict, places)
    return dict
  }

  #entry(
    dict: Dict,
    places: { start: number; keys: Map<Value, number>; items: Map<Value, number> },
    keyNode: Node | null,
    valueNode: Node | null,
    unsafe: boolean,
  ): void {
    const { start } = places
    const key = this.#key(keyNode)
    const offset = keyNode === null ? start : startOf(keyNode)
    if (dict.has(key)) {
      this.#options.repeated?.(`found a duplicate dict key (${String(key)})`, this.#source.at(offset))
    }
    dict.set(key, this.read(valueNode, unsafe))
    places.keys.set(key, offset)
    places.items.set(key, valueNode === null ? offset : startOf(valueNode))
  }

  /** The dicts of a `<<` key in the order they are laid over each other: earlier ones of a list win. */
  #merges(node: Node | null, unsafe: boolean): Dict[] {
    const nodes = isSeq(node) ? (node.items as Node[]) : node === null ? [] : [node]
    const dicts = nodes.flatMap((item): Dict[] => {
      const value = this.read(item, unsafe)
      if (value instanceof Map) return [value as Dict]
      if (Array.isArray(value) && value.every((entry) => entry instanceof Map)) return value as Dict[]
      throw this.#problem(
        'yaml.merge',
        'Wrong value of a merge key',
        'what "<<" merges must be a dict or a list of dicts',
        item,
      )
    })
    return dicts.reverse()
  }

  #key(node: Node | null): Value {
    if (node !== null && (isMap(node) || isSeq(node))) {
      const braces = this.#source.text.startsWith('{{', startOf(node) - 1)
      throw new Problem({
        code: 'yaml.syntax',
        summary: 'YAML syntax error',
        detail: 'a dict or a list cannot be the key of a dict',
        hint: braces ? 'a value that starts with "{{" must be quoted: key: "{{ value }}"' : undefined,
        at: this.#source.at(startOf(node) - (braces ? 1 : 0)),
      })
    }
    const key = this.read(node, true)
    return key instanceof Template ? key.source : key
  }

  #scalar(node: Scalar, unsafe: boolean): Value {
    const text = scalarText(node, this.#source.text)
    switch (node.tag) {
      case undefined:
      case '!unsafe':
        return node.type === Scalar.PLAIN && node.tag === undefined
          ? this.#text(plainScalar(text), node, unsafe)
          : this.#text(text, node, unsafe)
      case '!':
      case 'tag:yaml.org,2002:str':
        return this.#text(text, node, unsafe)
      case '!vault':
      case '!vault-encrypted':
        return new VaultText(text, this.#source.at(startOf(node)))
      default:
        return this.#tagged(node, text)
    }
  }

  #tagged(node: Scalar, text: string): Value {
    const value = plainScalar(text)
    switch (node.tag) {
      case 'tag:yaml.org,2002:int':
        if (typeof value === 'number' || typeof value === 'bigint') return intValue(BigInt(value))
        break
      case 'tag:yaml.org,2002:float':
        if (!Number.isNaN(Number(text))) return floatValue(Number(text))
        break
      case 'tag:yaml.org,2002:bool':
        if (typeof value === 'boolean') return value
        break
      case 'tag:yaml.org,2002:null':
        return null
      case 'tag:yaml.org,2002:timestamp':
        return value
      case 'tag:yaml.org,2002:binary':
        return Buffer.from(text, 'base64').toString('utf8')
      case SET:
        if (text === '') return new Set()
        break
      default:
        throw this.#unknownTag(node)
    }
    throw this.#problem(
      'yaml.tag',
      'Value does not fit its tag',
      `"${text}" is no ${node.tag!.split(':').at(-1)}`,
      node,
    )
  }

  #text(value: Value, node: Scalar, unsafe: boolean): Value {
    if (typeof value !== 'string' || unsafe || this.#options.templates === false) return value
    return value.includes('{') ? templated(value, this.#source.at(textStart(node, this.#source.text))) : value
  }

  #alias(name: string, node: Node): Value {
    const anchor = this.#anchors.get(name)
    if (anchor === undefined)
      throw this.#problem('yaml.alias', 'Unknown YAML alias', `there is no anchor "&${name}" before "*${name}"`, node)
    if (anchor === null)
      throw this.#problem('yaml.alias', 'YAML alias inside its own anchor', `"*${name}" would contain itself`, node)
    this.#grow(anchor.size, node)
    return anchor.value
  }

  #grow(by: number, node: Node): void {
    this.#size += by
    if (this.#size > MOST_VALUES)
      throw this.#problem(
        'yaml.alias',
        'Too many values',
        'the aliases of this file stand for millions of values',
        node,
      )
  }

  #unknownTag(node: Node): Problem {
    return new Problem({
      code: 'yaml.tag',
      summary: 'Unknown YAML tag',
      detail: `"${node.tag?.replace('tag:yaml.org,2002:', '!!')}" is not known; Ansible's tags are !vault and !unsafe`,
      hint: 'quote the value if it is meant as text',
      at: this.#source.at(startOf(node)),
    })
  }

  #problem(code: string, summary: string, detail: string, node: Node): Problem {
    return new Problem({ code, summary, detail, at: this.#source.at(startOf(node)) })
  }
}

const MAP = 'tag:yaml.org,2002:map'
const SEQ = 'tag:yaml.org,2002:seq'
const SET = 'tag:yaml.org,2002:set'

function isPlainTag(tag: string | undefined, kind: string): boolean {
  return tag === undefined || tag === '!' || tag === '!unsafe' || tag === kind || tag === 'tag:yaml.org,2002:omap'
}

function isMergeKey(key: Node | null): boolean {
  return isScalar(key) && key.type === Scalar.PLAIN && key.value === '<<'
}

function startOf(node: Node): number {
  return node.range?.[0] ?? 0
}

/** A scalar's text. A block scalar that the end of the file cuts off before a newline has none at its end. */
function scalarText(node: Scalar, source: string): string {
  const text = typeof node.value === 'string' ? node.value : String(node.value ?? '')
  const cut = isBlockScalar(node) && text.endsWith('\n') && !source.endsWith('\n') && node.range?.[1] === source.length
  return cut ? text.slice(0, -1) : text
}

function isBlockScalar(node: Scalar): boolean {
  return node.type === Scalar.BLOCK_LITERAL || node.type === Scalar.BLOCK_FOLDED
}

/** Where the text itself starts: behind a quote, and a block scalar's first line with text, not its `|`. */
function textStart(node: Scalar, text: string): number {
  const start = startOf(node)
  if (!isBlockScalar(node)) return start + (/^QUOTE/.test(node.type ?? '') ? 1 : 0)
  const body = text.indexOf('\n', start) + 1
  return body + (/^\s*/.exec(text.slice(body, node.range?.[1] ?? text.length))?.[0].length ?? 0)
}

function syntaxProblem(message: string, source: Source, at: Position): Problem {
  return new Problem({
    code: 'yaml.syntax',
    summary: 'YAML syntax error',
    detail: message.charAt(0).toLowerCase() + message.slice(1),
    hint: syntaxHint(message, source.text.split('\n'), at.line),
    at,
  })
}
