/**
 * Versions of Python packages and what is asked of them, by PEP 440 ("Version Identification and Dependency Specification").
 */
type Version = {
  readonly epoch: number
  readonly release: readonly number[]
  readonly pre: readonly [string, number] | null
  readonly post: number | null
  readonly dev: number | null
  readonly local: string
}

const VERSION =
  /^\s*v?(?:(\d+)!)?(\d+(?:\.\d+)*)(?:[-_.]?(a|b|c|rc|alpha|beta|pre|preview)[-_.]?(\d*))?(?:-(\d+)|[-_.]?(post|rev|r)[-_.]?(\d*))?(?:[-_.]?(dev)[-_.]?(\d*))?(?:\+([a-z0-9]+(?:[-_.][a-z0-9]+)*))?\s*$/i

const PHASES: { readonly [name: string]: string } = { alpha: 'a', beta: 'b', c: 'rc', pre: 'rc', preview: 'rc' }

/** Whether a version is one that a list of specifiers (`>=1.2,!=1.4.*`) takes; null when either can't be understood. */
export function satisfies(version: string, specifiers: string): boolean | null {
  const found = parse(version)
  if (found === null) return null
  let fits = true
  for (const specifier of specifiers.split(',').map((text) => text.trim())) {
    if (specifier === '') continue
    const one = satisfiesOne(found, version, specifier)
    if (one === null) return null
    fits &&= one
  }
  return fits
}

function satisfiesOne(found: Version, written: string, specifier: string): boolean | null {
  const match = /^(===|==|!=|~=|>=|<=|>|<)\s*(\S+)$/.exec(specifier)
  if (match === null) return null
  const [operator, text] = [match[1]!, match[2]!]
  if (operator === '===') return written.trim().toLowerCase() === text.toLowerCase()
  const isPrefix = text.endsWith('.*')
  const wanted = parse(isPrefix ? text.slice(0, -2) : text)
  if (wanted === null) return null
  if (isPrefix) {
    if (operator !== '==' && operator !== '!=') return null
    return startsWith(found, wanted) === (operator === '==')
  }
  if (operator === '~=') {
    if (wanted.release.length < 2) return null
    const family = { ...wanted, release: wanted.release.slice(0, -1) }
    return compare(found, wanted) >= 0 && startsWith(found, family)
  }
  const order = compare(wanted.local === '' ? { ...found, local: '' } : found, wanted)
  switch (operator) {
    case '==':
      return order === 0
    case '!=':
      return order !== 0
    case '>=':
      return order >= 0
    case '<=':
      return order <= 0
    case '>':
      return order > 0 && (wanted.post !== null || found.post === null || !isSameRelease(found, wanted))
    default:
      return order < 0 && (wanted.pre !== null || found.pre === null || !isSameRelease(found, wanted))
  }
}

function parse(text: string): Version | null {
  const match = VERSION.exec(text)
  if (match === null) return null
  const [, epoch, release, phase, phaseNumber, dash, post, postNumber, dev, devNumber, local] = match
  const name = phase?.toLowerCase()
  return {
    epoch: Number(epoch ?? 0),
    release: release!.split('.').map(Number),
    pre: name === undefined ? null : [PHASES[name] ?? name, Number(phaseNumber || 0)],
    post: dash !== undefined ? Number(dash) : post === undefined ? null : Number(postNumber || 0),
    dev: dev === undefined ? null : Number(devNumber || 0),
    local: (local ?? '').toLowerCase().replaceAll(/[-_]/g, '.'),
  }
}

function startsWith({ epoch, release }: Version, wanted: Version): boolean {
  return epoch === wanted.epoch && wanted.release.every((part, index) => part === (release[index] ?? 0))
}

function isSameRelease(a: Version, b: Version): boolean {
  return a.epoch === b.epoch && compareNumbers(a.release, b.release) === 0
}

/** Before, after or the same: negative, positive, 0. */
function compare(a: Version, b: Version): number {
  return (
    a.epoch - b.epoch ||
    compareNumbers(a.release, b.release) ||
    compareNumbers(stage(a), stage(b)) ||
    (a.local === b.local ? 0 : a.local < b.local ? -1 : 1)
  )
}

/** What comes in which order within a release: dev, a, b, rc, the release itself, post; `dev` of each comes before it. */
function stage({ pre, post, dev }: Version): number[] {
  const last = Number.MAX_SAFE_INTEGER
  const phase = pre !== null ? ['a', 'b', 'rc'].indexOf(pre[0]) : post === null && dev !== null ? -1 : 3
  return [phase, pre?.[1] ?? 0, post ?? -1, dev ?? last]
}

function compareNumbers(a: readonly number[], b: readonly number[]): number {
  for (let index = 0; index < Math.max(a.length, b.length); index++) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}
