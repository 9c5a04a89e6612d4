/**
 * Shell text behind what leaves a step's exit code in `_code`: its end shows on both streams as the mark and (on standard output) the
 * code. The last step of a message also says how many processes the machine has started since the first.
 */
export function endText(mark: string, isLast: boolean): string {
  const count = isLast ? ' $((_pid - _first))' : ''
  return `; ${isLast ? 'last_pid; ' : ''}emit "${mark} $_code${count};"; emit ${mark} >&2\n`
}
