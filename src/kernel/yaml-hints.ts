/** What to do about a YAML syntax error: looks for the usual mistakes on the line of the error and the ones before it. */
export function syntaxHint(message: string, lines: readonly string[], line: number): string | undefined {
  const here = [line - 1, line - 2, line].map((index) => lines[index]).filter((text) => text !== undefined)
  for (const mistake of MISTAKES) {
    if (mistake.message?.test(message) || here.some((text) => mistake.line?.test(text))) return mistake.hint
  }
  if (/closing|unexpected end/i.test(message)) {
    const opened = lastUnbalanced(lines, line)
    return opened === null ? 'a quote or bracket is never closed' : `the quote opened in line ${opened} is never closed`
  }
  return undefined
}

type Mistake = { readonly message?: RegExp; readonly line?: RegExp; readonly hint: string }

const MISTAKES: readonly Mistake[] = [
  { line: /^\s*(?:- +)?(?:[\w.-]+: +)?\{\{/, hint: 'a value that starts with "{{" must be quoted: key: "{{ value }}"' },
  { message: /tab/i, line: /^ *\t/, hint: 'indent with spaces: YAML allows no tabs there' },
  {
    line: /^\s*(?:- +)?[\w.-]+: +(?:"[^"]*"|'[^']*') *[^\s#,\]}].*$/,
    hint: 'text goes on after the closing quote: put the whole value into quotes, and double the quotes inside it',
  },
  { line: /^\s*(?:- +)?[A-Za-z_][\w.-]*:[^\s:/].*$/, hint: 'put a space after the colon: "key: value"' },
  {
    message: /nested mappings/i,
    hint: 'quote the value if it contains ": ", and check that the lines below it are indented as they should be',
  },
  { message: /cannot start with/i, hint: 'quote a value that starts with @, `, % or another special character' },
  { message: /escape sequence/i, hint: 'use single quotes for text with backslashes, or double each backslash' },
  {
    message: /on a single line|block-seq-ind|indent/i,
    hint: 'check the indentation: all keys and items of one level start in one column',
  },
]

/** The nearest line, from the error upwards, with an odd number of one kind of quote. */
function lastUnbalanced(lines: readonly string[], line: number): number | null {
  for (let index = Math.min(line, lines.length) - 1; index >= 0; index--) {
    const text = lines[index]!.replace(/\\./g, '').replace(/(^|\s)#.*$/, '')
    if ((text.match(/"/g) ?? []).length % 2 === 1 || (text.match(/'/g) ?? []).length % 2 === 1) return index + 1
  }
  return null
}
