import { lstatSync, readFileSync, readlinkSync } from 'node:fs'
import { Problem } from '../../kernel/problem.ts'
import type { Dict, Value } from '../../kernel/value.ts'
import { str } from '../../template/index.ts'
import type { Lookup, LookupContext } from './lookup.ts'

/** Everything below folders of the controller, with what `file` and `copy` need to make the like (community.general.filetree). */
const filetree: Lookup = {
  name: 'filetree',
  run(terms, _, context) {
    const seen = new Set<string>()
    return terms.flatMap((term) => {
      const found = context.find(str(term).replace(/\/+$/, ''), 'files')
      if (found === null || context.kind(found) !== 'directory') return []
      const root = str(term).endsWith('/') ? `${found}/` : found
      return below(root, '', context).flatMap((path) => {
        if (seen.has(path)) return []
        seen.add(path)
        return propertiesOf(root, path)
      })
    })
  },
}

/** Folders of one level before its files, each level before those below it. */
function below(root: string, folder: string, context: LookupContext): string[] {
  const names = context.list(at(root, folder)).map((name) => (folder === '' ? name : `${folder}/${name}`))
  const folders = names.filter((name) => context.kind(at(root, name)) === 'directory')
  const files = names.filter((name) => !folders.includes(name))
  const real = folders.filter((name) => !lstatSync(at(root, name)).isSymbolicLink())
  return [...folders, ...files, ...real.flatMap((name) => below(root, name, context))]
}

function propertiesOf(root: string, path: string): Dict[] {
  const full = at(root, path)
  const found = lstatSync(full)
  const state = found.isSymbolicLink() ? 'link' : found.isDirectory() ? 'directory' : found.isFile() ? 'file' : null
  if (state === null) return []
  const source: [Value, Value][] =
    state === 'link' ? [['src', readlinkSync(full)]] : state === 'file' ? [['src', full]] : []
  return [
    new Map<Value, Value>([
      ['root', root],
      ['path', path],
      ['state', state],
      ...source,
      ['uid', found.uid],
      ['gid', found.gid],
      ['owner', nameOf('/etc/passwd', found.uid)],
      ['group', nameOf('/etc/group', found.gid)],
      ['mode', `0${(found.mode & 0o7777).toString(8).padStart(3, '0')}`],
      ['size', found.size],
      ['mtime', found.mtimeMs / 1000],
      ['ctime', found.ctimeMs / 1000],
    ]),
  ]
}

function at(root: string, path: string): string {
  return `${root.replace(/\/$/, '')}/${path}`
}

function nameOf(file: string, id: number): Value {
  const line = readFileSync(file, 'utf8')
    .split('\n')
    .find((entry) => entry.split(':')[2] === String(id))
  return line === undefined ? id : line.split(':')[0]!
}

/** The versions of collections that are there (community.general.collection_version). */
const collectionVersion: Lookup = {
  name: 'collection_version',
  run: (terms, options, context) =>
    terms.map((term) => {
      const [, namespace, name] = /^(\w+)\.(\w+)$/.exec(str(term)) ?? []
      if (name === undefined) throw noCollection(`"${str(term)}" is not a FQCN`)
      for (const base of context.collections) {
        const folder = `${base}/ansible_collections/${namespace}/${name}`
        if (context.kind(folder) === 'directory')
          return versionIn(folder, context) ?? options.get('result_no_version') ?? '*'
      }
      return options.get('result_not_found') ?? null
    }),
}

function versionIn(folder: string, { readText }: LookupContext): string | null {
  const manifest = readText(`${folder}/MANIFEST.json`)
  if (manifest !== null) {
    const { collection_info: info } = JSON.parse(manifest) as { collection_info?: { version?: string } }
    return info?.version ?? null
  }
  return /^version:\s*["']?([^"'\s#]+)/m.exec(readText(`${folder}/galaxy.yml`) ?? '')?.[1] ?? null
}

function noCollection(detail: string): Problem {
  return new Problem({ code: 'lookup.terms', summary: 'Lookup "collection_version" can\'t use this', detail })
}

/** Settings of ansible.cfg and the environment (ansible.builtin.config). */
const config: Lookup = {
  name: 'config',
  run: (terms, options, context) =>
    terms.flatMap((term) => {
      const name = str(term)
      const missing = str(options.get('on_missing') ?? 'error')
      const value = options.has('plugin_type') || options.has('plugin_name') ? undefined : context.setting(name)
      if (value !== undefined) return [value]
      if (missing !== 'skip' && missing !== 'warn') throw noSetting(name)
      if (missing === 'warn') context.warn(`Skipping, did not find setting ${name}`)
      return []
    }),
}

function noSetting(name: string): Problem {
  return new Problem({ code: 'lookup.setting', summary: 'Unknown setting', detail: `Unable to find setting ${name}` })
}

export const TREES: readonly Lookup[] = [filetree, collectionVersion, config]
