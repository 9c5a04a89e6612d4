import { type PythonRegExp, pythonRegex, substitute } from '../../kernel/python-regex.ts'
import type { Value } from '../../kernel/value.ts'
import { Tuple } from '../../kernel/value.ts'
import { filterError } from '../problems.ts'
import { calls } from '../python/call.ts'
import { flag, optionalText, text } from '../python/coerce.ts'
import { str } from '../python/repr.ts'
import { type Call, Undefined } from '../python/types.ts'

/** Ansible's filters with Python's regular expressions. */
export const regexFilters: ReadonlyMap<string, Call> = new Map<string, Call>([
  ...calls({
    'regex_replace(value pattern? replacement? ignorecase? multiline?)': (_, value, pattern, by, ignore, multi) =>
      regexReplace(subject(value), optionalText(pattern, ''), optionalText(by, ''), ignore, multi),
    'regex_findall(value regex multiline? ignorecase?)': (_, value, pattern, multi, ignore) =>
      findAll(subject(value), text(pattern, 'the pattern'), ignore, multi),
    'regex_escape(string re_type?)': (_, value, kind) => escapeRegex(subject(value), optionalText(kind, 'python')),
  }),
  ['regex_search', (args, kwargs) => regexSearch(args, kwargs)],
])

function subject(value: Value): string {
  if (value instanceof Undefined) throw value.problem()
  return str(value)
}

function compile(pattern: string, ignore: Value | undefined, multi: Value | undefined): PythonRegExp {
  return pythonRegex(pattern, { flags: `${flag(ignore) ? 'i' : ''}${flag(multi) ? 'm' : ''}` })
}

function regexReplace(value: string, pattern: string, by: string, ignore?: Value, multi?: Value): string {
  return substitute(compile(pattern, ignore, multi), by, value).text
}

function findAll(value: string, pattern: string, ignore?: Value, multi?: Value): Value[] {
  const regex = compile(pattern, ignore, multi)
  return Array.from(value.matchAll(regex), (match) => {
    if (regex.groups === 0) return match[0]
    return regex.groups === 1 ? (match[1] ?? '') : Tuple.of_(match.slice(1).map((group) => group ?? ''))
  })
}

function regexSearch(args: readonly Value[], kwargs: ReadonlyMap<string, Value>): Value {
  const [value = '', pattern = kwargs.get('regex') ?? '', ...wanted] = args
  const regex = compile(text(pattern, 'the pattern'), kwargs.get('ignorecase'), kwargs.get('multiline'))
  const groups = wanted.map((one) => groupOf(text(one, 'the group')))
  const match = regex.exec(subject(value))
  if (match === null) return null
  if (groups.length === 0) return match[0]
  return groups.map((group) => groupValue(match, group))
}

function groupOf(argument: string): string {
  const named = /^\\g<(\S+)>/.exec(argument)
  const numbered = /^\\(\d+)/.exec(argument)
  const group = named?.[1] ?? numbered?.[1]
  if (group === undefined) throw filterError('Unknown argument', "groups are named '\\1' or '\\g<name>'")
  return group
}

function groupValue(match: RegExpExecArray, group: string): Value {
  const number = /^\d+$/.test(group) ? Number(group) : null
  const known = number === null ? Object.hasOwn(match.groups ?? {}, group) : number < match.length
  if (!known) throw filterError(`no such group: ${group}`)
  return (number === null ? match.groups?.[group] : match[number]) ?? null
}

/** Python's `re.escape`, or POSIX basic rules. */
function escapeRegex(value: string, kind: string): string {
  if (kind === 'python')
    return value.replace(/[\t\n\v\f\r !#$%&()*+\-./:;<=>?@[\\\]^`{|}~"']/g, (char) =>
      needsEscape(char) ? `\\${char}` : char,
    )
  if (kind === 'posix_basic') return value.replace(/[\].[^$*\\]/g, '\\$&')
  throw filterError(
    kind === 'posix_extended' ? `Regex type (${kind}) not yet implemented` : `Invalid regex type (${kind})`,
  )
}

function needsEscape(char: string): boolean {
  return '()[]{}?*+-|^$\\.&~# \t\n\r\v\f'.includes(char)
}
