import { flatGroups, listedGroups, nestedGroups, oneHost, printGraph } from '../inventory/print.ts'
import { tomlText } from '../inventory/print-toml.ts'
import { pythonJson } from '../inventory/python-text.ts'
import { Problem } from '../kernel/problem.ts'
import { type Dict, Template, type Value } from '../kernel/value.ts'
import { dumpYaml } from '../template/filters/yaml-emitter.ts'
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
  { flags: '-y, --yaml', kind: 'switch', help: 'YAML instead of JSON' },
  { flags: '--toml', kind: 'switch', help: 'TOML instead of JSON' },
  { flags: '--vars', kind: 'switch', help: 'with --graph: show variables too' },
  { flags: '--export', kind: 'switch', help: 'with --list: keep variables where they are defined' },
  { flags: '--output <file>', kind: 'text', help: 'with --list: write to this file' },
  { flags: '--playbook-dir <folder>', kind: 'text', help: 'a folder whose group_vars and host_vars count too' },
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
  const output = option.text('output')
  await writeContent(output ?? '-', output === null && !text.endsWith('\n') ? `${text}\n` : text)
  return 0
}

async function print(option: OptionReader, inventories: readonly string[], group: string): Promise<string> {
  const folder = option.text('playbookDir')
  const opened = await openRun({ ...runArguments(option), inventories, outputs: [] }, { folder })
  const { inventory: hosts, config, extraVars, warnings } = opened
  for (const { text } of warnings) process.stderr.write(`[WARNING]: ${text}\n`)
  const host = option.text('host')
  const shown = {
    exported: option.is('export') || config.inventoryExport,
    besidePlaybook: (folder ?? config.playbookDir) !== null,
    extraVars,
  }
  if (option.is('graph')) return printGraph(hosts, group, option.is('vars') ? shown : null)
  const [write, groups] = option.is('yaml')
    ? ([yamlText, nestedGroups] as const)
    : option.is('toml')
      ? ([tomlText, flatGroups] as const)
      : ([pythonJson, listedGroups] as const)
  return write(host === null ? groups(hosts, shown) : oneHost(hosts, host, shown))
}

function yamlText(dict: Dict): string {
  const style = { indent: 2, width: 80, flow: false, sortKeys: true, unicode: true, quotes: '' }
  return dumpYaml(unrendered(dict, new Map()), { ...style, explicitStart: false, explicitEnd: false })
}

/** Templates as they are written. A list or dict that occurs twice stays one, since YAML shows that. */
function unrendered(value: Value, known: Map<object, Value>): Value {
  if (value instanceof Template) return value.source
  if (!(Array.isArray(value) || value instanceof Map)) return value
  const before = known.get(value)
  if (before !== undefined) return before
  const copy: Value[] | Dict = Array.isArray(value) ? [] : new Map()
  known.set(value, copy)
  if (Array.isArray(copy)) copy.push(...(value as Value[]).map((item) => unrendered(item, known)))
  else for (const [key, item] of value as Dict) copy.set(key, unrendered(item, known))
  return copy
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
