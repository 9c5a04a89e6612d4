import { templated, type Value } from '../../kernel/value.ts'
import { typeError } from '../problems.ts'
import { noKwargs } from '../python/call.ts'
import { dictEntries, isMapping } from '../python/dict.ts'
import { carried } from '../python/kept-text.ts'
import { methodOf } from '../python/methods.ts'
import { iterate } from '../python/sequence.ts'
import { typeName } from '../python/type-name.ts'
import type { Call, Kwargs } from '../python/types.ts'
import type { Argument, Expression } from '../syntax/ast.ts'
import { callValue, getAttribute } from './access.ts'
import type { Compiler } from './compile-expression.ts'
import type { Frame } from './context.ts'
import type { Evaluate } from './program.ts'

/** Puts a call's arguments after `first`. */
type Collect = (frame: Frame, first: Value[]) => { args: Value[]; kwargs: Kwargs }

/** `value|name(args)` and `value is name(args)`; `compile` is how what it is given is evaluated. */
export function compileFilterCall(
  compiler: Compiler,
  of: Expression,
  args: readonly Argument[],
  call: Call,
  compile = (node: Expression) => compiler.evaluate(node),
): Evaluate {
  const value = compile(of)
  if (args.length === 0) return (frame) => call([value(frame)], noKwargs, frame.context)
  const collect = compileArguments(args, compile)
  return (frame) => {
    const given = collect(frame, [value(frame)])
    return call(given.args, given.kwargs, frame.context)
  }
}

/** `of(args)`; a method is called without making an object of it first. */
export function compileCall(
  compiler: Compiler,
  of: Expression,
  args: readonly Argument[],
  extra?: (frame: Frame) => [string, Value],
): Evaluate {
  const fromOutside = isLookup(of)
  const collect = compileArguments(fromOutside ? args.map(withTemplates) : args, (node) => compiler.evaluate(node))
  const complete: Collect = (frame, first) => {
    const given = collect(frame, first)
    return extra === undefined ? given : { args: given.args, kwargs: new Map([...given.kwargs, extra(frame)]) }
  }
  if (of.kind !== 'attribute') {
    const callee = compiler.evaluate(of)
    return (frame) => {
      const value = callee(frame)
      const given = complete(frame, [])
      const result = callValue(value, given.args, given.kwargs, frame.context)
      return carried(
        given.kwargs === noKwargs ? given.args : [...given.args, ...given.kwargs.values()],
        fromOutside ? compiler.owned(result) : result,
      )
    }
  }
  const { name, place } = of
  compiler.noteMember(name)
  const owner = compiler.evaluate(of.of)
  return (frame) => {
    const value = owner(frame)
    const method = methodOf(value, name)
    const given = complete(frame, method === undefined ? [] : [value])
    if (method !== undefined) return carried([value], method(given.args, given.kwargs, frame.context))
    return callValue(getAttribute(value, name, frame.context, place), given.args, given.kwargs, frame.context)
  }
}

function isLookup(of: Expression): boolean {
  return of.kind === 'name' && ['lookup', 'query', 'q'].includes(of.name)
}

/** Ansible renders what a lookup is given once more. Here only text that stands in the template itself is: never a variable's. */
function withTemplates(argument: Argument): Argument {
  return argument.name === null && argument.spread === '' ? { ...argument, value: nested(argument.value) } : argument
}

function nested(expression: Expression): Expression {
  if (expression.kind === 'constant') {
    const { value } = expression
    return typeof value === 'string' ? { ...expression, value: templated(value, null) } : expression
  }
  if (expression.kind === 'list' || expression.kind === 'tuple')
    return { ...expression, items: expression.items.map(nested) }
  if (expression.kind !== 'dict') return expression
  return { ...expression, entries: expression.entries.map(([key, value]) => [key, nested(value)] as const) }
}

function compileArguments(args: readonly Argument[], compile: (node: Expression) => Evaluate): Collect {
  const simple = args.every((argument) => argument.name === null && argument.spread === '')
  const values = args.map((argument) => compile(argument.value))
  if (simple) {
    return (frame, first) => {
      for (const value of values) first.push(value(frame))
      return { args: first, kwargs: noKwargs }
    }
  }
  return (frame, first) => {
    const kwargs = new Map<string, Value>()
    args.forEach(({ name, spread }, index) => {
      const value = values[index]!(frame)
      if (spread === '*') first.push(...iterate(value))
      else if (spread === '**') spreadNamed(kwargs, value)
      else if (name === null) first.push(value)
      else addNamed(kwargs, name, value)
    })
    return { args: first, kwargs }
  }
}

function spreadNamed(kwargs: Map<string, Value>, value: Value): void {
  if (!isMapping(value)) throw typeError(`argument after ** must be a mapping, not ${typeName(value)}`)
  for (const [key, item] of dictEntries(value)) {
    if (typeof key !== 'string') throw typeError('keywords must be strings')
    addNamed(kwargs, key, item)
  }
}

function addNamed(kwargs: Map<string, Value>, name: string, value: Value): void {
  if (kwargs.has(name)) throw typeError(`got multiple values for keyword argument '${name}'`)
  kwargs.set(name, value)
}
