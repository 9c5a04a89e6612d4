/**
 * Splits a command line into words as Python's `shlex.split` does (POSIX mode): quotes group, a backslash keeps the next character,
 * nothing is expanded. Raises a `RangeError` with Python's words for a quote or an escape that is never closed.
 */
export function shlexSplit(text: string): string[] {
  return shlexWords(text).map(({ word }) => word)
}

/** The words of a command line and where each ends in it. */
export function shlexWords(text: string): { readonly word: string; readonly start: number; readonly end: number }[] {
  const words: { word: string; start: number; end: number }[] = []
  let at = 0
  while (at < text.length) {
    if (isSpace(text[at]!)) {
      at += 1
      continue
    }
    const start = at
    let word = ''
    while (at < text.length && !isSpace(text[at]!)) {
      const piece = pieceAt(text, at)
      word += piece.text
      at = piece.end
    }
    words.push({ word, start, end: at })
  }
  return words
}

function pieceAt(text: string, at: number): { text: string; end: number } {
  const first = text[at]!
  if (first === "'") {
    const close = text.indexOf("'", at + 1)
    if (close < 0) throw new RangeError('No closing quotation')
    return { text: text.slice(at + 1, close), end: close + 1 }
  }
  if (first === '"') return doubleQuoted(text, at + 1)
  if (first === '\\') {
    if (at + 1 >= text.length) throw new RangeError('No escaped character')
    return { text: text[at + 1]!, end: at + 2 }
  }
  return { text: first, end: at + 1 }
}

function doubleQuoted(text: string, from: number): { text: string; end: number } {
  let out = ''
  for (let at = from; at < text.length; at += 1) {
    if (text[at] === '"') return { text: out, end: at + 1 }
    if (text[at] === '\\' && (text[at + 1] === '"' || text[at + 1] === '\\')) at += 1
    out += text[at]
  }
  throw new RangeError('No closing quotation')
}

function isSpace(char: string): boolean {
  return char === ' ' || char === '\t' || char === '\r' || char === '\n'
}
