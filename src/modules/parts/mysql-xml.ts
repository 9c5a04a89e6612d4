/** One result of a statement; `null` is SQL's NULL. */
export type ResultSet = { readonly statement: string; readonly rows: readonly SqlRow[] }
export type SqlRow = { readonly [column: string]: string | null }

/** Parses what the mysql and mariadb clients print with `--xml`. */
export function resultSets(output: string): ResultSet[] {
  const sets: ResultSet[] = []
  for (const match of output.matchAll(/<resultset statement="([^"]*)"[^>]*>([\s\S]*?)<\/resultset>/g)) {
    sets.push({
      statement: unescapeXml(match[1]!).trim(),
      rows: [...match[2]!.matchAll(ROW)].map((row) => rowOf(row[1]!)),
    })
  }
  return sets
}

/** The rows of the result whose statement begins so; null when there is none. */
export function rowsOf(sets: readonly ResultSet[], start: string): readonly SqlRow[] | null {
  return sets.find((set) => set.statement.startsWith(start))?.rows ?? null
}

const ROW = /<row>([\s\S]*?)<\/row>/g
const FIELD = /<field name="([^"]*)"(?: xsi:nil="true" \/>|>([\s\S]*?)<\/field>)/g

function rowOf(text: string): SqlRow {
  return Object.fromEntries(
    [...text.matchAll(FIELD)].map(([, name, value]) => [
      unescapeXml(name!),
      value === undefined ? null : unescapeXml(value),
    ]),
  )
}

function unescapeXml(text: string): string {
  return text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&apos;', "'")
    .replaceAll('&amp;', '&')
}
