import type { Value } from '../kernel/value.ts'
import { type Call, Callable } from './python/types.ts'

/** Our own filters and globals that may give something else each time, by chance or by the clock. */
const VARYING: ReadonlySet<string> = new Set([
  'lipsum',
  'now',
  'password_hash',
  'random',
  'random_mac',
  'shuffle',
  'strftime',
  'x509_certificate_info',
])

export function isVarying(name: string): boolean {
  return VARYING.has(name.slice(name.lastIndexOf('.') + 1))
}

/** The call, telling the scope that what is made with it is good for once. */
export function varying(call: Call): Call {
  return (args, kwargs, context) => {
    context.scope.varies?.()
    return call(args, kwargs, context)
  }
}

/** The same for a global: all that the caller brings counts as varying. */
export function varyingGlobals(globals: ReadonlyMap<string, Value>, all: boolean): Map<string, Value> {
  return new Map(
    [...globals].map(([name, value]) => [
      name,
      value instanceof Callable && (all || isVarying(name)) ? new Callable(name, varying(value.call)) : value,
    ]),
  )
}
