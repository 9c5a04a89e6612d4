import { Problem } from '../kernel/problem.ts'
import { type Dict, Template, Tuple, type Value, VaultText } from '../kernel/value.ts'
import { settled, Undefined, unmarked } from '../template/index.ts'
import type { Foresight } from './foresight.ts'
import { mergedBelow } from './merge-dicts.ts'
import { isPlain } from './plain.ts'
import type { Reads } from './reads.ts'
import { PendingValue, Unknown, UnknownValue } from './signals.ts'

/** One level of variables. A `Map` is one. */
export type Layer = { get(name: string): Value | undefined; keys(): Iterable<Value> }

/** What a scope needs of the template engine and the vault. */
export type Renderer = {
  render(template: Template, scope: Scope): Value
  /** Like `render`, but text that must stay text keeps its mark (`NativeText`). */
  marked(template: Template, scope: Scope): Value
  decrypt(text: VaultText): string
  /** `hash_behaviour = merge`: a dict is laid over the dicts of the levels below it. */
  readonly mergeDicts?: boolean
}

/** What many scopes stand on: shared, never copied. */
export type Ground = {
  /** Magic variables, above the layers. */
  readonly magic: Layer
  readonly layers: readonly Layer[]
  /** A layer below all others, made from what all others say when it is first needed. */
  below?(bare: Scope): Layer | null
}

const NO_GROUND: Ground = { magic: new Map(), layers: [] }

/**
 * The variables a task sees: layers, highest precedence first, and the ground they lie on; rendered when they are read and at most
 * once. Reading raises what the template raises, `Unknown` or `NotYet` for values that are not there, and `variable.recursion` for one
 * that needs itself.
 */
export class Scope {
  readonly #layers: readonly Layer[]
  readonly #renderer: Renderer
  #rendered: Map<string, Value> | null = null
  #rendering: readonly string[] = []
  readonly ground: Ground

  /** Set before the task's turn: the values are a guess, and lookups with effects must not run. */
  readonly foresight: Foresight | null

  #below: Layer | null | undefined
  #reads: Reads | null = null
  /** So many layers, the uppermost, were laid on while what is read is recorded: they follow from what was read before. */
  #derived = 0

  constructor(layers: readonly Layer[], renderer: Renderer, foresight: Foresight | null = null, ground = NO_GROUND) {
    this.#layers = layers
    this.#renderer = renderer
    this.foresight = foresight
    this.ground = ground
  }

  /** A scope with one more layer above all others. */
  with(layer: Layer): Scope {
    const scope = new Scope([layer, ...this.#layers], this.#renderer, this.foresight, this.#sameGround())
    if (this.#reads !== null) scope.#record(this.#reads, this.#derived + 1)
    return scope
  }

  /** The same scope, fresh, that notes down what is read of it. */
  recorded(reads: Reads): Scope {
    return new Scope(this.#layers, this.#renderer, this.foresight, this.#sameGround()).#record(reads, 0)
  }

  /** The same without the layer below all others, which answers from what this says. */
  get bare(): Scope {
    const { magic, layers } = this.ground
    return new Scope(this.#layers, this.#renderer, this.foresight, { magic, layers })
  }

  /** Whether one of the layers on the ground has one of the names. */
  covers(names: ReadonlySet<string>): boolean {
    for (const layer of this.#layers) {
      const isLarge = layer instanceof Map && layer.size > names.size
      for (const name of isLarge ? names : layer.keys())
        if (isLarge ? layer.has(name) : names.has(name as string)) return true
    }
    return false
  }

  #sameGround(): Ground {
    const { magic, layers } = this.ground
    return { magic, layers, below: () => this.#lowest() }
  }

  #lowest(): Layer | null {
    if (this.#below === undefined) this.#below = this.ground.below?.(this.bare) ?? null
    return this.#below
  }

  #record(reads: Reads, derived: number): this {
    this.#reads = reads
    this.#derived = derived
    return this
  }

  /** For what gives something else each time, by chance or by the clock: an evaluation that uses it is no use to others. */
  varies(): void {
    if (this.#reads !== null) this.#reads.varies = true
  }

  /** The rendered value; `undefined` when no layer has the name. */
  lookup(name: string): Value | undefined {
    const value = this.marked(name)
    return value === undefined ? undefined : unmarked(value)
  }

  /** Like `lookup`, for templates: text that must stay text in what is made of it (`to_json`) keeps its mark. */
  marked(name: string): Value | undefined {
    const known = this.#rendered?.get(name)
    if (known !== undefined) return known
    const raw = this.raw(name)
    if (raw === undefined || isPlain(raw)) return raw
    const value = this.#renderNamed(name, raw)
    this.#rendered ??= new Map()
    this.#rendered.set(name, value)
    return value
  }

  /** The value as it was written. */
  raw(name: string): Value | undefined {
    const layers = this.#layers
    for (let index = 0; index < layers.length; index++) {
      const value = layers[index]!.get(name)
      if (value !== undefined) return this.#read(name, value, index)
    }
    return this.#read(name, this.#grounded(name), layers.length)
  }

  #grounded(name: string): Value | undefined {
    const { magic, layers } = this.ground
    let value = magic.get(name)
    for (let index = 0; value === undefined && index < layers.length; index++) value = layers[index]!.get(name)
    return value === undefined ? this.#lowest()?.get(name) : value
  }

  /** What was found at a depth, as it counts and is noted down. */
  #read(name: string, found: Value | undefined, depth: number): Value | undefined {
    const merges = this.#renderer.mergeDicts === true && found instanceof Map
    const value = merges ? mergedBelow(name, this.#all().slice(depth)) : found
    if (this.#reads !== null && depth >= this.#derived) this.#reads.add(name, value)
    return value
  }

  #all(): Layer[] {
    const { magic, layers } = this.ground
    const lowest = this.#lowest()
    return [...this.#layers, magic, ...layers, ...(lowest === null ? [] : [lowest])]
  }

  /** Whether the value was written as a template: then Ansible gives its text no type. */
  templated(name: string): boolean {
    return this.raw(name) instanceof Template
  }

  has(name: string): boolean {
    return this.raw(name) !== undefined
  }

  /** Every name that a layer has. */
  names(): Set<string> {
    this.varies()
    return new Set(this.#all().flatMap((layer) => [...layer.keys()].map(String)))
  }

  /** A written value (of a keyword, of an argument) with everything in it rendered. */
  render(value: Value): Value {
    if (value instanceof Template) return this.#renderer.render(value, this)
    if (value instanceof VaultText) return this.#renderer.decrypt(value)
    if (value instanceof UnknownValue) throw new Unknown(value.what)
    if (value instanceof PendingValue) throw value.notYet
    if (isPlain(value)) return value
    if (Array.isArray(value)) {
      const items = value.map((item) => this.renderMarked(item as Value))
      return settled(value instanceof Tuple ? Tuple.of_(items) : items)
    }
    return settled(new Map([...(value as Dict)].map(([key, item]) => [this.render(key), this.renderMarked(item)])))
  }

  /** Like `render`, but what one template gives keeps its mark as text (`NativeText`): for values that become variables. */
  renderMarked(value: Value): Value {
    return value instanceof Template ? this.#renderer.marked(value, this) : this.render(value)
  }

  #renderNamed(name: string, raw: Value): Value {
    if (this.#rendering.includes(name)) {
      throw new Problem({
        code: 'variable.recursion',
        summary: 'Variable needs itself',
        detail: [...this.#rendering.slice(this.#rendering.indexOf(name)), name].join(' → '),
        at: raw instanceof Template ? raw.at : null,
      })
    }
    const outer = this.#rendering
    this.#rendering = [...outer, name]
    try {
      return this.renderMarked(raw)
    } catch (error) {
      // Fails only where it is used, so that `is defined` and `default` work on what builds on something undefined.
      if (error instanceof Problem && error.code === 'template.undefined') {
        const advice = withVariable(error, name)
        return new Undefined({ hint: error.detail ?? error.summary, at: error.at ?? null, advice })
      }
      throw isInTemplate(error) ? inVariable(error, name) : error
    } finally {
      this.#rendering = outer
    }
  }
}

function isInTemplate(error: unknown): error is Problem {
  return error instanceof Problem && error.constructor === Problem && error.code.startsWith('template.')
}

/** The problem with the name of the innermost variable whose template it is in. */
function inVariable(error: Problem, name: string): Problem {
  const { code, summary, detail, at, cause } = error
  return new Problem({ code, summary, detail, at, cause, hint: withVariable(error, name) })
}

function withVariable({ hint }: Problem, name: string): string {
  const where = `it is in the variable "${name}"`
  if (hint === undefined) return where
  return hint.includes('it is in the variable') ? hint : `${hint}; ${where}`
}
