import { Problem } from '../../kernel/problem.ts'

/** Splits a command line into words as Python's shlex.split does (POSIX mode). Raises `args.quote` for an unclosed quotation. */
export function splitWords(text: string): string[] {
  const words: string[] = []
  let word: string | null = null
  for (let index = 0; index < text.length; index++) {
    const char = text[index]!
    if (/\s/.test(char)) {
      if (word !== null) words.push(word)
      word = null
    } else if (char === "'") {
      const end = closing(text, "'", index)
      word = (word ?? '') + text.slice(index + 1, end)
      index = end
    } else if (char === '"') {
      word ??= ''
      for (index++; text[index] !== '"'; index++) {
        if (index >= text.length) throw unclosed(text)
        if (text[index] === '\\' && '"\\'.includes(text[index + 1] ?? ' ')) index++
        word += text[index]
      }
    } else if (char === '\\') word = (word ?? '') + (text[++index] ?? '')
    else word = (word ?? '') + char
  }
  if (word !== null) words.push(word)
  return words
}

function closing(text: string, quote: string, start: number): number {
  const end = text.indexOf(quote, start + 1)
  if (end === -1) throw unclosed(text)
  return end
}

function unclosed(text: string): Problem {
  return new Problem({ code: 'args.quote', summary: 'No closing quotation', detail: `in ${JSON.stringify(text)}` })
}
