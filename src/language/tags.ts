/**
 * Whether a task with these tags runs under `--tags` (`only`; empty means all) and `--skip-tags`, by Ansible's rules: `always` runs
 * unless it is skipped by name, `never` only when one of its tags is asked for; `all`, `tagged` and `untagged` may be asked for or skipped.
 */
export function selected(tags: readonly string[], only: readonly string[], skip: readonly string[]): boolean {
  const own = tags.length === 0 ? ['untagged'] : tags
  return wanted(own, tags.length > 0, only.length === 0 ? ['all'] : only) && !skipped(own, tags.length > 0, skip)
}

function wanted(own: readonly string[], tagged: boolean, only: readonly string[]): boolean {
  if (own.includes('always')) return true
  if (only.includes('all') && !own.includes('never')) return true
  if (own.some((tag) => only.includes(tag))) return true
  return only.includes('tagged') && tagged && !own.includes('never')
}

function skipped(own: readonly string[], tagged: boolean, skip: readonly string[]): boolean {
  if (skip.includes('all')) return !own.includes('always') || skip.includes('always')
  if (own.some((tag) => skip.includes(tag))) return true
  return skip.includes('tagged') && tagged
}
