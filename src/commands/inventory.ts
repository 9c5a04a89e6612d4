import { printGraph, printHost, printList } from '../inventory/print.ts'
import { Problem } from '../kernel/problem.ts'
import { sharedFlags, VAULT_FLAGS } from './flag-groups.ts'
import type { Flag } from './flags.ts'
import { openRun } from './open-run.ts'
import { runArguments } from './options.ts'
import { type OptionReader, readCommand } from './read-run.ts'
import { writeContent } from './vault-files.ts'

const FLAGS: readonly Flag[] = [
  { flags: '--list', kind: 'switch', help: 'all hosts and groups as JSON', excludes: 'graph' },
  { flags: '--host <name>', kind: 'text', help: 'the variables of one host as JSON', excludes: 'list' },
  {
    flags: '--graph',
    kind: 'switch',
    help: 'the tree of groups and hosts; a group after it is its root',
    excludes: 'host',
  },
  { flags: '--vars', kind: 'switch', help: 'with --graph: show variables too' },
  { flags: '--export', kind: 'switch', help: 'with --list: keep variables where they are defined' },
  { flags: '--output <file>', kind: 'text', help: 'with --list: write to this file' },
]

const SHARED = ['--inventory', '--extra-vars', ...VAULT_FLAGS]

/**
 * `provision inventory`, with ansible-inventory's arguments, the inventory also as the first operand. Returns the exit code. Problems:
 * `usage.*`, `inventory.*`.
 */
export async function inventory(args: readonly string[]): Promise<number> {
  const read = await readCommand(
    {
      name: 'provision inventory',
      usage: '[INVENTORY] --list | --graph [GROUP] | --host NAME [options]',
      operands: [['[name...]', 'the inventory, unless -i gives it, and a group for --graph']],
      flags: [...FLAGS, ...sharedFlags(...SHARED)],
      after: '',
    },
    args,
  )
  if ('help' in read) {
    process.stdout.write(read.help)
    return 0
  }
  const { option } = read
  const named = option.texts('inventory')
  const [first, ...others] = read.operands
  const fromOperand = named.length === 0 && first !== undefined
  const rest = fromOperand ? others : read.operands
  if (!option.is('list') && !option.is('graph') && option.text('host') === null) throw noAction()
  if (rest.length > (option.is('graph') ? 1 : 0)) throw tooMany(rest)
  const text = await print(option, fromOperand ? [first] : named, rest[0] ?? 'all')
  await writeContent(option.text('output') ?? '-', `${text}\n`)
  return 0
}

async function print(option: OptionReader, inventories: readonly string[], group: string): Promise<string> {
  const {
    inventory: hosts,
    extraVars,
    warnings,
  } = await openRun({ ...runArguments(option), inventories, outputs: [] }, { folder: '.' })
  for (const { text } of warnings) process.stderr.write(`[WARNING]: ${text}\n`)
  const host = option.text('host')
  if (option.is('graph')) return printGraph(hosts, group, option.is('vars'))
  return host === null ? printList(hosts, option.is('export'), extraVars) : printHost(hosts, host, extraVars)
}

function noAction(): Problem {
  return new Problem({
    code: 'usage.action',
    summary: 'No action',
    detail: 'one of --list, --graph and --host must be given',
    hint: 'see provision inventory --help',
  })
}

function tooMany(names: readonly string[]): Problem {
  return new Problem({
    code: 'usage.excess',
    summary: 'Too many arguments',
    detail: names.join(' '),
    hint: 'a group is named only with --graph',
  })
}
