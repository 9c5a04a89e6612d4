import { Tuple, type Value } from '../../kernel/value.ts'
import { filterError } from '../problems.ts'
import { calls } from '../python/call.ts'
import { str } from '../python/repr.ts'
import { listOf } from '../python/sequence.ts'
import { typeName } from '../python/type-name.ts'
import type { Call } from '../python/types.ts'

/** Filters of paths that are only text; those that look at the controller's disk come from the caller. */
export const pathFilters: ReadonlyMap<string, Call> = calls({
  'basename(path)': (_, path) => afterSlash(str(path)),
  'dirname(path)': (_, path) => beforeSlash(str(path)),
  'splitext(path)': (_, path) => splitExtension(str(path)),
  'path_join(paths)': (_, paths) => {
    if (typeof paths === 'string') return paths
    if (!Array.isArray(paths))
      throw filterError(`|path_join expects string or sequence, got ${typeName(paths)} instead.`)
    return joinPaths(listOf(paths).map(str))
  },
  'normpath(path)': (_, path) => normalize(str(path)),
  'win_basename(path)': (_, path) => winSplit(str(path)).tail,
  'win_dirname(path)': (_, path) => winSplit(str(path)).head,
  'win_splitdrive(path)': (_, path) => {
    const { drive, rest } = winDrive(str(path))
    return Tuple.of_([drive, rest])
  },
})

function afterSlash(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

function beforeSlash(path: string): string {
  const head = path.slice(0, path.lastIndexOf('/') + 1)
  return /^\/*$/.test(head) ? head : head.replace(/\/+$/, '')
}

function splitExtension(path: string): Value {
  const base = afterSlash(path)
  const hidden = /^\.*/.exec(base)![0].length
  const dot = base.slice(hidden).lastIndexOf('.')
  const at = dot < 0 ? path.length : path.length - base.length + hidden + dot
  return Tuple.of_([path.slice(0, at), path.slice(at)])
}

/** Python's `os.path.join`. */
function joinPaths(paths: readonly string[]): string {
  return paths.reduce((joined, path) => {
    if (path.startsWith('/') || joined === '') return path
    return joined.endsWith('/') ? joined + path : `${joined}/${path}`
  }, '')
}

/** Python's `os.path.normpath`. */
function normalize(path: string): string {
  if (path === '') return '.'
  const root = path.startsWith('//') && !path.startsWith('///') ? '//' : path.startsWith('/') ? '/' : ''
  const kept: string[] = []
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue
    if (part !== '..' || (root === '' && (kept.length === 0 || kept.at(-1) === '..'))) kept.push(part)
    else kept.pop()
  }
  return root + kept.join('/') || '.'
}

function winDrive(path: string): { drive: string; rest: string } {
  const drive = /^(?:[\\/]{2}[^\\/]+[\\/][^\\/]+|[^\\/]:)/.exec(path)?.[0] ?? ''
  return { drive, rest: path.slice(drive.length) }
}

function winSplit(path: string): { head: string; tail: string } {
  const { drive, rest } = winDrive(path)
  const [, head = '', tail = ''] = /^(.*[\\/])?([^\\/]*)$/s.exec(rest) ?? []
  return { head: drive + (head.replace(/[\\/]+$/, '') || head), tail }
}
