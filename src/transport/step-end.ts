/**
 * Shell text behind what leaves a step's exit code in `_code`: its end shows on both streams as the mark and (on standard output) the
 * code. The last step of a message also says how many processes the machine has started since the first. All of it is on one line, behind
 * which nothing has arrived when the step `hasStreams`: the shell reads its commands from the same input.
 */
export function endText(
  mark: string,
  { isLast, hasStreams = false }: { isLast: boolean; hasStreams?: boolean },
): string {
  const count = isLast ? ' $((_pid - _first))' : ''
  const unread = hasStreams ? `; unread ${mark} 3<&0` : ''
  return `; ${isLast ? 'last_pid; ' : ''}emit "${mark} $_code${count};"; emit ${mark} >&2${unread}\n`
}
