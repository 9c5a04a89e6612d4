import { type Document, LineCounter, parseAllDocuments, visit } from 'yaml'
import { Source } from './yaml-positions.ts'
import { indentQuote } from './yaml-quotes.ts'

type Parsed = { readonly documents: readonly Document.Parsed[]; readonly source: Source }

/** How many quotes of one file are mended: each costs reading the file again. */
const MOST_MENDED = 20

/** The documents of a text. One that only fails for continued quotes at the margin, which Ansible's parser allows, is mended first. */
export function parseDocuments(text: string, file: string): Parsed {
  const first = parseOnce(text, file)
  let current = first
  for (let count = 0; count < MOST_MENDED; count++) {
    const mended = mendQuotes(current)
    if (mended === null) break
    current = parseOnce(mended, file)
  }
  return current.documents.some((document) => document.errors.length > 0) ? first : current
}

function parseOnce(text: string, file: string): Parsed {
  const lines = new LineCounter()
  const parsed = parseAllDocuments(text, {
    version: '1.1',
    schema: 'failsafe',
    uniqueKeys: false,
    lineCounter: lines,
    logLevel: 'silent',
    prettyErrors: false,
  })
  return { documents: Array.isArray(parsed) ? parsed : [], source: new Source(text, file, lines) }
}

/** The text with the continuation lines of the first quote that seems unclosed moved to the right; null if there is nothing to mend. */
function mendQuotes({ documents, source }: Parsed): string | null {
  const failed = documents.find((document) => document.errors.length > 0)
  const error = failed?.errors[0]
  if (failed === undefined || error?.code !== 'MISSING_CHAR') return null
  let start: number | null = null
  visit(failed, {
    Scalar: (_, node) => {
      if (/^QUOTE/.test(node.type ?? '') && node.range?.[1] === error.pos[0]) start = node.range[0]
    },
  })
  return start === null ? null : indentQuote(source.text, start)
}
