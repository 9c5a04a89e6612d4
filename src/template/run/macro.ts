import { Tuple, type Value } from '../../kernel/value.ts'
import { typeError } from '../problems.ts'
import { Callable, type Kwargs, Undefined } from '../python/types.ts'
import type { Frame } from './context.ts'
import { capture, type Evaluate, type Step } from './program.ts'

export type MacroPlan = {
  readonly name: string
  readonly parameters: readonly { readonly name: string; readonly fallback: Evaluate | null }[]
  readonly body: Step
  /** Which of `caller`, `varargs` and `kwargs` the body reads: the macro takes surplus arguments only then. */
  readonly used: ReadonlySet<string>
}

/** A macro that sees the variables of `outer`, as they are when it is called. */
export function makeMacro(plan: MacroPlan, outer: Frame): Callable {
  return new Callable(plan.name, (args, kwargs) => {
    const frame = outer.inner()
    bind(plan, args, kwargs, frame)
    return capture(frame.context, (out) => plan.body(frame, out))
  })
}

function bind(plan: MacroPlan, args: readonly Value[], kwargs: Kwargs, frame: Frame): void {
  const left = new Map(kwargs)
  const missing: { name: string; fallback: Evaluate | null }[] = []
  plan.parameters.forEach(({ name, fallback }, index) => {
    const value = args[index] === undefined ? left.get(name) : args[index]
    if (args[index] !== undefined && left.has(name)) {
      throw typeError(`macro '${plan.name}' got multiple values for argument '${name}'`)
    }
    left.delete(name)
    if (value === undefined) missing.push({ name, fallback })
    else frame.vars.set(name, value)
  })
  bindCaller(plan, left, frame)
  bindSurplus(plan, args.slice(plan.parameters.length), left, frame)
  for (const { name, fallback } of missing)
    frame.vars.set(name, fallback === null ? notProvided(name, frame) : fallback(frame))
}

function notProvided(name: string, frame: Frame): Undefined {
  return new Undefined({ name, hint: `parameter '${name}' was not provided`, at: frame.context.at })
}

function bindCaller(plan: MacroPlan, left: Map<string, Value>, frame: Frame): void {
  if (!plan.used.has('caller') || plan.parameters.some(({ name }) => name === 'caller')) return
  frame.vars.set(
    'caller',
    left.get('caller') ?? new Undefined({ name: 'caller', hint: 'No caller defined', at: frame.context.at }),
  )
  left.delete('caller')
}

function bindSurplus(plan: MacroPlan, surplus: readonly Value[], left: Map<string, Value>, frame: Frame): void {
  if (plan.used.has('kwargs')) frame.vars.set('kwargs', new Map<Value, Value>(left))
  else if (left.size > 0) {
    const [name] = left.keys()
    throw typeError(
      name === 'caller'
        ? `macro '${plan.name}' was invoked with two values for the special caller argument or takes no caller`
        : `macro '${plan.name}' takes no keyword argument '${name}'`,
    )
  }
  if (plan.used.has('varargs')) frame.vars.set('varargs', Tuple.of_(surplus))
  else if (surplus.length > 0) {
    throw typeError(`macro '${plan.name}' takes not more than ${plan.parameters.length} argument(s)`)
  }
}
