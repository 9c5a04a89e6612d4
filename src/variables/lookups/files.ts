import { Problem } from '../../kernel/problem.ts'
import type { Dict, Value } from '../../kernel/value.ts'
import { NativeText, parseLiteral } from '../../template/index.ts'
import { type Lookup, missing, readFound } from './lookup.ts'

const file: Lookup = {
  name: 'file',
  run: (terms, options, context) =>
    terms.map((term) => {
      const text = readFound(context, String(term), 'files')
      const right = options.get('rstrip') === false ? text : text.replace(/\s+$/, '')
      return options.get('lstrip') === true ? right.replace(/^\s+/, '') : right
    }),
}

const unvault: Lookup = {
  name: 'unvault',
  run: (terms, _, context) => terms.map((term) => readFound(context, String(term), 'files')),
}

const template: Lookup = {
  name: 'template',
  run: (terms, options, context) =>
    terms.map((term) => {
      const path = context.find(String(term), 'templates')
      if (path === null) throw missing(String(term))
      const { convert_data, template_vars, jinja2_native, ...syntax } = Object.fromEntries(options)
      const text = context.renderFile(path, (template_vars as Dict | undefined) ?? new Map(), syntax)
      const source = context.readText(path) ?? ''
      if (convert_data === false) return new NativeText(text)
      return /\{[{%#]/.test(source) ? dataOf(text) : text
    }),
}

const fileglob: Lookup = {
  name: 'fileglob',
  run: (terms, _, context) =>
    terms.flatMap((term) => {
      const slash = String(term).lastIndexOf('/')
      const pattern = globPattern(String(term).slice(slash + 1))
      const matching = (folder: string) =>
        context
          .list(folder)
          .filter((name) => pattern.test(name))
          .map((name) => `${folder.replace(/\/$/, '')}/${name}`)
          .filter((path) => context.kind(path) === 'file')
      if (slash >= 0) {
        const found = context.find(String(term).slice(0, slash) || '/', 'files')
        return found === null ? [] : matching(found)
      }
      const places = context.folders.flatMap((folder) => [`${folder}/files`, folder])
      return (
        places
          .filter((place) => context.kind(place) === 'directory')
          .map(matching)
          .find((paths) => paths.length > 0) ?? []
      )
    }),
}

/** Text that looks like a list or dict as what it is a literal of, as Ansible's templating gives it. */
function dataOf(text: string): Value {
  return /^[[{]/.test(text) ? (parseLiteral(text, true) ?? text) : text
}

/** The first of several files that exists (ansible.builtin.first_found). */
const firstFound: Lookup = {
  name: 'first_found',
  run(terms, options, context) {
    const { names, skip } = candidates(terms, options)
    for (const name of names) {
      const path = context.find(name, context.subfolder)
      if (path !== null) return [path]
    }
    if (skip) return []
    throw new Problem({
      code: 'file.missing',
      summary: 'No file found',
      detail: `no file was found when using first_found; searched for: ${names.join(', ')}`,
      hint: "use errors='ignore' or skip: true to allow this",
    })
  },
}

function candidates(terms: readonly Value[], options: ReadonlyMap<string, Value>): { names: string[]; skip: boolean } {
  let skip = options.get('skip') === true || options.get('errors') === 'ignore'
  const combine = (files: readonly string[], paths: readonly string[]) =>
    paths.length === 0
      ? [...files]
      : paths.flatMap((path) =>
          files.length === 0 ? [path] : files.map((name) => `${path.replace(/\/$/, '')}/${name}`),
        )
  const names = terms.flatMap((term): string[] => {
    if (Array.isArray(term)) return candidates(term, new Map()).names
    if (!(term instanceof Map))
      return String(term)
        .split(/[,;]/)
        .map((name) => name.trim())
    const entry = term as Dict
    if (entry.get('skip') === true) skip = true
    return combine(texts(entry.get('files')), texts(entry.get('paths')))
  })
  if (options.has('files') || options.has('paths'))
    names.push(...combine(texts(options.get('files')), texts(options.get('paths'))))
  return { names, skip }
}

function texts(value: Value | undefined): string[] {
  if (value === undefined || value === null) return []
  return Array.isArray(value)
    ? value.map(String)
    : String(value)
        .split(/[,;:]/)
        .map((text) => text.trim())
}

const lines: Lookup = {
  name: 'lines',
  effects: true,
  run: (terms, _, context) => terms.flatMap((term) => context.run(String(term)).replace(/\n$/, '').split('\n')),
}

export const FILES: readonly Lookup[] = [file, unvault, template, fileglob, firstFound, lines]

function globPattern(glob: string): RegExp {
  const source = glob
    .replace(/[.+^${}()|\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.')
    .replaceAll('[!', '[^')
  return new RegExp(`^${source}$`)
}
