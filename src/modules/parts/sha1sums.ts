/** Each path and its checksum; where a name has a line break or a backslash, that of coreutils stands behind a backslash. */
export function parseSums(text: string): (readonly [path: string, sum: string])[] {
  return text.split(/(?:^|\n)(?=\\?[0-9a-f]{40} [ *][./])/).flatMap((record) => {
    const match = /^(\\?)([0-9a-f]{40}) [ *]\.\/(.+)$/s.exec(record)
    if (match === null) return []
    const [, escaped, sum, name] = match as unknown as [string, string, string, string]
    return [[escaped === '' ? name : name.replace(/\\(.)/g, (_, letter: string) => ESCAPES[letter] ?? letter), sum]]
  })
}

const ESCAPES: { readonly [letter: string]: string } = { n: '\n', r: '\r' }
