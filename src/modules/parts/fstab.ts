/** An entry of fstab(5). */
export type Entry = {
  readonly source: string
  readonly path: string
  readonly type: string
  readonly options: string
  readonly dump: string
  readonly pass: string
}

/** Whether a line is the entry's: of the same mount point, and for swap of the same device. */
export function names(line: string, entry: Entry): boolean {
  const fields = line.trim().split(/\s+/)
  if (line.trim().startsWith('#') || fields.length < 4 || fields.length > 6 || fields[1] !== escaped(entry.path))
    return false
  return !(fields[1] === 'none' && fields[2] === 'swap' && fields[0] !== escaped(entry.source))
}

/** The lines with the entry in its place, or at the end. */
export function having(lines: readonly string[], entry: Entry): readonly string[] {
  const wanted = [entry.source, entry.path, entry.type, entry.options, entry.dump, entry.pass].map(escaped)
  if (!lines.some((line) => names(line, entry))) return [...lines, wanted.join(' ')]
  return lines.map((line) => {
    if (!names(line, entry)) return line
    const fields = line.trim().split(/\s+/)
    const complete = [...fields, '0', '0'].slice(0, 6)
    return complete.every((field, index) => field === wanted[index]) ? line : wanted.join(' ')
  })
}

export function without(lines: readonly string[], entry: Entry): readonly string[] {
  return lines.filter((line) => !(names(line, entry) && line.trim().split(/\s+/).length === 6))
}

/** What is mounted at a path, by /proc/self/mountinfo (proc(5)); the last one is on top. */
export function mountedAt(mountinfo: string, path: string): { readonly source: string } | null {
  const target = path.length > 1 ? path.replace(/\/+$/, '') : path
  const entries = mountinfo.split('\n').map((line) => line.split(' '))
  const found = entries.filter((fields) => fields[4] !== undefined && unescaped(fields[4]) === target).at(-1)
  if (found === undefined) return null
  const rest = found.slice(found.indexOf('-') + 1)
  const root = unescaped(found[3]!)
  // A bind mount shows the folder it is of, not the device below.
  return { source: root === '/' ? unescaped(rest[1] ?? '') : root }
}

function escaped(text: string): string {
  return text.replaceAll('\\', '\\134').replaceAll(' ', '\\040').replaceAll('&', '\\046')
}

function unescaped(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)))
}
