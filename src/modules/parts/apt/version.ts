/** Compares two Debian versions by the rules of deb-version(7): negative when `a` is older, 0 when equal. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [parse(a), parse(b)]
  return (
    left.epoch - right.epoch ||
    compareParts(left.upstream, right.upstream) ||
    compareParts(left.revision, right.revision)
  )
}

function parse(version: string): { epoch: number; upstream: string; revision: string } {
  const [, epoch, rest] = /^(?:(\d+):)?(.*)$/s.exec(version)!
  const dash = rest!.lastIndexOf('-')
  return {
    epoch: Number(epoch ?? 0),
    upstream: dash < 0 ? rest! : rest!.slice(0, dash),
    revision: dash < 0 ? '' : rest!.slice(dash + 1),
  }
}

/** Runs of other characters and runs of digits, in turn. */
function compareParts(a: string, b: string): number {
  const [left, right] = [pieces(a), pieces(b)]
  for (let index = 0; index < Math.max(left.length, right.length); index++) {
    const one = left[index] ?? ''
    const other = right[index] ?? ''
    const difference = index % 2 === 0 ? compareText(one, other) : compareNumbers(one, other)
    if (difference !== 0) return difference
  }
  return 0
}

function pieces(text: string): string[] {
  const found: string[] = []
  for (const match of text.matchAll(/(\D*)(\d*)/g)) if (match[0] !== '') found.push(match[1]!, match[2]!)
  return found
}

function compareNumbers(a: string, b: string): number {
  const [left, right] = [BigInt(a || '0'), BigInt(b || '0')]
  return left < right ? -1 : left > right ? 1 : 0
}

function compareText(a: string, b: string): number {
  for (let index = 0; index < Math.max(a.length, b.length); index++) {
    const difference = weight(a[index]) - weight(b[index])
    if (difference !== 0) return difference
  }
  return 0
}

/** `~` sorts before the end, the end before letters, letters before everything else. */
function weight(char: string | undefined): number {
  if (char === '~') return -1
  if (char === undefined) return 0
  return /[A-Za-z]/.test(char) ? char.charCodeAt(0) : char.charCodeAt(0) + 256
}
