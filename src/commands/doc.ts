import type { Json } from '../kernel/json.ts'
import type { Runnable } from '../kernel/module.ts'
import { didYouMean, Problem, raise } from '../kernel/problem.ts'
import type { Arg, ArgSpecs } from '../kernel/schema.ts'
import { moduleFiles, moduleLibrary } from './modules.ts'
import { readCommand } from './read-run.ts'

/**
 * `provision doc [MODULE…]`: all modules with their summaries, or what modules do, their arguments and examples, all from the modules
 * themselves. Returns the exit code. Problems `usage.*`, `module.unknown`.
 */
export async function doc(args: readonly string[]): Promise<number> {
  const read = await readCommand(
    {
      name: 'provision doc',
      usage: '[MODULE…] [options]',
      operands: [['[module...]', 'modules to explain; without any all are listed']],
      flags: [
        { flags: '-l, --list', kind: 'switch', help: 'list all modules' },
        { flags: '-s, --snippet', kind: 'switch', help: 'only a task to start from' },
      ],
      after: '',
    },
    args,
  )
  if ('help' in read) {
    process.stdout.write(read.help)
    return 0
  }
  const modules = await named(read.operands)
  if (modules.length === 0 || read.option.is('list')) process.stdout.write(await list())
  else process.stdout.write(modules.map(read.option.is('snippet') ? snippet : moduleText).join('\n'))
  return 0
}

/** One line for each module, under the name that finds it everywhere. */
async function list(): Promise<string> {
  const library = moduleLibrary()
  const modules = await Promise.all(moduleFiles().map((name) => library.load(name, null)))
  const rows = modules
    .filter((module): module is Runnable => module !== null)
    .map((module) => [`${module.collection}.${module.name}`, module.summary] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1))
  const width = Math.max(...rows.map(([name]) => name.length))
  return rows.map(([name, summary]) => `${name.padEnd(width)}  ${summary}\n`).join('')
}

async function named(names: readonly string[]): Promise<Runnable[]> {
  const library = moduleLibrary()
  const modules: Runnable[] = []
  const problems: Problem[] = []
  for (const name of names) {
    const parts = name.split('.')
    const collection = parts.length > 2 ? parts.slice(0, -1).join('.') : null
    const module = await library.load(parts.at(-1)!, collection)
    if (module !== null) modules.push(module)
    else problems.push(unknown(name, library.has(name)))
  }
  raise(problems)
  return modules
}

function unknown(name: string, control: boolean): Problem {
  return new Problem({
    code: 'module.unknown',
    summary: 'Unknown module',
    detail: `there is no module "${name}"`,
    hint: control
      ? 'it is a part of the language that the engine runs itself; see the README'
      : (didYouMean(name.split('.').at(-1)!, moduleFiles()) ?? '"provision doc" lists all modules'),
  })
}

/** What a module does, its arguments and its examples. */
export function moduleText(module: Runnable): string {
  const { rules, specs } = module.args
  const lines = [
    `${module.collection}.${module.name}`,
    '',
    `  ${module.summary}`,
    '',
    'Arguments (= must be given):',
    '',
  ]
  lines.push(...argumentLines(specs, '  ', rules.freeForm ?? null))
  for (const [words, groups] of [
    ['Only one of', rules.exclusive ?? []],
    ['At least one of', rules.oneOf ?? []],
    ['Only together', rules.together ?? []],
  ] as const) {
    for (const group of groups) lines.push(`  ${words}: ${group.join(', ')}`)
  }
  for (const [name, value, needed, oneIsEnough] of rules.requiredIf ?? []) {
    lines.push(`  With ${name}=${text(value)}: ${needed.join(oneIsEnough ? ' or ' : ', ')} must be given`)
  }
  for (const [name, needed] of Object.entries(rules.requiredBy ?? {})) {
    lines.push(`  With ${name}: ${needed.join(', ')} must be given`)
  }
  lines.push('', 'Examples:', '')
  for (const example of module.examples) lines.push(indent(example.trim(), '  '), '')
  return `${lines.join('\n').trimEnd()}\n`
}

function argumentLines(specs: ArgSpecs, margin: string, freeForm: string | null): string[] {
  return Object.entries(specs).flatMap(([name, spec]) => {
    const about = [spec.description, name === freeForm ? 'May be written as free text.' : ''].filter(
      (part) => part !== '',
    )
    return [
      `${margin}${spec.required ? '=' : '-'} ${name}  (${typeText(spec)})`,
      ...about.map((part) => `${margin}    ${part}`),
      ...details(spec).map((part) => `${margin}    ${part}`),
      ...(spec.options === null ? [] : argumentLines(spec.options, `${margin}    `, null)),
    ]
  })
}

function typeText({ type, elements }: Arg<unknown>): string {
  const own = (name: string) => (name === 'secret' ? 'str, never shown' : name)
  return elements === null ? own(type) : `list of ${own(elements)}`
}

function details({ aliases, choices, default: value }: Arg<unknown>): string[] {
  return [
    ...(choices === null ? [] : [`choices: ${choices.map(String).join(', ')}`]),
    ...(value === undefined ? [] : [`default: ${text(value)}`]),
    ...(aliases.length === 0 ? [] : [`aliases: ${aliases.join(', ')}`]),
  ]
}

/** A task with every argument of the module, to be filled in. */
function snippet(module: Runnable): string {
  const lines = Object.entries(module.args.specs).map(([name, spec]) => {
    const about = `${spec.required ? '(required) ' : ''}${spec.description}`
    return `    ${`${name}:`.padEnd(20)} # ${about}`
  })
  return `- name: ${module.summary}\n  ${module.collection}.${module.name}:\n${lines.join('\n')}\n`
}

function text(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function indent(lines: string, margin: string): string {
  return lines
    .split('\n')
    .map((line) => (line === '' ? '' : margin + line))
    .join('\n')
}
