import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { CustomContent } from '../custom/content.ts'
import type { Inventory } from '../inventory/inventory.ts'
import type { Files } from '../kernel/files.ts'
import { folderOf } from '../kernel/paths.ts'
import { type Position, Problem, raise } from '../kernel/problem.ts'
import { Redactor } from '../kernel/secret.ts'
import type { Dict } from '../kernel/value.ts'
import { diskFiles } from '../language/disk.ts'
import type { Config } from './config.ts'
import { configured } from './config-arguments.ts'
import { openConfig } from './config-disk.ts'
import { settingByName } from './config-lookup.ts'
import { readExtraVars } from './extra-vars.ts'
import { importFile } from './import-file.ts'
import { openInventory } from './inventory-source.ts'
import { type ModuleLibrary, moduleLibrary } from './modules.ts'
import { playbookCandidates, type RunArguments } from './options.ts'
import { openProject, type Project } from './project.ts'
import { openVault } from './vault-secrets.ts'

type Warning = { readonly text: string; readonly at: Position | null }

/** All that the arguments and the configuration name, opened: what playbooks and single modules are run with. */
export type OpenedRun = Project & {
  /** The arguments, with the configuration's settings where they say nothing. */
  readonly args: RunArguments
  readonly config: Config
  readonly redactor: Redactor
  readonly files: Files
  /** What a vault file holds. */
  readonly decryptFile: (ciphertext: string, path: string) => Buffer
  readonly extraVars: Dict
  readonly library: ModuleLibrary
  readonly content: CustomContent
  /** Paths as they were given. */
  readonly playbooks: readonly string[]
  readonly inventory: Inventory
  refresh(): Promise<void>
  /** What has been warned of so far; later warnings are added. */
  readonly warnings: Warning[]
}

/** Opens what a run needs. `adHoc`: a run without a playbook, and the folder given for one. Problems of each part, `usage.playbook` and `inventory.limit`. */
export async function openRun(
  given: RunArguments,
  adHoc: { readonly folder: string | null } | null,
): Promise<OpenedRun> {
  const warnings: Warning[] = []
  const warn = (text: string, at: Position | null = null) => warnings.push({ text, at })
  const config = openConfig(warn)
  const repeated = (text: string, at: Position) => repeatedKey(config.repeatedKeys, text, at, warn)
  const args = configured(given, config)
  const redactor = new Redactor()
  const vault = await openVault(args, config, redactor, warn)
  const files = diskFiles(vault.decryptFile)
  const playbooks = adHoc === null ? playbooksOf(args) : []
  if (args.face === 'site') raise(args.inventories.flatMap((source) => missingInventory(source, files)))
  const extraVars = readExtraVars(args.extraVars, files, repeated)
  const inPlaceOfPlaybook = resolve(adHoc?.folder ?? config.playbookDir ?? '.')
  const folders = adHoc === null ? playbooks.map((path) => folderOf(resolve(path))) : [inPlaceOfPlaybook]
  const content = await openContent(args, config, files, folders)
  const library = moduleLibrary({
    module: (written) => content.module(written),
    foreignModule: (written) => content.foreignModule(written),
    moduleNames: () => content.moduleNames(),
    warn,
  })
  const project = openProject({
    files,
    library,
    content,
    extraVars,
    rolesPath: rolesPath(config, playbooks),
    collectionsPaths: collectionsPaths(config, folders),
    setting: (name) => settingByName(name, config),
    templating: {
      native: config.native,
      mergeDicts: config.inventory.mergeDicts,
      managed: config.managed,
      undefinedFails: config.undefinedFails,
    },
    redactor,
    decrypt: vault.decryptText,
    hosts: (pattern) => inventory.match(pattern, null),
    warn,
    repeated,
    unknownFails: config.unknownFails,
  })
  const beside = adHoc === null ? resolve(playbooks[0]!) : join(inPlaceOfPlaybook, 'playbook')
  const source = { files, extraVars, templates: project.templates, settings: config.inventory, warn, repeated }
  const { inventory, refresh } = await openInventory(args.inventories, beside, source)
  if (adHoc === null) refuseEmptyLimit(args, inventory)
  const own = { args, config, redactor, files, decryptFile: vault.decryptFile, extraVars, library, content }
  return { ...project, ...own, playbooks, inventory, refresh, warnings }
}

function repeatedKey(
  mode: Config['repeatedKeys'],
  text: string,
  at: Position,
  warn: (text: string, at: Position) => void,
): void {
  if (mode === 'error') throw new Problem({ code: 'yaml.key', summary: 'Key given twice', detail: text, at })
  if (mode === 'warn') warn(`${text}. Using last defined value only.`, at)
}

/** Modules and plugins of the configured folders and of those the run starts in. */
async function openContent(args: RunArguments, config: Config, files: Files, folders: readonly string[]) {
  const usual = [join(homedir(), '.ansible/plugins/modules'), '/usr/share/ansible/plugins/modules']
  const library = [...args.modulePath.map((path) => resolve(path)), ...config.content.library, ...usual]
  const io = { files, collectionsPaths: collectionsPaths(config, folders), importFile }
  const content = new CustomContent(io, { ...config.content, library })
  for (const folder of folders) content.addFolder(folder)
  await content.load()
  return content
}

/** A limit that leaves no host is taken for a slip of the pen. */
export function limitedToNothing(limit: string): Problem {
  return new Problem({
    code: 'inventory.limit',
    summary: 'No hosts',
    detail: `the limit "${limit}" leaves none of the hosts`,
    hint: 'see which hosts there are: --list-hosts without the limit',
  })
}

/** `provision INVENTORY` names one on purpose, so it must be there; ansible-playbook only warns of a missing one. */
function missingInventory(source: string, files: Files): Problem[] {
  if (source.includes(',') || files.kind(source) !== null) return []
  return [
    new Problem({
      code: 'inventory.missing',
      summary: 'Inventory not found',
      detail: `${source}: there is no such file`,
      hint: 'name a file, a folder or hosts with a comma: provision INVENTORY [PLAYBOOK]',
    }),
  ]
}

/** As ansible-playbook: a limit that leaves none of the inventory's hosts is a mistake. Problem `inventory.limit`. */
function refuseEmptyLimit({ limit }: RunArguments, inventory: Inventory): void {
  if (limit === null || inventory.all().length === 0 || inventory.hosts('all', limit).length > 0) return
  throw limitedToNothing(limit)
}

/** The playbooks to run. Problem `usage.playbook`. */
function playbooksOf(args: RunArguments): string[] {
  if (args.playbooks.length > 0) return [...args.playbooks]
  const candidates = args.inventories.flatMap(playbookCandidates)
  const found = candidates.find((path) => existsSync(path))
  if (found !== undefined) return [found]
  throw new Problem({
    code: 'usage.playbook',
    summary: 'No playbook',
    detail: `there is no playbook at ${candidates.join(', ')}`,
    hint: 'name one: provision INVENTORY PLAYBOOK',
  })
}

/** Where roles are looked for beside the playbook's own folder: a project's `roles` is often next to its `playbooks`. */
function rolesPath(config: Config, playbooks: readonly string[]): string[] {
  const beside = playbooks.map((path) => resolve(path, '../../roles'))
  const usual = [join(homedir(), '.ansible/roles'), '/usr/share/ansible/roles', '/etc/ansible/roles']
  return [...new Set([...config.rolesPath, ...beside, resolve('roles'), ...usual])]
}

/** `collections/` beside the playbook, and Ansible's own places when none are configured. */
function collectionsPaths({ collectionsPaths: paths }: Config, folders: readonly string[]): readonly string[] {
  const usual = [join(homedir(), '.ansible/collections'), '/usr/share/ansible/collections']
  const configured = paths.map((path) => path.replace(/\/ansible_collections\/?$/, ''))
  return [...folders.map((folder) => join(folder, 'collections')), ...(paths.length > 0 ? configured : usual)]
}
