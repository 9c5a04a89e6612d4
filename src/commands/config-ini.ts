import { Problem } from '../kernel/problem.ts'

type IniEntry = { readonly text: string; readonly file: string; readonly line: number }
export type Ini = ReadonlyMap<string, ReadonlyMap<string, IniEntry>>

/**
 * A configuration file by the rules of Python's ConfigParser as Ansible uses it: names in lower case, `=` or `:`, `#` and `;` start a
 * comment line, ` ;` a comment at a line's end, indented lines go on with the value before. Problem `config.syntax`.
 */
export function parseIni(text: string, file: string): Ini {
  const sections = new Map<string, Map<string, IniEntry>>()
  let section: Map<string, IniEntry> | null = null
  let last: string | null = null
  for (const [index, whole] of text.split(/\r?\n/).entries()) {
    const line = withoutComment(whole)
    if (line.trim() === '') continue
    const header = /^\[(.+)\]/.exec(line)
    if (header !== null) {
      section = sections.get(header[1]!) ?? new Map<string, IniEntry>()
      sections.set(header[1]!, section)
      last = null
      continue
    }
    if (section !== null && last !== null && /^\s/.test(line)) {
      const before: IniEntry = section.get(last)!
      section.set(last, { ...before, text: `${before.text}\n${line.trim()}`.trim() })
      continue
    }
    const pair = /^\s*([^=:]+?)\s*[=:]\s*(.*)$/.exec(line)
    if (section === null || pair === null) throw syntax(file, index + 1, section === null)
    last = pair[1]!.toLowerCase()
    section.set(last, { text: pair[2]!.trim(), file, line: index + 1 })
  }
  return sections
}

function withoutComment(line: string): string {
  if (/^\s*[#;]/.test(line)) return ''
  return line.replace(/\s;.*$/, '')
}

function syntax(file: string, line: number, noSection: boolean): Problem {
  return new Problem({
    code: 'config.syntax',
    summary: 'Wrong configuration file',
    detail: noSection ? 'a setting stands before the first [section]' : 'this line is no "name = value"',
    hint: noSection ? 'start the file with [defaults]' : undefined,
    at: { file, line, column: 1 },
  })
}
