/** Python's `fnmatch`: `*`, `?`, `[seq]` and `[!seq]` over the whole text; case matters. */
export function fnmatch(text: string, pattern: string): boolean {
  return globRegex(pattern).test(text)
}

/** The pattern as a regular expression. */
function globRegex(pattern: string): RegExp {
  let out = ''
  for (let i = 0; i < pattern.length; i++) {
    const char = pattern[i]!
    const set = char === '[' ? /^\[(!?)(\]?[^\]]*)\]/.exec(pattern.slice(i)) : null
    if (set !== null) {
      out += `[${set[1] === '!' ? '^' : ''}${set[2]!.replace(/[\\\]^]/g, '\\$&')}]`
      i += set[0].length - 1
    } else out += char === '*' ? '[\\s\\S]*' : char === '?' ? '[\\s\\S]' : char.replace(/[.+^${}()|[\]\\/]/g, '\\$&')
  }
  return new RegExp(`^${out}$`, 'u')
}
