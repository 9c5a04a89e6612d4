import type { Value } from '../../kernel/value.ts'
import { filterError } from '../problems.ts'
import { calls } from '../python/call.ts'
import { flag, optionalText, text } from '../python/coerce.ts'
import { compileRegex } from '../python/regex.ts'
import { str } from '../python/repr.ts'
import type { Call } from '../python/types.ts'

/** Ansible's tests with Python's regular expressions. */
export const regexTests: ReadonlyMap<string, Call> = calls({
  'match(value pattern? ignorecase? multiline?)': (_, value, pattern, ignore, multi) =>
    test('match', value, pattern, ignore, multi),
  'search(value pattern? ignorecase? multiline?)': (_, value, pattern, ignore, multi) =>
    test('search', value, pattern, ignore, multi),
  'regex(value pattern? ignorecase? multiline? match_type?)': (_, value, pattern, ignore, multi, kind) =>
    test(optionalText(kind, 'search'), value, pattern, ignore, multi),
})

function test(kind: string, value: Value, pattern: Value | undefined, ignore?: Value, multi?: Value): boolean {
  const flags = { ignoreCase: flag(ignore), multiline: flag(multi) }
  const regex = compileRegex(pattern === undefined ? '' : text(pattern, 'the pattern'), flags)
  const subject = str(value)
  switch (kind) {
    case 'search':
      return regex.search(subject, 0) !== null
    case 'match':
      return regex.match(subject) !== null
    case 'fullmatch':
      return regex.match(subject)?.[0] === subject
    default:
      throw filterError(`Invalid regex match type '${kind}'`)
  }
}
