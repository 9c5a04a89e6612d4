import { Problem } from '../kernel/problem.ts'

/** The value has a type the operation can't work on (Python's TypeError). */
export function typeError(detail: string, hint?: string): Problem {
  return new Problem({ code: 'template.type', summary: 'A template used a value of the wrong type', detail, hint })
}

/** The type is right and the value is not (Python's ValueError). */
export function valueError(detail: string, hint?: string): Problem {
  return new Problem({
    code: 'template.value',
    summary: 'A template used a value that makes no sense there',
    detail,
    hint,
  })
}

export function zeroDivision(detail: string): Problem {
  return new Problem({ code: 'template.zero-division', summary: 'A template divides by zero', detail })
}

/** A dict has no such key, or a list no such element, where a method insists on it (Python's LookupError). */
export function lookupError(detail: string): Problem {
  return new Problem({ code: 'template.lookup', summary: 'A template asked for an element that is not there', detail })
}

/** A filter, test or function refuses what it was given (AnsibleFilterError). */
export function filterError(detail: string, hint?: string): Problem {
  return new Problem({ code: 'template.filter', summary: 'A template filter failed', detail, hint })
}

/** The result would be too big, or the template nests too deeply. */
export function limitError(detail: string): Problem {
  return new Problem({ code: 'template.limit', summary: 'A template asks for too much', detail })
}

/** How many elements or characters one value may have: a slip like `'x' * 10 ** 10` must not exhaust the controller. */
const maxSize = 50_000_000

/** Returns `size`, or raises `template.limit` when nothing sensible is that big. */
export function withinLimit(size: number, what: string): number {
  if (size > maxSize) throw limitError(`${what} would have ${size} elements; the limit is ${maxSize}`)
  return size
}
