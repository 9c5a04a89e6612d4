import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import type { CustomContent } from '../custom/content.ts'
import type { Files } from '../kernel/files.ts'
import { type Position, Problem } from '../kernel/problem.ts'
import type { Redactor } from '../kernel/secret.ts'
import type { Dict, Template, Value, VaultText } from '../kernel/value.ts'
import { createLoader, type Loader } from '../language/loader.ts'
import type { Play } from '../language/model.ts'
import { findLookup } from '../variables/lookups/index.ts'
import type { Ended } from '../variables/lookups/lookup.ts'
import { Scope } from '../variables/scope.ts'
import { TemplateRunner, type TemplateSettings } from '../variables/templates.ts'
import { fetchUrl } from './fetch-url.ts'
import type { ModuleLibrary } from './modules.ts'
import { vaultFilters } from './vault-filters.ts'
import { redactTexts } from './vault-secrets.ts'

type ProjectOptions = {
  readonly files: Files
  readonly library: ModuleLibrary
  readonly content: CustomContent
  readonly extraVars: Dict
  readonly rolesPath: readonly string[]
  readonly collectionsPaths: readonly string[]
  /** A setting by Ansible's name, for `lookup('config', …)`. */
  setting(name: string): Value | undefined
  readonly templating: TemplateSettings
  readonly redactor: Redactor
  decrypt(text: VaultText): string
  hosts(pattern: string): readonly string[]
  warn(text: string, at: Position | null): void
  /** Told of a key given twice in one dict; it may throw. */
  repeated(text: string, at: Position): void
  readonly unknownFails: boolean
}

export type Project = { readonly loader: Loader; readonly templates: TemplateRunner }

/** The language and the templates of one run, wired to the disk. */
export function openProject(options: ProjectOptions): Project {
  const { files, library, content, extraVars, warn } = options
  const templates = new TemplateRunner(
    {
      kind: files.kind,
      list: files.list,
      readText: files.read,
      hosts: options.hosts,
      decrypt: options.decrypt,
      warn: (text) => warn(text, null),
      environment: (name) => process.env[name],
      run: runLocally,
      start: startLocally,
      secret: (value) => redactTexts(value, options.redactor),
      write: writePrivate,
      fetch: fetchUrl,
      setting: options.setting,
      collections: options.collectionsPaths,
    },
    {
      filters: content.filters,
      tests: content.tests,
      lookups: content.lookups,
      builtin: vaultFilters(options.redactor),
      explain: (kind, name) => content.explain(kind, name),
    },
    options.templating,
  )
  const loader = createLoader({
    files,
    rolesPath: options.rolesPath,
    collectionsPaths: options.collectionsPaths,
    isModule: library.has,
    moduleNames: library.names,
    foundFolder: (folder) => content.addFolder(folder),
    isLookup: (name) => content.isLookup(name) || findLookup(name) !== null,
    render: (text, play, vars) => renderStatic(text, play, vars),
    warn,
    repeated: options.repeated,
    unknownFails: options.unknownFails,
  })
  return { loader, templates }

  function renderStatic(text: Template, play: Play | null, vars: Dict): string {
    const magic: Dict = new Map(play === null ? [] : [['playbook_dir', play.folder]])
    return String(new Scope([extraVars, vars, magic], templates).render(text))
  }
}

/** `lookup('pipe', …)`: a command of the playbook's owner, on this machine. */
function runLocally(command: string): string {
  try {
    return execFileSync('/bin/sh', ['-c', command], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
      maxBuffer: 1 << 30,
    })
  } catch (error) {
    throw new Problem({
      code: 'lookup.command',
      summary: 'Command failed on the controller',
      detail: command,
      cause: error,
    })
  }
}

function startLocally(
  [program = '', ...args]: readonly string[],
  input: string | null,
  environment: { readonly [name: string]: string },
): Ended {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    encoding: 'utf8',
    stdio: [input === null ? 'inherit' : 'pipe', 'pipe', 'pipe'],
    maxBuffer: 1 << 30,
    env: { ...process.env, ...environment },
    ...(input === null ? {} : { input }),
  })
  if (error === undefined) return { code: status ?? 1, out: stdout, err: stderr }
  throw new Problem({
    code: 'lookup.command',
    summary: 'Command failed on the controller',
    detail: `${program} can't be run: ${error.message}`,
    hint: `install ${program} on this machine`,
    cause: error,
  })
}

/** Files that lookups make hold secrets. */
function writePrivate(path: string, text: string): void {
  mkdirSync(dirname(resolve(path)), { recursive: true, mode: 0o700 })
  writeFileSync(path, text, { mode: 0o600 })
  chmodSync(path, 0o600)
}
