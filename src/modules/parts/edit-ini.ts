import { asBytes, type Edited, splitLines } from './edit-file.ts'

type Wanted = {
  readonly section: string | undefined
  readonly option: string | undefined
  readonly values: readonly string[]
  readonly state: 'absent' | 'present'
  readonly exclusive: boolean
  readonly no_extra_spaces: boolean
  readonly allow_no_value: boolean
}

type Section = { lines: string[]; msg: string; changed: boolean }

const BOM = 'ï»¿'

/** Sees to an option or a whole section of an INI file, by the rules of community.general's `ini_file`. */
export function editIni(wanted: Wanted): (text: string | null) => Edited {
  const section = wanted.section === undefined || wanted.section === '' ? null : asBytes(wanted.section)
  const option = wanted.option === undefined || wanted.option === '' ? null : asBytes(wanted.option)
  const values = [...new Set(wanted.values.map(asBytes))]
  const write = (value: string) => `${option}${wanted.no_extra_spaces ? '=' : ' = '}${value}\n`

  return (text) => {
    const all = splitLines(text?.startsWith(BOM) ? text.slice(BOM.length) : (text ?? ''))
    if (all.length === 0) all.push('\n')
    const open = !all.at(-1)!.endsWith('\n')
    if (open) all[all.length - 1] += '\n'
    const { start, end } = boundsOf(all, section)
    const found = section === null || start !== -1
    const part: Section = { lines: found ? all.slice(Math.max(start, 0), end) : [], msg: 'OK', changed: open }
    if (wanted.state === 'absent') remove(part, option, values, wanted, section === null)
    else if (found) set(part, option, values, wanted, write, section === null)
    const lines = found ? [...all.slice(0, Math.max(start, 0)), ...part.lines, ...all.slice(end)] : all
    if (!found && wanted.state === 'present') {
      lines.push(`[${section}]\n`)
      part.msg = 'section and option added'
      if (option !== null && values.length > 0) lines.push(...values.map(write))
      else if (option !== null && wanted.allow_no_value) lines.push(`${option}\n`)
      else part.msg = 'only section added'
      part.changed = true
    }
    return { text: part.changed ? lines.join('') : null, msg: part.msg }
  }
}

/** The lines of a section, its header first; without a section, those before the first header. */
function boundsOf(lines: readonly string[], section: string | null): { start: number; end: number } {
  const starts = (prefix: string) => (line: string) => line.startsWith(prefix)
  const start = section === null ? 0 : lines.findIndex(starts(`[${section}]`))
  if (start === -1) return { start, end: lines.length }
  const first = section === null ? 0 : start + 1
  const next = lines.findIndex(
    (line, index) => index >= first && line.startsWith('[') && !(section !== null && line.startsWith(`[${section}]`)),
  )
  const end = next === -1 ? lines.length : next
  // A header that is repeated right away starts the section anew, as in Ansible.
  return { start: section === null ? 0 : lines.slice(0, end).findLastIndex(starts(`[${section}]`)), end }
}

function optionPattern(option: string, commented: boolean): RegExp {
  const name = option.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  return new RegExp(`^${commented ? '[#;]?' : ''}[ \\t]*${name}[ \\t]*(?:=|(?=\\n?$))[ \\t]*([^\\n]*)`)
}

function set(
  part: Section,
  option: string | null,
  wantedValues: readonly string[],
  { exclusive, allow_no_value }: Wanted,
  write: (value: string) => string,
  headless: boolean,
): void {
  const { lines } = part
  const values = [...wantedValues]
  const settled = new Set<number>()
  let bare = false
  const put = (index: number, line: string) => {
    if (lines[index] !== line) Object.assign(part, { changed: true, msg: 'option changed' })
    lines[index] = line
    settled.add(index)
  }
  const pattern = option === null ? null : optionPattern(option, true)
  if (pattern !== null) {
    for (const [index, line] of lines.entries()) {
      const value = pattern.exec(line)?.[1]
      if (value === undefined) continue
      if (values.includes(value)) {
        bare ||= value === '' && allow_no_value
        put(index, value === '' && allow_no_value ? `${option}\n` : write(value))
        values.splice(values.indexOf(value), 1)
      } else if (values.length === 0 && allow_no_value) {
        put(index, `${option}\n`)
        bare = true
        break
      }
    }
  }
  if (pattern !== null && exclusive && !allow_no_value) {
    for (let index = 0; index < lines.length && values.length > 0; index++)
      if (!settled.has(index) && pattern.test(lines[index]!)) put(index, write(values.shift()!))
    for (let index = lines.length - 1; index >= (headless ? 0 : 1); index--) {
      if (settled.has(index) || !pattern.test(lines[index]!)) continue
      lines.splice(index, 1)
      Object.assign(part, { changed: true, msg: 'option changed' })
    }
  }
  if (option === null) return
  const added = values.length > 0 ? values.map(write) : allow_no_value && !bare ? [`${option}\n`] : []
  const at = lines.findLastIndex((line) => !/^[ \t]*(?:[#;].*)?\n?$/.test(line)) + 1
  if (added.length === 0 || (at === 0 && !headless)) return
  lines.splice(at, 0, ...added)
  Object.assign(part, { changed: true, msg: 'option added' })
}

function remove(
  part: Section,
  option: string | null,
  values: readonly string[],
  { exclusive }: Wanted,
  headless: boolean,
): void {
  if (option === null) {
    if (part.lines.length > 0 || headless) Object.assign(part, { lines: [], changed: true, msg: 'section removed' })
    return
  }
  const pattern = optionPattern(option, false)
  const kept = part.lines.filter((line) => {
    const value = pattern.exec(line)?.[1]
    return value === undefined || (!exclusive && !values.includes(value))
  })
  if (kept.length === part.lines.length) return
  Object.assign(part, { lines: kept, changed: true, msg: 'option changed' })
}
