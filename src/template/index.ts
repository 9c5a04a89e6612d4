export { Compiled, Condition } from './compiled.ts'
export { Environment, type EnvironmentOptions, type Loader } from './environment.ts'
export { readCsv } from './filters/csv.ts'
export { cryptPassword } from './filters/password.ts'
export { templateHeader } from './header.ts'
export { filterError } from './problems.ts'
export { signature } from './python/call.ts'
export { compare, compareText, equals, isIn, truthy } from './python/compare.ts'
export { DateTime, TimeDelta } from './python/datetime.ts'
export { dictGet, dictSet } from './python/dict.ts'
export { fnmatch } from './python/fnmatch.ts'
export { formatMethod } from './python/format-method.ts'
export { carried, settled, takenFrom } from './python/kept-text.ts'
export { parseLiteral } from './python/literal.ts'
export { percentFormat as pythonFormat } from './python/percent-format.ts'
export { type Chooser, chooser } from './python/random.ts'
export { floatRepr, repr, str } from './python/repr.ts'
export { iterate, listOf } from './python/sequence.ts'
export { formatTime } from './python/strftime.ts'
export { typeName } from './python/type-name.ts'
export {
  Attributes,
  type Call,
  Callable,
  DictView,
  LazyDict,
  NativeText,
  Range,
  Undefined,
  unmarked,
} from './python/types.ts'
export type { Scope } from './run/context.ts'
