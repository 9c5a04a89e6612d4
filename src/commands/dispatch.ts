import { existsSync, readFileSync } from 'node:fs'
import { Quit } from '../engine/quit.ts'
import { problemsOf, renderProblem } from '../kernel/problem.ts'
import { parseArguments, type Subcommand, USAGE_EXIT_CODE } from './options.ts'

/** ansible-playbook's exit code for a playbook or inventory that can't be used. */
const PROBLEM_EXIT_CODE = 4
/** What ansible-vault, ansible-inventory and ansible-doc end with when they can't do what they were asked to. */
const COMMAND_EXIT_CODE = 1
/** What Ansible ends with for these, whichever command says so: options that make no sense together, no host left, no password. */
const EXIT_CODES: { readonly [code: string]: number } = {
  'usage.action': 5,
  'usage.args': 5,
  'usage.conflict': 5,
  'usage.module': 5,
  'usage.vault-id': 5,
  'inventory.host': 5,
  'inventory.group': 5,
  'inventory.limit': 1,
  'password.empty': 1,
  'password.file': 1,
  'password.script': 1,
}
/** BSD's EX_SOFTWARE: an error of ours. */
const BUG_EXIT_CODE = 70

/** One call of the program, from its arguments to its exit code; what goes wrong is told on standard error. It never throws. */
export async function dispatch(argv: readonly string[], program: string, version: () => string): Promise<number> {
  try {
    return await perform(argv, program, version)
  } catch (error) {
    return tell(error, PROBLEM_EXIT_CODE)
  }
}

async function perform(argv: readonly string[], program: string, version: () => string): Promise<number> {
  const invocation = await parseArguments(argv, program)
  switch (invocation.kind) {
    case 'version':
      process.stdout.write(`provision ${version()}\n`)
      return 0
    case 'help':
      process.stdout.write(invocation.text)
      return 0
    case 'run':
      return (await import('./run.ts')).runCommand(invocation)
    case 'command':
      return subcommand(invocation.name, invocation.args)
  }
}

/** Each command is loaded only when it is the one to run. */
async function subcommand(name: Subcommand, args: readonly string[]): Promise<number> {
  if (name === 'lab' || name === 'exec') return load(name, args)
  return load(name, args).catch((error) => tell(error, COMMAND_EXIT_CODE))
}

async function load(name: Subcommand, args: readonly string[]): Promise<number> {
  switch (name) {
    case 'lab':
      return (await import('./lab.ts')).lab(args)
    case 'vault':
      return (await import('./vault.ts')).vault(args)
    case 'inventory':
      return (await import('./inventory.ts')).inventory(args)
    case 'exec':
      return (await import('./exec.ts')).exec(args)
    case 'doc':
      return (await import('./doc.ts')).doc(args)
  }
}

/** Prints what went wrong: problems in full, an error of ours with its stack trace. */
function tell(error: unknown, problemExitCode: number): number {
  if (error instanceof Quit) return error.code
  const problems = problemsOf(error)
  if (problems === null) {
    const stack = error instanceof Error ? error.stack : String(error)
    process.stderr.write(`provision failed by a fault of its own; please report this:\n${stack}\n`)
    return BUG_EXIT_CODE
  }
  const source = (file: string) => (existsSync(file) ? readFileSync(file, 'utf8') : null)
  process.stderr.write(`${problems.map((problem) => renderProblem(problem, source)).join('\n\n')}\n`)
  const codes = problems.map(({ code }) => EXIT_CODES[code] ?? (code.startsWith('usage.') ? USAGE_EXIT_CODE : null))
  return codes.find((code) => code !== null) ?? problemExitCode
}
