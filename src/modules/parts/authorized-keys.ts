import { Failure } from '../../kernel/module.ts'
import { asBytes, splitLines } from './edit-file.ts'

type Wanted = {
  readonly key: string
  readonly state: 'absent' | 'present'
  readonly key_options: string | undefined
  readonly comment: string | undefined
  readonly exclusive: boolean
}

/** A line of an authorized_keys file (sshd(8)); one without a key keeps its text. */
type Line = {
  readonly id: string
  readonly type: string | null
  readonly options: readonly string[]
  readonly comment: string
  readonly rank: number
}

const TYPE =
  /^(?:(?:sk-|webauthn-sk-)?(?:ecdsa-sha2-nistp(?:256|384|521)|ssh-ed25519)(?:-cert-v01)?(?:@openssh\.com)?|(?:ssh-(?:dss|rsa|xmss)|rsa-sha2-(?:256|512))(?:-cert-v01)?(?:@openssh\.com)?)$/

/** The new text of the file, or null when it has what is wanted; the rules of ansible.posix's `authorized_key`. Fails for a wrong key. */
export function editKeys(wanted: Wanted, text: string): string | null {
  const lines = new Map<string, Line>()
  for (const [rank, line] of splitLines(text).entries()) {
    const parsed = parseLine(line, rank) ?? { id: line, type: null, options: [], comment: '', rank }
    lines.set(parsed.id, parsed)
  }
  const highest = lines.size
  const given = wanted.key.split(/\r?\n/).filter((line) => line !== '' && !line.startsWith('#'))
  const keys = given.map((line, rank) => newKey(asBytes(line), rank, wanted))
  let changed = false
  for (const key of keys) {
    const present = lines.get(key.id)
    if (wanted.state === 'absent') changed = lines.delete(key.id) || changed
    else if (present === undefined || !same(present, key)) {
      lines.delete(key.id)
      lines.set(key.id, { ...key, rank: highest + key.rank })
      changed = true
    }
  }
  if (wanted.state === 'present' && wanted.exclusive) {
    const kept = new Set(keys.map((key) => key.id))
    for (const id of [...lines.keys()]) if (!kept.has(id)) changed = lines.delete(id) || changed
  }
  if (!changed) return null
  return [...lines.values()]
    .sort((a, b) => a.rank - b.rank)
    .map(textOf)
    .join('')
}

function newKey(line: string, rank: number, wanted: Wanted): Line {
  const parsed = parseLine(line, rank)
  if (parsed === null || parsed.type === null) throw new Failure(`invalid key specified: ${line}`)
  return {
    ...parsed,
    ...(wanted.key_options === undefined ? {} : { options: splitOptions(asBytes(wanted.key_options)) }),
    ...(wanted.comment === undefined ? {} : { comment: asBytes(wanted.comment) }),
  }
}

function parseLine(line: string, rank: number): Line | null {
  const words = line
    .replaceAll('\\#', '#')
    .split(/[ \t\r\n]+/)
    .filter((word) => word !== '')
  if (words[0] === '#') return { id: line, type: null, options: [], comment: '', rank }
  const at = words.findIndex((word) => TYPE.test(word))
  if (at === -1 || words[at + 1] === undefined) return null
  return {
    id: words[at + 1]!,
    type: words[at]!,
    options: splitOptions(words.slice(0, at).join(' ')),
    comment: words.slice(at + 2).join(' '),
    rank,
  }
}

/** Options are parted by commas that stand outside of quotes. */
function splitOptions(text: string): string[] {
  return text.match(/(?:[^,"']|"[^"]*"|'[^']*')+/g) ?? []
}

function same(a: Line, b: Line): boolean {
  const options = (line: Line) => [...line.options].sort().join('\n')
  return a.type === b.type && a.comment === b.comment && options(a) === options(b)
}

function textOf({ id, type, options, comment }: Line): string {
  if (type === null) return id
  return `${options.length === 0 ? '' : `${options.join(',')} `}${type} ${id} ${comment}\n`
}
