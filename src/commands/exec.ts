import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { run } from '../engine/run.ts'
import type { Event, HostResult } from '../kernel/event.ts'
import type { Position } from '../kernel/problem.ts'
import { Problem, problemsOf } from '../kernel/problem.ts'
import { type Dict, templated, type Value } from '../kernel/value.ts'
import { loadYaml } from '../kernel/yaml.ts'
import { coreName } from '../language/action.ts'
import type { Loader } from '../language/loader.ts'
import type { Item, Play } from '../language/model.ts'
import { adHocReporter } from '../reporters/ad-hoc.ts'
import { guarded } from '../reporters/create.ts'
import { resultDump } from '../reporters/result-text.ts'
import { sharedFlags, VAULT_FLAGS } from './flag-groups.ts'
import type { Flag } from './flags.ts'
import { limitedToNothing, type OpenedRun, openRun } from './open-run.ts'
import { runArguments } from './options.ts'
import { playWithDefaults } from './play-defaults.ts'
import { type OptionReader, readCommand } from './read-run.ts'
import { redactEvent } from './redact-event.ts'
import { reporterOptions } from './reporters.ts'
import { engineOf } from './run.ts'

const FLAGS: readonly Flag[] = [
  { flags: '-m, --module-name <name>', kind: 'text', help: 'the module (command)' },
  { flags: '-a, --args <args>', kind: 'text', help: 'its arguments: free text, k=v words or a JSON dict' },
  { flags: '-o, --one-line', kind: 'switch', help: 'one line for each host' },
  {
    flags: '-t, --tree <folder>',
    kind: 'text',
    help: 'write the result of each host to a file of its name in this folder',
  },
  { flags: '-B, --background <seconds>', kind: 'number', help: 'run in the background, for so long at most' },
  { flags: '-P, --poll <seconds>', kind: 'number', help: 'ask how it goes so often (15); 0: do not wait for the end' },
  { flags: '--task-timeout <seconds>', kind: 'number', help: 'how long the module may take' },
  {
    flags: '--playbook-dir <folder>',
    kind: 'text',
    help: 'the folder whose group_vars, host_vars, roles and files count',
  },
]

const SHARED = [
  ...['--inventory', '--limit', '--extra-vars', '--forks', '--check', '--diff', '--list-hosts', '--module-path'],
  ...['--user', '--private-key', '--connection', '--timeout', '--ask-pass', '--connection-password-file'],
  ...['--ssh-common-args', '--ssh-extra-args', '--scp-extra-args', '--sftp-extra-args'],
  ...['--become', '--become-user', '--become-method', '--ask-become-pass', '--become-password-file'],
  ...['--accept-new-host-keys', ...VAULT_FLAGS],
]

const EXAMPLES = `
Examples:
  provision exec all -i inventory/prod.yml -m ping
  provision exec web -i inventory/prod.yml -a uptime
  provision exec web01 -i inventory/prod.yml -b -m service -a 'name=nginx state=reloaded' --check
`

/**
 * `provision exec PATTERN`: one module on some hosts, with the arguments, output and exit codes of the `ansible` command. Problems:
 * `usage.*`, and those of the inventory, the module and its arguments.
 */
export async function exec(argv: readonly string[]): Promise<number> {
  const line = {
    name: 'provision exec',
    usage: 'PATTERN -i INVENTORY [-m MODULE] [-a ARGS] [options]',
    operands: [['<pattern>', 'hosts: names, groups, globs, a:&b:!c']] as const,
    flags: [...FLAGS, ...sharedFlags(...SHARED)],
    after: EXAMPLES,
  }
  const read = await readCommand(line, argv)
  if ('help' in read) {
    process.stdout.write(read.help)
    return 0
  }
  const { option } = read
  const pattern = read.operands[0]!
  const opened = await openRun(runArguments(option), { folder: option.text('playbookDir') })
  const module = option.text('moduleName') ?? opened.config.moduleName ?? 'command'
  const text = option.text('args') ?? opened.config.moduleArgs ?? ''
  if (!option.is('listHosts')) checkModule(module, text, pattern)
  const hosts = hostsOf(pattern, opened)
  if (option.is('listHosts')) return listHosts(hosts, opened)
  if (hosts.length === 0) opened.warnings.push({ text: 'No hosts matched, nothing to do', at: null })
  const keywords = keywordsOf(option)
  const play = playOf(opened.loader, { pattern, module, text, keywords }, process.cwd())
  return start(opened, playWithDefaults(play, opened.config), {
    oneLine: option.is('oneLine'),
    folder: option.text('tree'),
  })
}

/** What the task says beside its module and arguments. */
function keywordsOf(option: OptionReader): Dict {
  const given: readonly (readonly [name: string, value: number | null])[] = [
    ['async', option.number('background')],
    ['poll', option.number('background') === null ? null : option.number('poll')],
    ['timeout', option.number('taskTimeout')],
  ]
  return new Map(given.filter(([, value]) => value !== null))
}

type Shown = { readonly oneLine: boolean; readonly folder: string | null }

async function start(opened: OpenedRun, play: Play, { oneLine, folder }: Shown): Promise<number> {
  const { args, redactor, warnings } = opened
  const { verbosity } = args
  const options = { ...reporterOptions(args, opened.config), oneLine }
  const reporter = guarded('ad hoc', adHocReporter(options), process.stderr)
  const emit = (event: Event) => {
    const redacted = redactEvent(event, redactor)
    if (folder !== null && redacted.type === 'host-result') writeResult(folder, redacted, verbosity)
    reporter.emit(redacted)
  }
  for (const warning of warnings) emit({ type: 'warning', ...warning })
  try {
    return await run(await engineOf(opened, reporter, emit), [{ file: PLACE.file, plays: [play] }])
  } finally {
    await reporter.end()
  }
}

/** A host's result in a file of the host's name, as Ansible's `tree` callback writes it; only its owner can read it. */
function writeResult(folder: string, result: HostResult, verbosity: number): void {
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, result.host), resultDump(result, verbosity), { mode: 0o600 })
}

/** Where problems of the arguments are: there is no file to show. */
const PLACE: Position = { file: '(command line)', line: 1, column: 1 }

type AdHoc = { readonly pattern: string; readonly module: string; readonly text: string; readonly keywords: Dict }

/** A play of one task, as if it had been written in a playbook. */
function playOf(loader: Loader, { pattern, module, text, keywords }: AdHoc, folder: string): Play {
  const tasks: Item[] = []
  const play: Play = {
    kind: 'play',
    name: 'Ansible Ad-Hoc',
    keywords: {
      hosts: { value: [{ value: pattern, at: PLACE }], at: PLACE },
      gather_facts: { value: false, at: PLACE },
    },
    vars: new Map(),
    varsFiles: [],
    varsPrompt: [],
    folder,
    roles: [],
    preTasks: [],
    tasks,
    postTasks: [],
    handlers: [],
    importedRoles: [],
    imports: [],
    at: PLACE,
  }
  const task: Dict = new Map<Value, Value>([[module, argumentsOf(text)], ...keywords])
  tasks.push(...loader.parseTasks([task], play, PLACE.file))
  return play
}

/** `{…}` is a JSON dict, anything else the text behind a module's name in a playbook. */
function argumentsOf(text: string): Value {
  if (text.trim() === '') return null
  if (/^\{(?![{%#]).*\}$/s.test(text)) return loadYaml(text, PLACE.file)
  return templated(text, PLACE)
}

const NEED_TEXT = ['command', 'shell', 'raw', 'script']

function checkModule(module: string, text: string, pattern: string): void {
  const core = coreName(module)
  if (core === 'import_playbook' || core === 'import_role' || core === 'import_tasks') {
    throw new Problem({
      code: 'usage.module',
      summary: 'Not for a single task',
      detail: `"${module}" brings in what is written in files; a playbook can use it`,
    })
  }
  if (text !== '' || !NEED_TEXT.includes(core)) return
  const hint = /\.ya?ml$/.test(pattern) ? 'to run a playbook: provision playbook FILE' : 'give it with -a'
  throw new Problem({ code: 'usage.args', summary: 'No arguments', detail: `no argument passed to ${module}`, hint })
}

/** The hosts to work on. None is fine for a pattern, and a mistake for a limit: problem `inventory.limit`. */
function hostsOf(pattern: string, { inventory, args }: OpenedRun): readonly string[] {
  if (args.limit === null) {
    try {
      return inventory.match(pattern, null)
    } catch (error) {
      if (problemsOf(error)?.[0]?.code === 'inventory.pattern') return []
      throw error
    }
  }
  const hosts = inventory.match(pattern, args.limit)
  if (hosts.length === 0) throw limitedToNothing(args.limit)
  return hosts
}

function listHosts(hosts: readonly string[], { warnings }: OpenedRun): number {
  for (const { text } of warnings) process.stderr.write(`[WARNING]: ${text}\n`)
  process.stdout.write(`  hosts (${hosts.length}):\n${hosts.map((host) => `    ${host}\n`).join('')}`)
  return 0
}
