import { didYouMean } from '../../kernel/problem.ts'
import { type Dict, Tuple, type Value } from '../../kernel/value.ts'
import { equals, isIn, ordered, truthy } from '../python/compare.ts'
import { dictSet } from '../python/dict.ts'
import { carried, settled, takenFrom } from '../python/kept-text.ts'
import { binary, unary } from '../python/operators.ts'
import { str } from '../python/repr.ts'
import { type Call, NativeText, present, Slice, Undefined, unmarked } from '../python/types.ts'
import type { Comparison, Expression, Place } from '../syntax/ast.ts'
import type { FailPlace } from '../syntax/parse.ts'
import { getAttribute, getItem } from './access.ts'
import { compileCall, compileFilterCall } from './compile-call.ts'
import { SelfReference } from './compile-template.ts'
import type { Frame, Host } from './context.ts'
import { ownCopy } from './own-copy.ts'
import type { Evaluate } from './program.ts'

/** Names the runtime itself puts into frames. */
const implicit: ReadonlySet<string> = new Set(['loop', 'caller', 'varargs', 'kwargs', 'super', 'self'])

/** Compiles one template; knows which names it assigns and which it has met. */
export class Compiler {
  readonly host: Host
  readonly fail: FailPlace
  readonly #assigned: ReadonlySet<string>
  /** Names used since the last `track`, so that loops and macros make only what is read. */
  #used = new Set<string>()
  /** Whether the template calls a method that changes what it is called on: then it reads copies of its variables. */
  changes = false

  constructor(host: Host, assigned: ReadonlySet<string>, fail: FailPlace) {
    this.host = host
    this.fail = fail
    this.#assigned = assigned
  }

  /** Runs `compile` and tells which names it used. */
  track<T>(compile: () => T): { result: T; used: ReadonlySet<string> } {
    const outer = this.#used
    const used = new Set<string>()
    this.#used = used
    const result = compile()
    this.#used = outer
    for (const name of used) outer.add(name)
    return { result, used }
  }

  /** Told of each method and attribute that is named. */
  noteMember(name: string): void {
    if (changingMethods.has(name)) this.changes = true
  }

  /** What comes from outside the template, as its own if it may change it. */
  owned(value: Value): Value {
    return this.changes ? ownCopy(value) : value
  }

  evaluate(node: Expression): Evaluate {
    switch (node.kind) {
      case 'constant': {
        const { value } = node
        return () => value
      }
      case 'name':
        return plain(this.#name(node.name, node.place))
      case 'attribute':
      case 'item':
        return this.#member(node, (_, value) => value)
      case 'call':
        return plain(this.#call(node))
      case 'filter':
        return plain(this.#filter(node, false))
      case 'test':
        return this.#test(node)
      case 'choice':
        return plain(this.#choice(node, false))
      default:
        return this.#operator(node)
    }
  }

  /** Like `evaluate`, but text that must stay text keeps its mark: for output and `set`. */
  keep(node: Expression): Evaluate {
    if (node.kind === 'name') return this.#name(node.name, node.place)
    if (node.kind === 'filter') return this.#filter(node, true)
    if (node.kind === 'call') return this.#call(node)
    if (node.kind === 'attribute' || node.kind === 'item') return this.#member(node, takenFrom)
    if (node.kind === 'and' || node.kind === 'or')
      return this.#logic(node.kind === 'and', this.keep(node.left), this.keep(node.right))
    return node.kind === 'choice' ? this.#choice(node, true) : this.evaluate(node)
  }

  #call(node: Extract<Expression, { kind: 'call' }>): Evaluate {
    return guarded(compileCall(this, node.of, node.args), node.place)
  }

  #operator(node: Expression): Evaluate {
    switch (node.kind) {
      case 'and':
      case 'or':
        return this.#logic(node.kind === 'and', this.evaluate(node.left), this.evaluate(node.right))
      case 'unary': {
        const { operator } = node
        const of = this.evaluate(node.of)
        return operator === 'not'
          ? (frame) => !truthy(of(frame))
          : guarded((frame) => unary(operator, of(frame)), node.place)
      }
      case 'binary': {
        const { operator } = node
        const left = this.evaluate(node.left)
        const right = this.evaluate(node.right)
        return guarded((frame) => binary(operator, left(frame), right(frame)), node.place)
      }
      case 'concat': {
        const items = node.items.map((item) => this.evaluate(item))
        return (frame) => items.reduce((text, item) => text + str(item(frame)), '')
      }
      case 'compare':
        return guarded(this.#compare(node.first, node.rest), node.place)
      default:
        return this.#literal(node)
    }
  }

  #literal(node: Expression): Evaluate {
    switch (node.kind) {
      case 'list': {
        const items = node.items.map((item) => this.keep(item))
        return (frame) => settled(items.map((item) => item(frame)))
      }
      case 'tuple': {
        const items = node.items.map((item) => this.keep(item))
        return (frame) => settled(Tuple.of_(items.map((item) => item(frame))))
      }
      case 'dict': {
        const entries = node.entries.map(([key, value]) => [this.evaluate(key), this.keep(value)] as const)
        return guarded((frame) => {
          const dict: Dict = new Map()
          for (const [key, value] of entries) dictSet(dict, key(frame), value(frame))
          return settled(dict)
        }, node.place)
      }
      case 'slice': {
        const [start, stop, step] = node.parts.map((part) => (part === null ? () => null : this.evaluate(part)))
        const none: Evaluate = () => null
        return (frame) => new Slice((start ?? none)(frame), (stop ?? none)(frame), (step ?? none)(frame))
      }
      default:
        throw new Error(`no such expression: ${node.kind}`)
    }
  }

  #name(name: string, place: Place): Evaluate {
    this.#used.add(name)
    if (name === 'self') return (frame) => present(frame.find(name), () => new SelfReference(frame.context))
    if (this.#assigned.has(name) || implicit.has(name) || name.startsWith('\0')) {
      return (frame) => {
        const own = frame.assigned(name)
        const value = own === undefined ? this.#outer(frame, name) : own
        return value === undefined ? frame.context.undefinedName(name, place) : value
      }
    }
    return (frame) => {
      const value = this.#outer(frame, name)
      return value === undefined ? frame.context.undefinedName(name, place) : value
    }
  }

  #outer({ context }: Frame, name: string): Value | undefined {
    return this.changes ? context.own(name) : context.lookup(name)
  }

  /** `of.name` or `of[key]`; `taken` makes what is given of the owner and what was found there. */
  #member(node: Member, taken: (owner: Value, value: Value) => Value): Evaluate {
    const { place } = node
    const of = this.evaluate(node.of)
    if (node.kind === 'attribute') {
      const { name } = node
      this.noteMember(name)
      return (frame) => {
        const owner = of(frame)
        return taken(owner, getAttribute(owner, name, frame.context, place))
      }
    }
    const key = this.evaluate(node.key)
    if (node.key.kind === 'constant') this.noteMember(String(node.key.value))
    return guarded((frame) => {
      const owner = of(frame)
      return taken(owner, getItem(owner, key(frame), frame.context, place))
    }, place)
  }

  #filter(node: Extract<Expression, { kind: 'filter' }>, keep: boolean): Evaluate {
    const { of, args, place } = node
    const filter = this.#function(node.name, 'filter', place)
    const short = node.name.slice(node.name.lastIndexOf('.') + 1)
    if (keep && passingFilters.has(short)) {
      return guarded(
        compileFilterCall(this, of, args, passing(filter), (value) => this.keep(value)),
        place,
      )
    }
    if (!stringFilters.has(short)) return guarded(compileFilterCall(this, of, args, carrying(filter)), place)
    const call = guarded(compileFilterCall(this, of, args, filter), place)
    return (frame) => {
      const value = call(frame)
      return typeof value === 'string' ? new NativeText(value) : value
    }
  }

  #test(node: Extract<Expression, { kind: 'test' }>): Evaluate {
    const test = this.#function(node.name, 'test', node.place)
    const call = guarded(compileFilterCall(this, node.of, node.args, test), node.place)
    return (frame) => truthy(call(frame))
  }

  #function(name: string, kind: 'filter' | 'test', place: Place): Call {
    const found = kind === 'filter' ? this.host.filter(name) : this.host.test(name)
    if (found !== null) return found
    const names = kind === 'filter' ? this.host.filterNames() : this.host.testNames()
    return this.fail(`No ${kind} named '${name}'.`, place, this.host.explain(kind, name) ?? didYouMean(name, names))
  }

  #choice(node: Extract<Expression, { kind: 'choice' }>, keep: boolean): Evaluate {
    const compile = (inner: Expression): Evaluate => (keep ? this.keep(inner) : this.evaluate(inner))
    const test = this.evaluate(node.test)
    const yes = compile(node.yes)
    const { place } = node
    const no: Evaluate =
      node.no === null
        ? (frame) => new Undefined({ hint: noElse, quiet: true, at: frame.context.position(place) })
        : compile(node.no)
    return (frame) => (truthy(test(frame)) ? yes(frame) : no(frame))
  }

  #logic(and: boolean, left: Evaluate, right: Evaluate): Evaluate {
    if (and) {
      return (frame) => {
        const value = left(frame)
        return truthy(unmarked(value)) ? right(frame) : value
      }
    }
    return (frame) => {
      const value = left(frame)
      return truthy(unmarked(value)) ? value : right(frame)
    }
  }

  #compare(first: Expression, rest: readonly Comparison[]): Evaluate {
    const start = this.evaluate(first)
    const steps = rest.map(({ operator, right }) => ({ holds: comparison(operator), right: this.evaluate(right) }))
    if (steps.length === 1) {
      const [{ holds, right }] = steps as [{ holds: Holds; right: Evaluate }]
      return (frame) => holds(start(frame), right(frame))
    }
    return (frame) => {
      let left = start(frame)
      for (const { holds, right } of steps) {
        const value = right(frame)
        if (!holds(left, value)) return false
        left = value
      }
      return true
    }
  }
}

/** Python's methods that change a list, dict or set in place. */
const changingMethods: ReadonlySet<string> = new Set(
  'append extend insert pop popitem remove clear reverse sort update setdefault add discard'.split(' '),
)

const noElse = 'the inline if-expression evaluated to false and no else section was defined.'

/** Filters whose text is never read back as a list or dict (Ansible's STRING_TYPE_FILTERS). */
const stringFilters: ReadonlySet<string> = new Set([
  'string',
  'to_json',
  'to_nice_json',
  'to_yaml',
  'to_nice_yaml',
  'ppretty',
  'json',
])

/** Filters that give back one of their arguments as it is. */
const passingFilters: ReadonlySet<string> = new Set(['default', 'd', 'mandatory', 'ternary'])

/** The filter works on plain text; what it gives back gets the mark again that it came with. */
function passing(filter: Call): Call {
  return (args, kwargs, context) => {
    const named = new Map([...kwargs].map(([name, value]) => [name, unmarked(value)]))
    const result = filter(args.map(unmarked), named, context)
    const source = [...args, ...kwargs.values()].find((arg) => unmarked(arg) === result)
    return source instanceof NativeText ? source : result
  }
}

/** What the filter makes keeps the texts that must stay text in what it is given. */
function carrying(filter: Call): Call {
  return (args, kwargs, context) => carried(args, filter(args, kwargs, context))
}

type Member = Extract<Expression, { kind: 'attribute' | 'item' }>

type Holds = (left: Value, right: Value) => boolean

function comparison(operator: string): Holds {
  switch (operator) {
    case '==':
      return equals
    case '!=':
      return (a, b) => !equals(a, b)
    case 'in':
      return isIn
    case 'not in':
      return (a, b) => !isIn(a, b)
    default:
      return (a, b) => ordered(operator, a, b)
  }
}

function plain(evaluate: Evaluate): Evaluate {
  return (frame) => {
    return unmarked(evaluate(frame))
  }
}

/** Problems raised inside get the place of the expression. */
function guarded(evaluate: Evaluate, place: Place): Evaluate {
  return (frame) => {
    try {
      return evaluate(frame)
    } catch (error) {
      throw frame.context.locate(error, place)
    }
  }
}
