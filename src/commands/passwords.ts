import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { Problem } from '../kernel/problem.ts'
import type { Redactor } from '../kernel/secret.ts'
import { diskFiles } from '../language/disk.ts'
import type { RunArguments } from './options.ts'
import { askTerminal } from './terminal.ts'

const files = diskFiles((text) => Buffer.from(text))

type Asked = Pick<RunArguments, 'askPass' | 'connectionPasswordFile' | 'askBecomePass' | 'becomePasswordFile'>

/**
 * The passwords to log in and to become another user, from files, scripts and the terminal, as in Ansible (CLI.ask_passwords): who only
 * presses Enter becomes others with the login's. Raises `password.file`, `password.script`, `password.empty`, and what `askTerminal` does.
 */
export async function passwordsOf(
  asked: Asked,
  redactor: Redactor,
): Promise<{ readonly login: string | null; readonly become: string | null }> {
  const given = async (ask: boolean, question: string, file: string | null) => {
    const text = ask ? await askTerminal(question, true) : file === null ? null : await fromFile(file)
    if (text === null || text === '') return null
    redactor.add(text)
    return text
  }
  const { askPass, askBecomePass } = asked
  const login = await given(askPass, 'SSH password: ', asked.connectionPasswordFile)
  const question = `BECOME password${askPass ? '[defaults to SSH password]' : ''}: `
  const become = await given(askBecomePass, question, asked.becomePasswordFile)
  return { login, become: become ?? (askBecomePass && askPass ? login : null) }
}

/** What a file holds or a script prints; `-` is standard input. */
async function fromFile(path: string): Promise<string> {
  const text = path === '-' ? readFileSync(0, 'utf8') : await contentOf(path)
  const password = text.replace(/^[\r\n]+|[\r\n]+$/g, '')
  if (password !== '') return password
  throw new Problem({ code: 'password.empty', summary: 'Empty password', detail: `${path} gives no password` })
}

async function contentOf(path: string): Promise<string> {
  if (files.kind(path) !== 'file') {
    throw new Problem({ code: 'password.file', summary: 'Password file not found', detail: `there is no file ${path}` })
  }
  if (!files.executable(path)) return (files.read(path) ?? '').trim()
  const { rc, stdout, stderr } = await passwordScript(path, [])
  if (rc === 0) return stdout
  throw new Problem({
    code: 'password.script',
    summary: 'Password script failed',
    detail: `${path} ended with exit code ${rc}: ${stderr}`,
    hint: 'if it is not a script, remove its executable bit',
  })
}

/** What a script says that prints a password; `rc` is 127 when it could not be started. It may ask at the terminal. */
export async function passwordScript(path: string, args: readonly string[]) {
  const { execa } = await import('execa')
  const { exitCode, stdout, stderr } = await execa(resolve(path), args, { reject: false, stdin: 'inherit' })
  return { rc: exitCode ?? 127, stdout, stderr }
}
