import type { Change } from '../../kernel/change.ts'
import { lines, type Sh, sh } from '../../kernel/sh.ts'
import { type Adjustment, adjustmentChanges, adjustScript, exact, isSettled } from './attributes.ts'
import { dirname, hostPath, join } from './paths.ts'

/** Shell text that gives the nearest existing part of the path in `$path` as the field `existing`; builtins only. */
export const probeExisting: Sh = sh`
  existing=$path
  while [ -n "$existing" ] && [ ! -e "$existing" ]; do
    case $existing in */*) existing=\${existing%/*} ;; *) existing= ;; esac
  done
  field existing "$existing"`

/** The directories between what exists and `path`, which is the last of them, outermost first. */
export function missingDirectories(path: string, existing: string): readonly string[] {
  const paths: string[] = []
  for (let at = path; at !== existing && at !== '.' && at !== '/'; at = dirname(at)) paths.unshift(at)
  return paths
}

/** The changes for new directories, which all get the same attributes. */
export function directoryChanges(paths: readonly string[], adjust: Adjustment): readonly Change[] {
  if (paths.length === 0) return []
  return [
    ...paths.map((path) => ({
      what: paths.length === 1 ? 'state' : `${path}: state`,
      before: 'absent',
      after: 'directory',
    })),
    ...adjustmentChanges(null, adjust),
  ]
}

/**
 * Shell text that makes the directories. Several are made under another name and moved into place when their attributes are right: cut
 * in the middle, the next run would not know that an outer one is not finished.
 */
export function makeDirectories(directories: readonly string[], adjust: Adjustment): Sh | null {
  if (directories.length === 0) return null
  const paths = directories.map(hostPath)
  const [outer, inner] = [paths[0]!, paths.at(-1)!]
  // chown(1) takes bits of the mode away: it comes first.
  const own = adjust.owner !== null || adjust.group !== null
  if (paths.length === 1 && adjust.mode !== null && !own) return sh`mkdir -p -m ${exact(adjust.mode)} ${inner}`
  if (paths.length === 1 || isSettled(adjust)) return lines([sh`mkdir -p ${inner}`, adjustScript(paths, adjust, true)])
  const staged = join(dirname(outer), '.provision.new')
  const stagedPaths = paths.map((path) => staged + path.slice(outer.length))
  return lines([
    sh`
      rm -rf ${staged}
      mkdir -p ${stagedPaths.at(-1)!}`,
    adjustScript(stagedPaths, adjust, true),
    sh`mv -T ${staged} ${outer}`,
  ])
}
