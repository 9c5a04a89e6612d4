import { execa, type Options } from 'execa'
import { Problem } from '../kernel/problem.ts'

type Ran = { readonly code: number; readonly stdout: string; readonly stderr: string }

/** Runs a program of this machine and takes what it printed; problem `lab.command` when it fails or is not there. */
export async function run(program: string, args: readonly string[], options: Options = {}): Promise<string> {
  const ran = await tryRun(program, args, options)
  if (ran.code === 0) return ran.stdout
  throw new Problem({
    code: 'lab.command',
    summary: 'A command of the lab failed',
    detail: `${[program, ...args].join(' ')} ended with ${ran.code}: ${lastLines(ran.stderr || ran.stdout, 20)}`,
  })
}

/** Like `run`, for commands that may fail. A program that is not there ends with 127, as in a shell. */
export async function tryRun(program: string, args: readonly string[], options: Options = {}): Promise<Ran> {
  const stdin = options.input === undefined ? { stdin: 'ignore' as const } : {}
  const ran = await execa(program, args, { ...stdin, ...options, reject: false })
  return { code: ran.exitCode ?? 127, stdout: text(ran.stdout), stderr: text(ran.stderr) || (ran.shortMessage ?? '') }
}

export function lastLines(text: string, count: number): string {
  return text.trimEnd().split('\n').slice(-count).join('\n')
}

function text(output: unknown): string {
  return typeof output === 'string' ? output : ''
}
