import { lstatSync, readdirSync, readlinkSync, type Stats, statSync } from 'node:fs'
import { isAbsolute, join, resolve } from 'node:path'
import type { Controller, Homes, LocalEntry, RenderOptions } from '../kernel/controller.ts'
import { Problem } from '../kernel/problem.ts'
import type { Task } from '../language/model.ts'
import { chainOf } from '../variables/precedence.ts'
import type { Scope } from '../variables/scope.ts'
import { templateVars } from '../variables/template-vars.ts'
import { asBoolean } from './convert.ts'
import type { Engine } from './engine.ts'
import { keywordOf } from './keyword.ts'

/** A task's door to the controller's files and templates; `onFile` is told when it is opened. */
export function controllerFor(
  engine: Engine,
  task: Task,
  playFolder: string,
  scope: Scope,
  home: Homes,
  onFile: () => void,
): Controller {
  const files = <Given extends readonly unknown[], T>(work: (...given: Given) => T | Promise<T>) => {
    return async (...given: Given): Promise<T> => {
      onFile()
      return work(...given)
    }
  }
  return {
    home,
    get settings() {
      return settingsOf(engine, task, scope)
    },
    find: files((name, folder) => findFile(engine, searchPath(task, playFolder), folder, name)),
    file: files((path, decrypt) => engine.blobs.file(path, decrypt)),
    stat: files((path) => statOf(path)),
    names: files((folder) => readdirSync(folder)),
    tree: files((folder, follow, decrypt) => treeOf(engine, folder, follow, decrypt)),
    render: files((path, options) => renderFile(engine, path, options, scope)),
  }
}

function settingsOf({ options }: Engine, task: Task, scope: Scope): Controller['settings'] {
  const truth = (keyword: 'diff' | 'no_log', otherwise: boolean) => {
    const given = keywordOf(task, keyword, scope)
    return given === null ? otherwise : asBoolean(given.value, given.at)
  }
  const { verbosity } = options
  const isHeard = verbosity > 0 || task.keywords.register !== undefined
  return { diff: truth('diff', options.diff), noLog: truth('no_log', false), verbosity, isHeard }
}

/** The folders a relative path is looked for in, as Ansible does: roles inside out, the file's own folder, the play's. */
export function searchPath(task: Task, playFolder: string): readonly string[] {
  const known = searchPaths.get(task)
  if (known?.playFolder === playFolder) return known.path
  const path = searchPathOf(task, playFolder)
  searchPaths.set(task, { playFolder, path })
  return path
}

const searchPaths = new WeakMap<Task, { readonly playFolder: string; readonly path: readonly string[] }>()

function searchPathOf(task: Task, playFolder: string): string[] {
  const folders = chainOf(task).flatMap((parent) => (parent.kind === 'role' ? [parent.path] : []))
  return [...new Set([...folders, join(task.at.file, '..'), playFolder])]
}

/** The first place where the file exists. Raises `file.missing` with all places. */
export function findFile(engine: Engine, folders: readonly string[], kind: string, name: string): string {
  const clean = name.replace(/\/+$/, '')
  const places = isAbsolute(clean)
    ? [clean]
    : folders.flatMap((folder) => [join(folder, kind, clean), join(folder, clean)])
  const found = places.map((place) => resolve(place)).find((place) => engine.files.exists(place))
  if (found !== undefined) return found
  throw new Problem({
    code: 'file.missing',
    summary: 'File not found on the controller',
    detail: `Could not find or access '${name}' on the Ansible Controller. Searched in: ${[...new Set(places)].join(', ')}`,
  })
}

function statOf(path: string): { kind: 'file' | 'directory'; mode: number } | null {
  const found = statSync(path, { throwIfNoEntry: false })
  return found === undefined ? null : { kind: found.isDirectory() ? 'directory' : 'file', mode: found.mode & 0o7777 }
}

async function treeOf(engine: Engine, folder: string, follow: boolean, decrypt = true): Promise<LocalEntry[]> {
  const entries: LocalEntry[] = []
  const walk = async (path: string, below: string) => {
    for (const name of readdirSync(path).sort()) {
      const full = join(path, name)
      const relative = below === '' ? name : `${below}/${name}`
      const found = entryStatus(full, follow)
      const mode = found.mode & 0o7777
      if (found.isSymbolicLink()) {
        entries.push({ path: relative, kind: 'link', mode, target: readlinkSync(full), content: null })
      } else if (found.isDirectory()) {
        entries.push({ path: relative, kind: 'directory', mode, target: null, content: null })
        await walk(full, relative)
      } else {
        entries.push({
          path: relative,
          kind: 'file',
          mode,
          target: null,
          content: await engine.blobs.file(full, decrypt),
        })
      }
    }
  }
  await walk(folder, '')
  return entries
}

/** A link to nowhere is itself, followed or not, as for Ansible. Raises `file.name` when nothing is there. */
function entryStatus(path: string, follow: boolean): Stats {
  const target = follow ? statSync(path, { throwIfNoEntry: false }) : undefined
  const found = target ?? lstatSync(path, { throwIfNoEntry: false })
  if (found !== undefined) return found
  throw new Problem({
    code: 'file.name',
    summary: 'File can not be read on the controller',
    detail: `the folder has ${path}, but there is no file of this name`,
    hint: 'names must be UTF-8, and files must stay while they are copied',
  })
}

async function renderFile(engine: Engine, path: string, options: RenderOptions, scope: Scope): Promise<string> {
  const source = await (await engine.blobs.file(path)).read()
  return engine.templates.renderFile(
    source.toString('utf8'),
    path,
    options,
    scope.with(templateVars(path, scope, engine.templates.managed)),
  )
}
