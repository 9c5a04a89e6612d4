import { realpathSync } from 'node:fs'
import { homedir } from 'node:os'
import { relative, resolve } from 'node:path'
import type { Value } from '../kernel/value.ts'
import { type Call, str } from '../template/index.ts'
import type { TemplateIo } from './templates.ts'

/** Filters that look at the controller's disk or environment; the template engine itself knows neither. */
export function diskFilters(io: Pick<TemplateIo, 'list' | 'kind' | 'environment'>): ReadonlyMap<string, Call> {
  const text = (name: string, convert: (path: string, ...more: string[]) => Value): [string, Call] => [
    name,
    (args, kwargs) => convert(...([...args, ...kwargs.values()].map(str) as [string, ...string[]])),
  ]
  return new Map([
    text('relpath', (path, start = '.') => relative(resolve(start), resolve(path)) || '.'),
    text('realpath', realPath),
    text('expanduser', (path) => path.replace(/^~(?=\/|$)/, homedir())),
    text('expandvars', (path) => path.replace(/\$(?:(\w+)|\{(\w+)\})/g, (all, a, b) => io.environment(a ?? b) ?? all)),
    text('fileglob', (pattern) => fileGlob(pattern, io)),
  ])
}

function realPath(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return resolve(path)
  }
}

function fileGlob(pattern: string, io: Pick<TemplateIo, 'list' | 'kind'>): Value {
  const slash = pattern.lastIndexOf('/')
  const folder = slash < 0 ? '.' : pattern.slice(0, slash) || '/'
  const source = pattern
    .slice(slash + 1)
    .replace(/[.+^${}()|\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.')
  const names = io.list(folder).filter((name) => new RegExp(`^${source}$`).test(name))
  return names.map((name) => `${folder}/${name}`).filter((path) => io.kind(path) === 'file')
}
