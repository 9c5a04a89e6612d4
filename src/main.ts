import { existsSync, readFileSync } from 'node:fs'
import { parseArguments, type Subcommand, USAGE_EXIT_CODE } from './commands/options.ts'
import { problemsOf, renderProblem } from './kernel/problem.ts'

/** ansible-playbook's exit code for a playbook or inventory that can't be used. */
const PROBLEM_EXIT_CODE = 4
/** BSD's EX_SOFTWARE: an error of ours. */
const BUG_EXIT_CODE = 70

/** What ansible-vault, ansible-inventory and ansible-doc end with when they can't do what they were asked to. */
const COMMAND_EXIT_CODE = 1

main().then(
  (code) => {
    process.exitCode = code
  },
  (error) => {
    process.exitCode = tell(error, PROBLEM_EXIT_CODE)
  },
)

async function main(): Promise<number> {
  const invocation = await parseArguments(process.argv.slice(2), process.argv[1] ?? 'provision')
  switch (invocation.kind) {
    case 'version':
      process.stdout.write(`provision ${version()}\n`)
      return 0
    case 'help':
      process.stdout.write(invocation.text)
      return 0
    case 'run':
      return (await import('./commands/run.ts')).runCommand(invocation)
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
      return (await import('./commands/lab.ts')).lab(args)
    case 'vault':
      return (await import('./commands/vault.ts')).vault(args)
    case 'inventory':
      return (await import('./commands/inventory.ts')).inventory(args)
    case 'exec':
      return (await import('./commands/exec.ts')).exec(args)
    case 'doc':
      return (await import('./commands/doc.ts')).doc(args)
  }
}

function version(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}

/** Prints what went wrong: problems in full, an error of ours with its stack trace. */
function tell(error: unknown, problemExitCode: number): number {
  const problems = problemsOf(error)
  if (problems === null) {
    const stack = error instanceof Error ? error.stack : String(error)
    process.stderr.write(`provision failed by a fault of its own; please report this:\n${stack}\n`)
    return BUG_EXIT_CODE
  }
  const source = (file: string) => (existsSync(file) ? readFileSync(file, 'utf8') : null)
  process.stderr.write(`${problems.map((problem) => renderProblem(problem, source)).join('\n\n')}\n`)
  return problems.some((problem) => problem.code.startsWith('usage.')) ? USAGE_EXIT_CODE : problemExitCode
}
