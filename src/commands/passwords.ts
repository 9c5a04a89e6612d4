import { accessSync, constants, existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { Problem } from '../kernel/problem.ts'
import type { Redactor } from '../kernel/secret.ts'
import type { RunArguments } from './options.ts'
import { askTerminal } from './terminal.ts'

type Asked = Pick<RunArguments, 'askPass' | 'connectionPasswordFile' | 'askBecomePass' | 'becomePasswordFile'>

/**
 * The passwords to log in and to become another user, from files, scripts and the terminal, as in Ansible (CLI.ask_passwords): who only
 * presses Enter becomes others with the login's. Raises `password.file`, `password.script`, `password.empty`, `Interrupted`.
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
  if (!existsSync(path)) {
    throw new Problem({ code: 'password.file', summary: 'Password file not found', detail: `there is no ${path}` })
  }
  if (!isExecutable(path)) return readFileSync(path, 'utf8').trim()
  const { execa } = await import('execa')
  const { exitCode, stdout, stderr, failed, shortMessage } = await execa(resolve(path), {
    reject: false,
    stdin: 'inherit',
  })
  if (!failed) return stdout
  throw new Problem({
    code: 'password.script',
    summary: 'Password script failed',
    detail: exitCode === undefined ? shortMessage : `${path} ended with exit code ${exitCode}: ${stderr}`,
    hint: 'if it is not a script, remove its executable bit',
  })
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
