import { Float, type Value } from '../../kernel/value.ts'
import { typeError, zeroDivision } from '../problems.ts'
import { type Body, calls } from '../python/call.ts'
import { equals, isIn, ordered } from '../python/compare.ts'
import { isMapping } from '../python/dict.ts'
import { arithmetic, asDouble, isFloat, isInt, isNumber } from '../python/numbers.ts'
import { str } from '../python/repr.ts'
import { items, sizeOf } from '../python/sequence.ts'
import { typeName } from '../python/type-name.ts'
import { Attributes, type Call, Callable, Undefined } from '../python/types.ts'

const order =
  (operator: string): Body =>
  (_, a, b) =>
    ordered(operator, a, b)

const caseTest =
  (test: (text: string) => boolean): Body =>
  (_, value) =>
    test(str(value))

/** Jinja2's own tests. */
export const jinjaTests: ReadonlyMap<string, Call> = calls({
  'defined(value)': (_, value) => !(value instanceof Undefined),
  'undefined(value)': (_, value) => value instanceof Undefined,
  'none(value)': (_, value) => value === null,
  'boolean(value)': (_, value) => typeof value === 'boolean',
  'true(value)': (_, value) => value === true,
  'false(value)': (_, value) => value === false,
  'string(value)': (_, value) => typeof value === 'string',
  'number(value)': (_, value) => isNumber(value),
  'integer(value)': (_, value) => isInt(value),
  'float(value)': (_, value) => isFloat(value),
  'mapping(value)': (_, value) => isMapping(value),
  'sequence(value)': (_, value) => sizeOf(value) !== null,
  'iterable(value)': (_, value) => items(value) !== null,
  'callable(value)': (_, value) =>
    value instanceof Callable || (value instanceof Attributes && value.call !== undefined),
  'escaped(value)': () => false,
  'sameas(value other)': (_, value, other) => same(value, other),
  'odd(value)': (_, value) => equals(remainder(value, 2), 1),
  'even(value)': (_, value) => equals(remainder(value, 2), 0),
  'divisibleby(value num)': (_, value, divisor) => equals(remainder(value, divisor), 0),
  'lower(value)': caseTest((text) => text === text.toLowerCase() && text !== text.toUpperCase()),
  'upper(value)': caseTest((text) => text === text.toUpperCase() && text !== text.toLowerCase()),
  'in(value seq)': (_, value, container) => isIn(value, container),
  'filter(value)': (context, name) => typeof name === 'string' && context.host.filter(name) !== null,
  'test(value)': (context, name) => typeof name === 'string' && context.host.test(name) !== null,
  'eq|==|equalto(a b)': (_, a, b) => equals(a, b),
  'ne|!=(a b)': (_, a, b) => !equals(a, b),
  'gt|>|greaterthan(a b)': order('>'),
  'ge|>=(a b)': order('>='),
  'lt|<|lessthan(a b)': order('<'),
  'le|<=(a b)': order('<='),
})

function remainder(value: Value, divisor: Value): Value {
  if (value instanceof Undefined) throw value.problem()
  if (asDouble(divisor) === 0) throw zeroDivision('integer division or modulo by zero')
  const rest = arithmetic('%', value, divisor)
  if (rest === undefined) throw typeError(`'${typeName(value)}' is no number`)
  return rest
}

function same(a: Value, b: Value): boolean {
  return a === b || (a instanceof Float && b instanceof Float && a.value === b.value)
}
