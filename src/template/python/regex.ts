import { filterError } from '../problems.ts'
import { translatePattern } from './regex-pattern.ts'

export type RegexFlags = { readonly ignoreCase?: boolean; readonly multiline?: boolean; readonly dotAll?: boolean }

/** A regular expression of Python's syntax and rules. */
type PythonRegex = {
  readonly groups: number
  /** The first match at or after the UTF-16 index. */
  search(text: string, from: number): RegExpExecArray | null
  /** A match at the start of the text. */
  match(text: string): RegExpExecArray | null
  /** Every match without overlaps; an empty one counts only where none just ended. */
  all(text: string): RegExpExecArray[]
}

/** Compiles a pattern of Python's `re`. Raises `template.filter` when it is malformed or uses what JavaScript can't do. */
export function compileRegex(pattern: string, flags: RegexFlags = {}): PythonRegex {
  const { source, flags: letters } = translatePattern(pattern, flags)
  try {
    return wrap(new RegExp(source, `${letters}g`), new RegExp(source, `${letters}y`))
  } catch (error) {
    throw filterError(`the regular expression ${JSON.stringify(pattern)} can't be used: ${(error as Error).message}`)
  }
}

function wrap(global: RegExp, sticky: RegExp): PythonRegex {
  const search = (text: string, from: number): RegExpExecArray | null => {
    global.lastIndex = from
    return global.exec(text)
  }
  return {
    groups: new RegExp(`${global.source}|`, global.flags.replace('g', '')).exec('')!.length - 1,
    search,
    match(text) {
      sticky.lastIndex = 0
      return sticky.exec(text)
    },
    all(text) {
      const found: RegExpExecArray[] = []
      let from = 0
      for (let match = search(text, from); match !== null; match = search(text, from)) {
        found.push(match)
        const step = text.codePointAt(match.index)! > 0xffff ? 2 : 1
        from = match[0] === '' ? match.index + step : match.index + match[0].length
        if (from > text.length) break
      }
      return found
    },
  }
}
