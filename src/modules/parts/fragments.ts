import { Blob } from '../../kernel/blob.ts'
import { joinedBlob } from '../../kernel/joined-blob.ts'
import { asBytes } from './edit-file.ts'

/** Ansible takes a newline for the end of a delimiter only on the host: one from the controller gets another. */
type Side = 'host' | 'controller'

/** The bytes between two fragments: escapes are Python's (`codecs.escape_decode`), and what follows begins on a line of its own. */
export function delimiterOf(written: string, side: Side): Buffer {
  const text = asBytes(written).replace(/\\(\n|[abfnrtv\\'"]|x[0-9A-Fa-f]{2}|[0-7]{1,3})/g, (_, name: string) => {
    if (name.startsWith('x')) return String.fromCharCode(Number.parseInt(name.slice(1), 16))
    return ESCAPES[name] ?? String.fromCharCode(Number.parseInt(name, 8) & 0xff)
  })
  const isWhole = text === '' || (side === 'host' && text.endsWith('\n'))
  return Buffer.from(isWhole ? text : `${text}\n`, 'latin1')
}

const ESCAPES: { readonly [letter: string]: string } = {
  ...{ '\n': '', '\\': '\\', "'": "'", '"': '"' },
  ...{ a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' },
}

/** The file that fragments make, in their order: all but the last end with a newline, and have the delimiter behind them. */
export async function joinedFragments(fragments: readonly Blob[], delimiter: Buffer): Promise<Blob> {
  const [newline, between] = [Blob.of('\n'), delimiter.length === 0 ? [] : [Blob.of(delimiter)]]
  const parts: Blob[] = []
  for (const [index, fragment] of fragments.entries()) {
    parts.push(fragment)
    if (index === fragments.length - 1) break
    const end = await fragment.part(Math.max(0, fragment.size - 1), 1)
    parts.push(...(end.toString('latin1') === '\n' ? [] : [newline]), ...between)
  }
  return joinedBlob(parts)
}
