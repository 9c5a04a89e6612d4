import type { Value } from '../../kernel/value.ts'
import { typeError } from '../problems.ts'
import { equals } from '../python/compare.ts'
import { Attributes, type Call, Callable, present, Undefined } from '../python/types.ts'

/** `loop` inside `{% for %}`. */
export class Loop extends Attributes {
  readonly typeName = 'LoopContext'
  readonly items: readonly Value[]
  readonly depth0: number
  /** Recursion: `loop(children)`. */
  override readonly call: Call
  index0 = 0
  #changed: readonly Value[] | null = null

  constructor(items: readonly Value[], depth0: number, recurse: Call | null) {
    super()
    this.items = items
    this.depth0 = depth0
    this.call = recurse ?? notRecursive
  }

  attribute(name: string): Value | undefined {
    const { index0, items } = this
    switch (name) {
      case 'index':
        return index0 + 1
      case 'index0':
        return index0
      case 'revindex':
        return items.length - index0
      case 'revindex0':
        return items.length - index0 - 1
      case 'first':
        return index0 === 0
      case 'last':
        return index0 === items.length - 1
      case 'length':
        return items.length
      case 'depth':
        return this.depth0 + 1
      case 'depth0':
        return this.depth0
      case 'previtem':
        return present(items[index0 - 1], () => new Undefined({ hint: 'there is no previous item' }))
      case 'nextitem':
        return present(items[index0 + 1], () => new Undefined({ hint: 'there is no next item' }))
      case 'cycle':
        return new Callable('cycle', (args) => this.#cycle(args))
      case 'changed':
        return new Callable('changed', (args) => this.#isChanged(args))
      default:
        return undefined
    }
  }

  #cycle(args: readonly Value[]): Value {
    if (args.length === 0) throw typeError('no items for cycling given')
    return args[this.index0 % args.length]!
  }

  #isChanged(args: readonly Value[]): boolean {
    const before = this.#changed
    this.#changed = args
    return (
      before === null || before.length !== args.length || !args.every((value, index) => equals(value, before[index]!))
    )
  }
}

const notRecursive: Call = () => {
  throw typeError("The loop must have the 'recursive' marker to be called recursively.")
}
