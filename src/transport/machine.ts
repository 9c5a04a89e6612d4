import { readFileSync } from 'node:fs'

/** What tells a machine from others: its name, its boot (random(4)) and its machine-id(5). */
const FILES = ['/proc/sys/kernel/hostname', '/proc/sys/kernel/random/boot_id', '/etc/machine-id']

/** Shell text that writes a field `machine` for each; builtins only. */
export const PROBE_MACHINE = `
for _file in ${FILES.join(' ')}; do
  _line=; [ ! -r $_file ] || read -r _line <$_file || :
  field machine "$_line"
done
`

/** The fields as one text. */
export function machineOf(lines: readonly string[]): string {
  return lines.join(' ').trim()
}

/** The same of the machine we run on; empty where it can't be told. */
export function ownMachine(): string {
  return machineOf(FILES.map(firstLine))
}

function firstLine(path: string): string {
  try {
    return readFileSync(path, 'utf8').split('\n')[0]!
  } catch {
    return ''
  }
}
