import type { Files } from '../kernel/files.ts'
import { extensionOf, joinPath } from '../kernel/paths.ts'
import { type Position, Problem } from '../kernel/problem.ts'
import type { Dict } from '../kernel/value.ts'
import { loadYaml } from '../kernel/yaml.ts'

/** A folder that may hold `group_vars` and `host_vars`; what was read is kept, for many hosts share it. */
export type VarsFolder = {
  readonly path: string
  readonly files: Files
  readonly repeated: (text: string, at: Position) => void
  readonly read: Map<string, readonly Dict[]>
}

export function varsFolder(path: string, files: Files, repeated: VarsFolder['repeated']): VarsFolder {
  return { path, files, repeated, read: new Map() }
}

const EXTENSIONS = ['', '.yml', '.yaml', '.json']

/**
 * The variables of a group or host below a folder: the first of `NAME`, `NAME.yml`, `NAME.yaml`, `NAME.json`; all files in order when
 * that is a folder. Problems: `vars.type`, and those of YAML.
 */
export function readVarsFolder(folder: VarsFolder, sub: 'group_vars' | 'host_vars', name: string): readonly Dict[] {
  if (name.startsWith('/')) return []
  const base = joinPath(folder.path, sub, name)
  const known = folder.read.get(base)
  if (known !== undefined) return known
  const dicts = found(folder.files, base).flatMap((path) => readFile(folder, path))
  folder.read.set(base, dicts)
  return dicts
}

function found(files: Files, base: string): string[] {
  for (const extension of EXTENSIONS) {
    const kind = files.kind(base + extension)
    if (kind === 'file') return [base + extension]
    if (kind === 'directory') return filesBelow(files, base + extension)
  }
  return []
}

function filesBelow(files: Files, folder: string): string[] {
  return files.list(folder).flatMap((name) => {
    const path = joinPath(folder, name)
    if (name.startsWith('.') || name.endsWith('~')) return []
    if (files.kind(path) === 'directory') return extensionOf(name) === '' ? filesBelow(files, path) : []
    return EXTENSIONS.includes(extensionOf(name)) ? [path] : []
  })
}

function readFile(folder: VarsFolder, path: string): Dict[] {
  const value = loadYaml(folder.files.read(path) ?? '', path, { repeated: folder.repeated })
  if (value === null) return []
  if (value instanceof Map) return [value as Dict]
  throw new Problem({
    code: 'vars.type',
    summary: 'Not a dict of variables',
    detail: `${path} must contain a dict of variables`,
    hint: 'write "name: value" lines',
    at: { file: path, line: 1, column: 1 },
  })
}
