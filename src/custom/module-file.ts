import type { Files } from '../kernel/files.ts'
import { nameOf } from '../kernel/paths.ts'

/**
 * How a module file wants its arguments ("Developing modules" in Ansible's documentation): `json` as a file of JSON, `words` as a file
 * of `name=value` words, `inline` in its own text in place of a mark. `foreign`: it needs Ansible's Python or PowerShell.
 */
export type ModuleStyle = 'json' | 'words' | 'inline' | 'foreign'

export type ModuleFile = {
  readonly name: string
  readonly path: string
}

/** Ends of names that are no modules: what editors and Python leave behind, documentation and data. */
const NO_MODULE = /(?:\.(?:pyc|pyo|swp|bak|rpm|md|txt|rst|ya?ml|json|ini|orig)|~)$/

export const INLINE_MARK = '<<INCLUDE_ANSIBLE_MODULE_JSON_ARGS>>'

/**
 * The module files below a folder by name. Of several files of one name those in Python come last: Ansible's own convention puts a
 * `.py` that only documents beside a module in another language. A leading `_` marks a deprecated module.
 */
export function moduleFilesIn(folder: string, files: Files): ModuleFile[] {
  const found = files.list(folder).flatMap((entry): ModuleFile[] => {
    const path = `${folder}/${entry}`
    if (entry.startsWith('.') || entry.startsWith('__') || NO_MODULE.test(entry)) return []
    if (files.kind(path) === 'directory') return moduleFilesIn(path, files)
    return [
      {
        name: nameOf(entry)
          .replace(/^_/, '')
          .replace(/\.[^.]*$/, ''),
        path,
      },
    ]
  })
  return found.sort((a, b) => Number(isPython(a.path)) - Number(isPython(b.path)))
}

/** Whether the file is called a Python file; what is in it may still be a script of its own. */
function isPython(path: string): boolean {
  return path.endsWith('.py')
}

const PYTHON_OF_ANSIBLE =
  /^\s*(?:from|import)\s+(?:ansible\.module_utils|ansible_collections\.|\.+module_utils)|#<<INCLUDE_ANSIBLE_MODULE_COMMON>>/m
const POWERSHELL = /^#!powershell|<<INCLUDE_POWERSHELL_COMMON>>|^#(?:Requires -Module|AnsibleRequires)/im

/** The style that Ansible takes a module's text to have. `text` is null for a binary file. */
export function styleOf(text: string | null): ModuleStyle {
  if (text === null) return 'json'
  if (PYTHON_OF_ANSIBLE.test(text) || POWERSHELL.test(text)) return 'foreign'
  if (text.includes(INLINE_MARK)) return 'inline'
  return text.includes('WANT_JSON') ? 'json' : 'words'
}

/** The words of a script's first line behind `#!`; null when it has none. */
export function interpreterOf(text: string): readonly string[] | null {
  const line = /^#!\s*(\S[^\n]*)/.exec(text)?.[1]
  return line === undefined ? null : line.trim().split(/\s+/)
}

/**
 * Whether running the module foretells what it would do: only a module that knows the key by which Ansible asks for it can. The others
 * would make their changes.
 */
export function foretells(bytes: Buffer): boolean {
  return bytes.includes('_ansible_check_mode')
}
