import type { Value } from '../../kernel/value.ts'
import { lookupError, valueError } from '../problems.ts'
import { formatValue } from './format-spec.ts'
import { propertyOf } from './methods.ts'
import { repr, str } from './repr.ts'
import { subscript } from './sequence.ts'
import { Attributes } from './types.ts'

type Named = (name: string) => Value | undefined

/** Python's `str.format`: positional and named fields, `.attr` and `[item]` paths, conversions, format specifications. */
export function formatMethod(template: string, args: readonly Value[], named: Named): string {
  return new Formatter(args, named).format(template, 2)
}

class Formatter {
  readonly #args: readonly Value[]
  readonly #named: Named
  #automatic = 0
  #manual = false

  constructor(args: readonly Value[], named: Named) {
    this.#args = args
    this.#named = named
  }

  format(template: string, depth: number): string {
    if (depth < 0) throw valueError('Max string recursion exceeded')
    let out = ''
    let i = 0
    while (i < template.length) {
      const char = template[i]!
      if ((char === '{' || char === '}') && template[i + 1] === char) {
        out += char
        i += 2
      } else if (char === '{') {
        const end = fieldEnd(template, i)
        out += this.#field(template.slice(i + 1, end), depth)
        i = end + 1
      } else if (char === '}') throw valueError("Single '}' encountered in format string")
      else {
        out += char
        i++
      }
    }
    return out
  }

  #field(field: string, depth: number): string {
    const [, path = '', conversion, spec = ''] =
      /^((?:\[[^\]]*\]|[^!:[])*)(?:!([^:]*))?(?::([\s\S]*))?$/.exec(field) ?? []
    const value = this.#resolve(path)
    const rendered = spec.includes('{') ? this.format(spec, depth - 1) : spec
    if (conversion === undefined) return formatValue(value, rendered)
    if (conversion === 'r' || conversion === 'a') return formatValue(repr(value), rendered)
    if (conversion === 's') return formatValue(str(value), rendered)
    throw valueError(`Unknown conversion specifier '${conversion}'`)
  }

  #resolve(path: string): Value {
    const [, first = '', rest = ''] = /^([^.[]*)(.*)$/s.exec(path) ?? []
    if (first === '' ? this.#manual : /^\d+$/.test(first) && this.#automatic > 0) {
      throw valueError('cannot switch between manual field specification and automatic field numbering')
    }
    if (/^\d+$/.test(first)) this.#manual = true
    const name = first === '' ? String(this.#automatic++) : first
    const start = /^\d+$/.test(name) ? this.#args[Number(name)] : this.#named(name)
    if (start === undefined) {
      throw lookupError(
        /^\d+$/.test(name) ? `Replacement index ${name} out of range for positional args tuple` : repr(name),
      )
    }
    let value = start
    for (const [, attribute, item] of rest.matchAll(/\.([^.[]+)|\[([^\]]+)\]/g)) value = step(value, attribute, item)
    return value
  }
}

function step(value: Value, attribute: string | undefined, item: string | undefined): Value {
  const found =
    attribute === undefined
      ? subscript(value, /^\d+$/.test(item!) ? Number(item) : item!)
      : value instanceof Attributes
        ? value.attribute(attribute)
        : propertyOf(value, attribute)
  if (found === undefined)
    throw lookupError(`the value has no ${attribute === undefined ? 'item' : 'attribute'} ${repr(attribute ?? item!)}`)
  return found
}

function fieldEnd(template: string, start: number): number {
  let depth = 0
  for (let i = start; i < template.length; i++) {
    if (template[i] === '{') depth++
    else if (template[i] === '}' && --depth === 0) return i
  }
  throw valueError("expected '}' before end of string")
}
