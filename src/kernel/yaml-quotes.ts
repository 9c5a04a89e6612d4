/**
 * A text whose quoted scalar at `start` goes on in lines that are not indented enough for YAML 1.2, with those lines moved to the right:
 * the spaces at the start of a continuation line are no part of the value. Null if the quote is never closed or needs no help.
 */
export function indentQuote(text: string, start: number): string | null {
  const end = closingQuote(text, start)
  if (end === null) return null
  const inside = text.slice(start, end)
  const moved = inside.replace(/\n[ \t]*(?=[^\s])/g, `\n${' '.repeat(INDENT)}`)
  return moved === inside ? null : text.slice(0, start) + moved + text.slice(end)
}

/** Deeper than any playbook nests. */
const INDENT = 200

function closingQuote(text: string, start: number): number | null {
  const quote = text[start]
  for (let index = start + 1; index < text.length; index++) {
    const char = text[index]
    if (char === '\\' && quote === '"') index++
    else if (char === quote && quote === "'" && text[index + 1] === "'") index++
    else if (char === quote) return index
  }
  return null
}
