/** A shell glob as Python's `fnmatch.translate` reads it: `*`, `?`, `[abc]`, `[!abc]`; the whole text must match, case counts. */
export function globPattern(glob: string): RegExp {
  let source = ''
  for (let index = 0; index < glob.length; index++) {
    const char = glob[index]!
    if (char === '*') source += '[\\s\\S]*'
    else if (char === '?') source += '[\\s\\S]'
    else if (char === '[') {
      const end = closingBracket(glob, index)
      if (end === null) source += '\\['
      else {
        source += bracket(glob.slice(index + 1, end))
        index = end
      }
    } else source += char.replace(/[.*+?^${}()|[\]\\/]/, '\\$&')
  }
  return new RegExp(`^(?:${source})$`, 'u')
}

function closingBracket(glob: string, start: number): number | null {
  let index = start + 1
  if (glob[index] === '!') index++
  if (glob[index] === ']') index++
  const end = glob.indexOf(']', index)
  return end < 0 ? null : end
}

function bracket(inside: string): string {
  const negated = inside.startsWith('!')
  const body = (negated ? inside.slice(1) : inside).replace(/[\\\]^[]/g, '\\$&').replace(/(.)-(.)/g, rangeOf)
  return body === '' ? (negated ? '[\\s\\S]' : '(?!)') : `[${negated ? '^' : ''}${body}]`
}

/** A range whose ends are the wrong way round matches nothing. */
function rangeOf(range: string, from: string, to: string): string {
  return from > to ? '' : range
}
