/** Whether a name matches a shell pattern: `*`, `?`, `[abc]`, `[!abc]` (Python's fnmatch, case kept). */
export function matchesName(name: string, pattern: string): boolean {
  return patternOf(pattern).test(name)
}

function patternOf(pattern: string): RegExp {
  const source = pattern.replace(
    /\[(!?)([^\]]+)\]|\*|\?|[\s\S]/g,
    (part, not: string | undefined, set: string | undefined) => {
      if (set !== undefined) return `[${not === '!' ? '^' : ''}${set.replace(/[\\^]/g, '\\$&')}]`
      if (part === '*') return '[\\s\\S]*'
      return part === '?' ? '[\\s\\S]' : part.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')
    },
  )
  return new RegExp(`^(?:${source})$`)
}
