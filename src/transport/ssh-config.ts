import { readdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { matchesPatterns } from './host-patterns.ts'
import type { SharedFiles } from './shared-files.ts'

/** Lines of a configuration file that hold for some hosts. */
type Block = {
  /** Null for all hosts, and for `Match`, of which only ssh knows. */
  readonly hosts: readonly string[] | null
  readonly keywords: string[]
  readonly includes: string[]
}

/** ssh(1) reads no deeper. */
const MOST_INCLUDES = 16

/**
 * Whether ssh_config(5) can have a say in what is asked of it for a host: whether a block that holds for it, or may hold, has one of the
 * keywords (lower case). What can't be told without ssh (an `Include` with tokens or variables, or of wildcard folders) counts as yes.
 */
export function hasSay(
  keywords: ReadonlySet<string>,
  host: string,
  shared: SharedFiles,
  files: readonly string[] = [usersConfig(), '/etc/ssh/ssh_config'],
): boolean {
  return files.some((file) => says(file, dirname(file), 0))

  function says(file: string, folder: string, depth: number): boolean {
    const blocks = shared.get(file, blocksOf) ?? []
    return blocks.some((block) => holds(block) && (names(block) || includes(block, folder, depth)))
  }
  function holds({ hosts }: Block): boolean {
    return hosts === null || matchesPatterns(hosts, host)
  }
  function names(block: Block): boolean {
    return block.keywords.some((keyword) => keywords.has(keyword))
  }
  function includes(block: Block, folder: string, depth: number): boolean {
    const included = block.includes.map((path) => filesOf(path, folder))
    return included.some(
      (some) => some === null || depth > MOST_INCLUDES || some.some((file) => says(file, folder, depth + 1)),
    )
  }
}

/** The user's own configuration file. */
export function usersConfig(): string {
  return join(homedir(), '.ssh', 'config')
}

function blocksOf(bytes: Buffer): Block[] {
  let block: Block = { hosts: null, keywords: [], includes: [] }
  const blocks = [block]
  for (const line of bytes.toString('utf8').split('\n')) {
    const [, word, rest] = /^\s*([A-Za-z0-9]+)(?:\s*=\s*|\s+)(.*)$/.exec(line) ?? []
    if (word === undefined) continue
    const keyword = word.toLowerCase()
    const values = [...rest!.matchAll(/"([^"]*)"|([^\s"]+)/g)].map(([, quoted, plain]) => quoted ?? plain!)
    if (keyword === 'host' || keyword === 'match') {
      block = { hosts: keyword === 'host' ? values : null, keywords: [], includes: [] }
      blocks.push(block)
    } else if (keyword === 'include') block.includes.push(...values)
    else block.keywords.push(keyword)
  }
  return blocks
}

/** The files that an `Include` names, relative ones beside the first file; null when only ssh can tell. */
function filesOf(path: string, beside: string): string[] | null {
  if (/[%$[\]{}]/.test(path) || /^~[^/]/.test(path) || /[*?].*\//.test(path)) return null
  const file = resolve(beside, path.replace(/^~(?=\/)/, homedir()))
  if (!/[*?]/.test(file)) return [file]
  try {
    const folder = dirname(file)
    return readdirSync(folder)
      .map((name) => join(folder, name))
      .filter((name) => matchesPatterns([file], name))
  } catch {
    return []
  }
}
