import { pythonRegex } from '../../kernel/python-regex.ts'
import type { Value } from '../../kernel/value.ts'
import { filterError } from '../problems.ts'
import { calls } from '../python/call.ts'
import { flag, optionalText, text } from '../python/coerce.ts'
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
  const source = pattern === undefined ? '' : text(pattern, 'the pattern')
  const regex = pythonRegex(source, { flags: `${flag(ignore) ? 'i' : ''}${flag(multi) ? 'm' : ''}` })
  const subject = str(value)
  const found = regex.exec(subject)
  switch (kind) {
    case 'search':
      return found !== null
    case 'match':
      return found?.index === 0
    case 'fullmatch':
      return found?.[0] === subject
    default:
      throw filterError(`Invalid regex match type '${kind}'`)
  }
}
