import { textLength } from '../python/text.ts'

/** Python's `textwrap.wrap` without expanding tabs or collapsing blanks. */
export function wordWrap(line: string, width: number, breakLong: boolean, breakHyphens: boolean): string[] {
  const chunks = (breakHyphens ? splitHyphens(line) : line.split(/(\s+)/)).filter((chunk) => chunk !== '')
  const lines: string[] = []
  let current: string[] = []
  let length = 0
  const flush = (): void => {
    if (current.length > 0 && current.at(-1)!.trim() === '') current.pop()
    if (current.length > 0) lines.push(current.join(''))
    current = []
    length = 0
  }
  const queue = [...chunks]
  while (queue.length > 0) {
    const chunk = queue.shift()!
    if (length === 0 && lines.length > 0 && chunk.trim() === '') continue
    const size = textLength(chunk)
    if (length + size <= width) {
      current.push(chunk)
      length += size
    } else if (size > width && breakLong) {
      const room = width < 1 ? 1 : width - length
      current.push(chunk.slice(0, room))
      queue.unshift(chunk.slice(room))
      flush()
    } else if (length === 0) {
      current.push(chunk)
      flush()
    } else {
      flush()
      queue.unshift(chunk)
    }
  }
  flush()
  return lines
}

function splitHyphens(line: string): string[] {
  return line
    .split(/(\s+)/)
    .flatMap((part) => (part.trim() === '' ? [part] : part.split(/(?<=[\p{L}\p{N}_]-)(?=[\p{L}_])/u)))
}
