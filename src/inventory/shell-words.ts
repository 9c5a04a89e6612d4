/**
 * A line → words as Python's `shlex.split(line, comments=True)` makes them: quotes and backslashes are taken off, `#` starts a comment.
 * Null when a quote is not closed.
 */
export function shellWords(line: string): string[] | null {
  const words: string[] = []
  let word: string | null = null
  let index = 0
  while (index < line.length) {
    const char = line[index]!
    if (/\s/.test(char)) {
      if (word !== null) words.push(word)
      word = null
      index++
    } else if (char === '#' && word === null) break
    else if (char === '#') {
      words.push(word!)
      return words
    } else if (char === "'" || char === '"') {
      const end: { text: string; next: number } | null = quoted(line, index, char)
      if (end === null) return null
      word = (word ?? '') + end.text
      index = end.next
    } else if (char === '\\') {
      if (index + 1 >= line.length) return null
      word = (word ?? '') + line[index + 1]!
      index += 2
    } else {
      word = (word ?? '') + char
      index++
    }
  }
  if (word !== null) words.push(word)
  return words
}

function quoted(line: string, start: number, quote: string): { text: string; next: number } | null {
  let text = ''
  for (let index = start + 1; index < line.length; index++) {
    const char = line[index]!
    if (char === quote) return { text, next: index + 1 }
    const escaped = char === '\\' && quote === '"' && /["\\]/.test(line[index + 1] ?? '')
    if (escaped) index++
    text += escaped ? line[index]! : char
  }
  return null
}
