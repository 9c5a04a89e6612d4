import { quote, Sh } from '../../kernel/sh.ts'

/** A pattern of Python's `glob` as a shell word: `*`, `?` and `[…]` stay live, everything else is quoted. */
export function globWord(pattern: string): Sh {
  let word = ''
  let literal = ''
  const flush = () => {
    if (literal !== '') word += quote(literal)
    literal = ''
  }
  for (let at = 0; at < pattern.length; at += 1) {
    const char = pattern[at]!
    const set = char === '[' ? /^\[(!?)(\]?[^\]]*)\]/.exec(pattern.slice(at)) : null
    if (char === '*' || char === '?') {
      flush()
      word += char
    } else if (set !== null) {
      flush()
      word += `[${set[1]}${set[2]!.replace(/[^\w-]+/g, (text) => quote(text))}]`
      at += set[0].length - 1
    } else literal += char
  }
  flush()
  return new Sh([word === '' ? "''" : word])
}
