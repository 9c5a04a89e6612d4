import type { Command, CommanderError, Option } from 'commander'
import { didYouMean, Problem, raise } from '../kernel/problem.ts'
import { FLAGS, type Flag, longName, shortName, takesValue } from './flags.ts'
import { examples, exitCodes, SUBCOMMAND_HELP } from './help-text.ts'

type Face = 'site' | 'playbook'

/** What a command takes: its name, operands in commander's form with their help, flags, and text below the help. */
type CommandLine = {
  readonly name: string
  readonly usage: string
  readonly operands: readonly (readonly [form: string, help: string])[]
  readonly flags: readonly Flag[]
  readonly after: string
}

/** Operands, and options asked for by name and type; or the help text that was asked for. */
type Read = { readonly operands: readonly string[]; readonly option: OptionReader } | { readonly help: string }

type Commander = typeof import('commander')

/** Reads the arguments of a run by its table of flags. Throws `usage.*` problems. */
export async function readRun(face: Face, argv: readonly string[]): Promise<Read> {
  const flags = FLAGS.filter((flag) => flag.only === undefined || flag.only === face)
  const after = `\n${examples(face)}\n${exitCodes()}`
  if (face === 'playbook') {
    const operands = [['<playbook...>', 'playbooks, run in this order']] as const
    return readCommand({ name: 'provision playbook', usage: 'PLAYBOOK… [options]', operands, flags, after }, argv)
  }
  const operands = [
    ['<inventory>', 'inventory file, folder or host list with a comma'],
    ['[playbook]', 'playbook (default: playbooks/site.yml beside the inventory)'],
  ] as const
  const usage = 'INVENTORY [PLAYBOOK] [options]\n       provision COMMAND …'
  return readCommand({ name: 'provision', usage, operands, flags, after: `\n${SUBCOMMAND_HELP}\n${after}` }, argv)
}

/** Reads a command's arguments with commander, which is loaded only here. Throws `usage.*` problems. */
export async function readCommand(line: CommandLine, argv: readonly string[]): Promise<Read> {
  const commander = await import('commander')
  const command = commandOf(commander, line)
  let help = ''
  command.configureOutput({
    writeOut: (text) => {
      help += text
    },
    writeErr: () => undefined,
  })
  try {
    command.parse(fullNames(argv, line.flags), { from: 'user' })
  } catch (error) {
    if (!(error instanceof commander.CommanderError)) throw error
    if (error.code === 'commander.helpDisplayed') return { help }
    throw usageProblem(error, line.name)
  }
  return { operands: command.args, option: new OptionReader(command.opts()) }
}

/** Options by the kind they have in the table. */
export class OptionReader {
  readonly #values: { readonly [name: string]: unknown }
  constructor(values: { readonly [name: string]: unknown }) {
    this.#values = values
  }
  is(name: string): boolean {
    return this.#values[name] === true
  }
  text(name: string): string | null {
    const value = this.#values[name]
    return typeof value === 'string' ? value : null
  }
  number(name: string): number | null {
    const value = this.#values[name]
    return typeof value === 'number' ? value : null
  }
  texts(name: string): readonly string[] {
    const value = this.#values[name]
    return Array.isArray(value) ? value.map(String) : []
  }
  names(name: string): readonly string[] {
    return this.texts(name)
      .flatMap((text) => text.split(','))
      .map((text) => text.trim())
      .filter((text) => text !== '')
  }
}

function commandOf(commander: Commander, { name, usage, operands, flags, after }: CommandLine): Command {
  const command = new commander.Command(name)
    .exitOverride()
    .allowExcessArguments(false)
    .showSuggestionAfterError(false)
    .helpOption('-h, --help', 'show this text')
    .configureHelp({ helpWidth: 110 })
    .usage(usage)
  for (const [form, help] of operands) command.argument(form, help)
  for (const flag of flags) command.addOption(optionOf(commander, flag))
  command.addOption(new commander.Option('--version', 'show the version and stop'))
  return command.addHelpText('after', after)
}

function optionOf({ InvalidArgumentError, Option }: Commander, flag: Flag): Option {
  const option = new Option(flag.flags, flag.help)
  if (flag.excludes !== undefined) option.conflicts(flag.excludes)
  switch (flag.kind) {
    case 'switch':
    case 'text':
      return option
    case 'count':
      return option.argParser((_, count: number | undefined) => (count ?? 0) + 1)
    case 'texts':
    case 'names':
      return option.argParser((text, texts: readonly string[] | undefined) => [...(texts ?? []), text])
    case 'number':
      return option.argParser((text) => {
        const least = flag.least ?? 0
        if (/^\d+$/.test(text) && Number(text) >= least) return Number(text)
        throw new InvalidArgumentError(`"${text}" is no whole number${least > 0 ? ` from ${least} on` : ''}`)
      })
  }
}

/** Other names and unambiguous beginnings of long names → the names that commander knows; argparse takes both, so scripts use them. */
function fullNames(argv: readonly string[], flags: readonly Flag[]): string[] {
  const names = new Map<string, string>([
    ['--help', '--help'],
    ['--version', '--version'],
  ])
  const withValue = new Set<string>()
  for (const flag of flags) {
    for (const name of [longName(flag), ...(flag.aliases ?? [])]) names.set(name, longName(flag))
    if (takesValue(flag))
      for (const name of [longName(flag), shortName(flag)]) if (name !== undefined) withValue.add(name)
  }
  const full: string[] = []
  const problems: Problem[] = []
  for (let index = 0; index < argv.length; index++) {
    const [, name, value] = /^(--[^=]+)?(.*)$/s.exec(argv[index]!)!
    if (argv[index] === '--') {
      full.push(...argv.slice(index))
      break
    }
    const known = name === undefined ? argv[index]! : fullName(name, names)
    if (known instanceof Problem) {
      problems.push(known)
      continue
    }
    full.push(name === undefined ? known : known + value)
    if (withValue.has(full.at(-1)!) && index + 1 < argv.length) full.push(argv[++index]!)
  }
  raise(problems)
  return full
}

function fullName(name: string, names: ReadonlyMap<string, string>): string | Problem {
  const exact = names.get(name)
  if (exact !== undefined) return exact
  const matches = [...names.keys()].filter((candidate) => candidate.startsWith(name))
  const meant = new Set(matches.map((match) => names.get(match)))
  if (meant.size > 1) {
    return new Problem({
      code: 'usage.ambiguous',
      summary: 'Ambiguous option',
      detail: `${name} could be ${matches.join(', ')}`,
      hint: 'write the option out',
    })
  }
  return names.get(matches[0] ?? '') ?? unknownOption(name, [...names.keys()])
}

/** Commander's error in our own words. */
function usageProblem(error: CommanderError, name: string): Problem {
  const message = error.message.replace(/^error: /, '')
  const quoted = /'([^']*)'/.exec(message)?.[1] ?? ''
  const help = `see ${name} --help`
  switch (error.code) {
    case 'commander.unknownOption':
      return unknownOption(quoted, [])
    case 'commander.optionMissingArgument':
      return new Problem({ code: 'usage.value', summary: 'Option without its value', detail: quoted, hint: help })
    case 'commander.invalidArgument':
      return new Problem({
        code: 'usage.value',
        summary: 'Wrong value of an option',
        detail: `${quoted}: ${message.replace(/^.*is invalid\. /s, '')}`,
        hint: help,
      })
    case 'commander.missingArgument':
      return new Problem({
        code: 'usage.missing',
        summary: 'Missing argument',
        detail: `no ${quoted} given`,
        hint: help,
      })
    case 'commander.excessArguments':
      return new Problem({
        code: 'usage.excess',
        summary: 'Too many arguments',
        detail: name === 'provision' ? 'at most an inventory and a playbook are taken' : message,
        hint: name === 'provision' ? 'several playbooks: provision playbook -i INVENTORY PLAYBOOK…' : help,
      })
    case 'commander.conflictingOption':
      return new Problem({ code: 'usage.conflict', summary: 'Options exclude each other', detail: message, hint: help })
    default:
      return new Problem({ code: 'usage.option', summary: 'Wrong arguments', detail: message, hint: help })
  }
}

function unknownOption(name: string, known: readonly string[]): Problem {
  return new Problem({
    code: 'usage.option',
    summary: 'Unknown option',
    detail: name,
    hint: didYouMean(name, known) ?? '--help lists the options',
  })
}
