import { filterError } from '../problems.ts'
import { compareText } from './compare.ts'

/** The order of two versions as Python's LooseVersion sees them. Raises `template.filter` when a number meets a word. */
export function compareLoose(a: string, b: string): number {
  const left = looseParts(a)
  const right = looseParts(b)
  for (let i = 0; i < left.length && i < right.length; i++) {
    const x = left[i]!
    const y = right[i]!
    if (typeof x !== typeof y) {
      const [first, second] = typeof x === 'string' ? ['str', 'int'] : ['int', 'str']
      throw failed(`'<' not supported between instances of '${first}' and '${second}' (${a} and ${b})`)
    }
    const order =
      typeof x === 'string' ? compareText(x, y as string) : Number(x > (y as bigint)) - Number(x < (y as bigint))
    if (order !== 0) return order
  }
  return left.length - right.length
}

function looseParts(version: string): (string | bigint)[] {
  return version
    .split(/(\d+|[a-z]+|\.)/)
    .filter((part) => part !== '' && part !== '.')
    .map((part) => (/^\d+$/.test(part) ? BigInt(part) : part))
}

function failed(detail: string): Error {
  return filterError(`Version comparison failed: ${detail}`)
}

/** Python's StrictVersion: `1.2`, `1.2.3`, `1.2a1`. */
export function compareStrict(a: string, b: string): number {
  return firstDifference(strictParts(a), strictParts(b))
}

function strictParts(version: string): number[] {
  const match = /^(\d+)\.(\d+)(?:\.(\d+))?(?:([ab])(\d+))?$/.exec(version)
  if (match === null) throw failed(`invalid version number '${version}'`)
  const [, major, minor, patch, letter, number] = match
  const prerelease = letter === undefined ? [2, 0] : [letter === 'a' ? 0 : 1, Number(number)]
  return [Number(major), Number(minor), Number(patch ?? 0), ...prerelease]
}

function firstDifference(a: readonly number[], b: readonly number[]): number {
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}

const semantic =
  /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-((?:0|[1-9]\d*|\d*[a-zA-Z-][\da-zA-Z-]*)(?:\.(?:0|[1-9]\d*|\d*[a-zA-Z-][\da-zA-Z-]*))*))?(?:\+[\da-zA-Z-]+(?:\.[\da-zA-Z-]+)*)?$/

/** semver.org's order. */
export function compareSemantic(a: string, b: string): number {
  const left = semanticParts(a)
  const right = semanticParts(b)
  const core = firstDifference(left.core, right.core)
  if (core !== 0) return core
  if (left.pre === null || right.pre === null) return Number(left.pre === null) - Number(right.pre === null)
  for (let i = 0; i < Math.min(left.pre.length, right.pre.length); i++) {
    const order = compareIdentifier(left.pre[i]!, right.pre[i]!)
    if (order !== 0) return order
  }
  return left.pre.length - right.pre.length
}

function semanticParts(version: string): { core: number[]; pre: string[] | null } {
  const match = semantic.exec(version)
  if (match === null) throw failed(`invalid semantic version '${version}'`)
  return { core: [match[1], match[2], match[3]].map(Number), pre: match[4]?.split('.') ?? null }
}

function compareIdentifier(a: string, b: string): number {
  const x = /^\d+$/.test(a)
  const y = /^\d+$/.test(b)
  if (x && y) return Number(a) - Number(b)
  return x === y ? compareText(a, b) : x ? -1 : 1
}

const pep440 =
  /^v?(?:(\d+)!)?(\d+(?:\.\d+)*)(?:[-_.]?(a|b|c|rc|alpha|beta|pre|preview)[-_.]?(\d*))?(?:(?:-(\d+))|(?:[-_.]?(post|rev|r)[-_.]?(\d*)))?(?:[-_.]?(dev)[-_.]?(\d*))?(?:\+([a-z\d]+(?:[-_.][a-z\d]+)*))?$/i

/** PEP 440's order: epoch, release, pre, post, dev, local. */
export function comparePep440(a: string, b: string): number {
  const left = pepParts(a)
  const right = pepParts(b)
  return (
    firstDifference([left.epoch], [right.epoch]) ||
    firstDifference(left.release, right.release) ||
    firstDifference(left.rest, right.rest)
  )
}

function pepParts(version: string): { epoch: number; release: number[]; rest: number[] } {
  const match = pep440.exec(version.trim())
  if (match === null) throw failed(`Invalid version: '${version}'`)
  const [, epoch, release = '', preName, preNumber, post1, postName, post2, dev, devNumber] = match
  const hasPost = post1 !== undefined || postName !== undefined
  const rank = preName === undefined ? (dev !== undefined && !hasPost ? -1 : 3) : preRank(preName.toLowerCase())
  const post = hasPost ? Number(post1 ?? (post2 || 0)) : -1
  const devRank = dev === undefined ? Number.MAX_SAFE_INTEGER : Number(devNumber || 0)
  return {
    epoch: Number(epoch ?? 0),
    release: release.split('.').map(Number),
    rest: [rank, Number(preNumber || 0), post, devRank],
  }
}

function preRank(name: string): number {
  return name.startsWith('a') ? 0 : name.startsWith('b') ? 1 : 2
}
