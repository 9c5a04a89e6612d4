/** Collections whose filters and tests are built in, under their short names too. */
const collections: ReadonlySet<string> = new Set([
  'ansible.builtin',
  'ansible.legacy',
  'ansible.utils',
  'ansible.netcommon',
  'ansible.posix',
  'community.general',
  'community.crypto',
])

/** What a short or fully qualified name stands for; null when there is none. */
export function resolveName<T>(table: ReadonlyMap<string, T>, name: string): T | null {
  const found = table.get(name)
  if (found !== undefined) return found
  const dot = name.lastIndexOf('.')
  return dot > 0 && collections.has(name.slice(0, dot)) ? (table.get(name.slice(dot + 1)) ?? null) : null
}
