import { basename, dirname, join } from 'node:path'
import { didYouMean, Problem } from '../kernel/problem.ts'
import { type OptionReader, readRun } from './read-run.ts'

/** What the arguments ask for. */
export type Invocation =
  | RunArguments
  | { readonly kind: 'command'; readonly name: Subcommand; readonly args: readonly string[] }
  | { readonly kind: 'help'; readonly text: string }
  | { readonly kind: 'version' }

/** The commands beside running a playbook; each reads its own arguments. */
const SUBCOMMANDS = ['lab', 'inventory', 'vault', 'exec', 'doc'] as const
export type Subcommand = (typeof SUBCOMMANDS)[number]

type OutputForm = 'tree' | 'plain' | 'json' | 'jsonl' | 'junit'

/** Arguments that run a playbook. A null or an empty list: not given. */
export type RunArguments = {
  readonly kind: 'run'
  /** `site` is `provision INVENTORY [PLAYBOOK]`, `playbook` has the arguments of `ansible-playbook`. */
  readonly face: 'site' | 'playbook'
  /** Paths or comma-separated hosts, in order. */
  readonly inventories: readonly string[]
  /** Empty only for the site face: see `playbookCandidates`. */
  readonly playbooks: readonly string[]
  readonly check: boolean
  readonly diff: boolean
  readonly roles: readonly string[]
  readonly limit: string | null
  readonly tags: readonly string[]
  readonly skipTags: readonly string[]
  /** As they were given: `k=v`, YAML or JSON, or `@FILE`. */
  readonly extraVars: readonly string[]
  readonly forks: number | null
  readonly listHosts: boolean
  readonly listTasks: boolean
  readonly listTags: boolean
  readonly syntaxCheck: boolean
  readonly startAtTask: string | null
  readonly step: boolean
  readonly forceHandlers: boolean
  readonly flushCache: boolean
  /** Folders, in order. */
  readonly modulePath: readonly string[]
  /** The number of `-v`. */
  readonly verbosity: number
  readonly vaultPasswordFiles: readonly string[]
  /** `label@source` or a source alone. */
  readonly vaultIds: readonly string[]
  readonly askVaultPassword: boolean
  readonly user: string | null
  readonly privateKey: string | null
  readonly connection: string | null
  /** Seconds. */
  readonly timeout: number | null
  readonly sshCommonArgs: string | null
  readonly sshExtraArgs: string | null
  readonly scpExtraArgs: string | null
  readonly sftpExtraArgs: string | null
  /** Ask for the login password. */
  readonly askPass: boolean
  readonly connectionPasswordFile: string | null
  readonly become: boolean
  readonly becomeUser: string | null
  readonly becomeMethod: string | null
  readonly askBecomePass: boolean
  readonly becomePasswordFile: string | null
  readonly acceptNewHostKeys: boolean
  /** Where reports go; `file` null is the terminal. Empty: the tree on a terminal, else plain. */
  readonly outputs: readonly { readonly form: OutputForm; readonly file: string | null }[]
  /** False: probe no task before those ahead of it are done. */
  readonly lookAhead: boolean
}

/** The exit code of every problem whose code starts with `usage.`, as argparse has it. */
export const USAGE_EXIT_CODE = 2

/** Names under which Ansible's own commands are known, and what they mean here. */
const LINKS: { readonly [name: string]: Subcommand | 'playbook' } = {
  'ansible-playbook': 'playbook',
  ansible: 'exec',
  'ansible-inventory': 'inventory',
  'ansible-vault': 'vault',
  'ansible-doc': 'doc',
}

/**
 * Arguments → what to do. `program` is the path the program was called by: a link named like one of Ansible's commands has that
 * command's arguments. Throws the problems `usage.option`, `usage.ambiguous`, `usage.value`, `usage.missing`, `usage.excess` and
 * `usage.conflict`.
 */
export async function parseArguments(argv: readonly string[], program: string): Promise<Invocation> {
  const link = LINKS[basename(program)]
  const [first, ...rest] = argv
  if (link !== undefined && first !== '--version') return parseSubcommand(link, argv)
  if (first === '--version' || first === 'version') return { kind: 'version' }
  if (first === 'help')
    return rest[0] === undefined ? parseRun('site', ['--help']) : parseSubcommand(rest[0], ['--help'])
  return first === 'playbook' || SUBCOMMANDS.some((name) => name === first)
    ? parseSubcommand(first!, rest)
    : parseRun('site', argv)
}

/** The places of the playbook that an inventory stands for, in the order to try: beside the inventory's folder, in it, in the current one. */
export function playbookCandidates(inventory: string): readonly string[] {
  const folder = dirname(inventory)
  const places = inventory.includes(',') ? ['.'] : [join(folder, '..'), folder, '.']
  return [...new Set(places.map((place) => join(place, 'playbooks/site.yml')))]
}

async function parseSubcommand(name: string, args: readonly string[]): Promise<Invocation> {
  if (name === 'playbook') return parseRun('playbook', args)
  const known = SUBCOMMANDS.find((subcommand) => subcommand === name)
  if (known !== undefined) return { kind: 'command', name: known, args }
  throw new Problem({
    code: 'usage.command',
    summary: 'Unknown command',
    detail: `there is no command "${name}"`,
    hint: didYouMean(name, ['playbook', ...SUBCOMMANDS]) ?? `the commands are playbook, ${SUBCOMMANDS.join(', ')}`,
  })
}

async function parseRun(face: RunArguments['face'], argv: readonly string[]): Promise<Invocation> {
  if (argv.includes('--version')) return { kind: 'version' }
  const read = await readRun(face, argv)
  if ('help' in read) return { kind: 'help', text: read.help }
  const { operands, option } = read
  if (face === 'playbook') return { ...runArguments(option), playbooks: operands }
  return { ...runArguments(option), face, inventories: operands.slice(0, 1), playbooks: operands.slice(1) }
}

/** The options of a run, for every command that takes some of them. */
export function runArguments(option: OptionReader): RunArguments {
  return {
    kind: 'run',
    face: 'playbook',
    inventories: option.texts('inventory'),
    playbooks: [],
    check: option.is('check'),
    diff: option.is('diff'),
    roles: option.names('role'),
    limit: option.text('limit'),
    tags: option.names('tags'),
    skipTags: option.names('skipTags'),
    extraVars: option.texts('extraVars'),
    forks: option.number('forks'),
    listHosts: option.is('listHosts'),
    listTasks: option.is('listTasks'),
    listTags: option.is('listTags'),
    syntaxCheck: option.is('syntaxCheck'),
    startAtTask: option.text('startAtTask'),
    step: option.is('step'),
    forceHandlers: option.is('forceHandlers'),
    flushCache: option.is('flushCache'),
    modulePath: option.texts('modulePath').flatMap((path) => path.split(':').filter((folder) => folder !== '')),
    verbosity: option.number('verbose') ?? 0,
    vaultPasswordFiles: option.texts('vaultPasswordFile'),
    vaultIds: option.texts('vaultId'),
    askVaultPassword: option.is('askVaultPassword'),
    user: option.text('user'),
    privateKey: option.text('privateKey'),
    connection: option.text('connection'),
    timeout: option.number('timeout'),
    sshCommonArgs: option.text('sshCommonArgs'),
    sshExtraArgs: option.text('sshExtraArgs'),
    scpExtraArgs: option.text('scpExtraArgs'),
    sftpExtraArgs: option.text('sftpExtraArgs'),
    askPass: option.is('askPass'),
    connectionPasswordFile: option.text('connectionPasswordFile'),
    become: option.is('become'),
    becomeUser: option.text('becomeUser'),
    becomeMethod: option.text('becomeMethod'),
    askBecomePass: option.is('askBecomePass'),
    becomePasswordFile: option.text('becomePasswordFile'),
    acceptNewHostKeys: option.is('acceptNewHostKeys'),
    outputs: option.texts('output').map(parseOutput),
    lookAhead: !option.is('oneAtATime'),
  }
}

const FORMS: readonly OutputForm[] = ['tree', 'plain', 'json', 'jsonl', 'junit']

function parseOutput(text: string): { form: OutputForm; file: string | null } {
  const [, name, file] = /^([^=]*)(?:=(.*))?$/s.exec(text)!
  const form = FORMS.find((candidate) => candidate === name)
  if (form === undefined) {
    throw usageValue(
      `--output knows no form "${name}"`,
      didYouMean(name!, FORMS) ?? `the forms are ${FORMS.join(', ')}`,
    )
  }
  if (file === '' || (file !== undefined && form === 'tree')) {
    throw usageValue(`--output ${text} names no file to write`, 'write for example --output junit=report.xml')
  }
  return { form, file: file ?? null }
}

function usageValue(detail: string, hint: string): Problem {
  return new Problem({ code: 'usage.value', summary: 'Wrong value of an option', detail, hint })
}
