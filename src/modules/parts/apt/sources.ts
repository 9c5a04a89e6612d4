/** A line of sources.list(5). */
type Source = { readonly enabled: boolean; readonly source: string; readonly comment: string }

/** The lines of one file, with what each says; null for one that is no source. */
export function parseSource(line: string): Source | null {
  let text = line.trim()
  let enabled = true
  while (text.startsWith('#')) {
    enabled = false
    text = text.slice(1).trim()
  }
  const hash = text.indexOf('#')
  const comment = hash < 0 ? '' : text.slice(hash + 1).trim()
  if (hash >= 0) text = text.slice(0, hash)
  const source = normalized(text)
  return source === null ? null : { enabled, source, comment }
}

/** The words of a source, single spaces between them; null for anything else. */
export function normalized(text: string): string | null {
  const match = /^(deb|deb-src)\s+(\[[^\]]*\]\s+)?(\S+)\s+(\S.*)$/.exec(text.trim())
  if (match === null) return null
  const options = match[2] === undefined ? [] : [`[${match[2].trim().slice(1, -1).trim().split(/\s+/).join(' ')}]`]
  return [match[1]!, ...options, match[3]!, ...match[4]!.trim().split(/\s+/)].join(' ')
}

/** The name of the file a source goes to when the task gives none: its address, without protocol and credentials. */
export function fileNameFor(source: string): string {
  const address = source
    .replace(/\[[^\]]+\]/, '')
    .replace(/\w+:\/\//, '')
    .split(/\s+/)
    .filter((word) => word !== '' && word !== 'deb' && word !== 'deb-src')[0]!
  return `${address
    .replace(/^.*?@/, '')
    .replace(/[^a-zA-Z0-9]/g, ' ')
    .trim()
    .split(/\s+/)
    .join('_')}.list`
}

/** The line of a source as Ansible writes it. */
export function sourceLine({ enabled, source, comment }: Source): string {
  return `${enabled ? '' : '# '}${source}${comment === '' ? '' : ` # ${comment}`}`
}
