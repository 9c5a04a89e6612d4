import { readdirSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { Problem } from '../../kernel/problem.ts'
import type { Dict, Value } from '../../kernel/value.ts'
import { mergedDicts } from '../../variables/merge-dicts.ts'
import type { Scope } from '../../variables/scope.ts'
import { findFile, searchPath } from '../controller.ts'
import { asBoolean, asInteger, asList, asText } from '../convert.ts'
import { type ItemOutcome, problemResult } from '../results.ts'
import { type Control, type ControlRun, okResult } from './control.ts'

/** Loads variables from a file or folder for the host (ansible.builtin.include_vars). */
export const includeVars: Control = {
  name: 'include_vars',
  freeForm: '_raw_params',
  options: [
    'file',
    'dir',
    'name',
    'depth',
    'files_matching',
    'ignore_files',
    'extensions',
    'ignore_unknown_extensions',
    'hash_behaviour',
    '_raw_params',
  ],
  run(run) {
    try {
      return loadedBy(run)
    } catch (error) {
      const outcome = problemResult(error, run.playRun.engine.sourceOf)
      outcome.result.set('message', outcome.result.get('msg')!)
      return outcome
    }
  },
}

function loadedBy(run: ControlRun): ItemOutcome {
  const files = filesOf(run)
  let loaded: Dict = new Map()
  for (const file of files) loaded = new Map([...loaded, ...run.playRun.engine.loader.loadVarsFile(file)])
  const name = run.args.get('name')
  if (name !== undefined) loaded = new Map<Value, Value>([[asText(name), loaded]])
  if (asText(run.args.get('hash_behaviour') ?? '') === 'merge') loaded = mergedWith(loaded, run.scope)
  const outcome = okResult([
    ['ansible_facts', loaded],
    ['ansible_included_var_files', files],
  ])
  return { given: { level: 'includeVars', values: loaded, cacheable: false }, ...outcome }
}

/** Dicts laid over those that the host has by the same names. */
function mergedWith(loaded: Dict, scope: Scope): Dict {
  const before = [...loaded.keys()].flatMap((name) => {
    const value = scope.raw(String(name))
    return value === undefined ? [] : [[name, value] as const]
  })
  return mergedDicts(new Map(before), loaded)
}

function filesOf(run: ControlRun): string[] {
  const { args, task, playRun } = run
  const folders = searchPath(task, playRun.play.folder)
  const folder = args.get('dir')
  if (folder === undefined) {
    const file = args.get('file') ?? args.get('_raw_params')
    if (file === undefined)
      throw new Problem({
        code: 'args.missing',
        summary: 'Missing argument',
        detail: 'include_vars needs "file" or "dir"',
        at: task.at,
      })
    return [findFile(playRun.engine, folders, 'vars', asText(file).replace(/\n+$/, ''))]
  }
  const extensions = asList(args.get('extensions') ?? ['yaml', 'yml', 'json']).map(asText)
  const matching = args.get('files_matching') === undefined ? null : new RegExp(asText(args.get('files_matching')!))
  const ignored = asList(args.get('ignore_files')).map((pattern) => new RegExp(asText(pattern)))
  const depth = asInteger(args.get('depth') ?? 0)
  const strict = !asBoolean(args.get('ignore_unknown_extensions') ?? false)
  return walk(findFile(playRun.engine, folders, 'vars', asText(folder)), 1).filter((path) => wanted(path))

  function walk(path: string, level: number): string[] {
    return readdirSync(path)
      .sort()
      .flatMap((name) => {
        const full = join(path, name)
        if (!statSync(full).isDirectory()) return [full]
        return depth === 0 || level < depth ? walk(full, level + 1) : []
      })
  }

  function wanted(path: string): boolean {
    const name = basename(path)
    if (ignored.some((pattern) => pattern.test(name))) return false
    if (matching !== null && !matching.test(name)) return false
    if (extensions.includes(/\.([^.]+)$/.exec(name)?.[1] ?? '')) return true
    if (!strict || matching !== null) return false
    throw new Problem({
      code: 'file.extension',
      summary: 'Not a variables file',
      detail: `${path} does not have a valid extension: ${extensions.join(', ')}`,
      at: task.at,
    })
  }
}
