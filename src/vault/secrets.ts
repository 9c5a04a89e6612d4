import type { Files } from '../kernel/files.ts'
import { Problem } from '../kernel/problem.ts'
import { Secret } from '../kernel/secret.ts'
import { isVault } from './cipher.ts'
import { decrypt, type VaultSecret } from './vault.ts'

/** Where passwords come from. */
export type SecretsIo = {
  /** Plain files: a vault among them is decrypted with the passwords before it. */
  readonly files: Pick<Files, 'read' | 'kind' | 'executable'>
  /** Runs a password script; `rc` is not 0 when it failed or could not be started. */
  run(
    path: string,
    args: readonly string[],
  ): Promise<{ readonly rc: number; readonly stdout: string; readonly stderr: string }>
  /** Asks at the terminal without showing what is typed; null when nobody can be asked. */
  ask(prompt: string): Promise<string | null>
  warn(text: string): void
}

/** What the command line and configuration say. Paths are absolute. */
export type SecretSources = {
  /** `--vault-id`: `id@file`, `id@prompt`, or just a file. */
  readonly vaultIds: readonly string[]
  /** `--vault-password-file`. */
  readonly passwordFiles: readonly string[]
  /** `--ask-vault-pass`. */
  readonly ask: boolean
  /** The id of what comes without one. */
  readonly defaultId: string
}

/**
 * The passwords of a run, in the order they are tried. A file that can be executed is run and prints the password; one named
 * `…-client` is told the id by `--vault-id`. As in Ansible a source that fails is a warning when another one works; else its problem is
 * thrown: `vault.password-file`, `vault.password-script`, `vault.password-empty`, `vault.no-terminal`.
 */
export async function readVaultSecrets(sources: SecretSources, io: SecretsIo): Promise<VaultSecret[]> {
  const secrets: VaultSecret[] = []
  const failures: Problem[] = []
  for (const { id, source, legacy } of listed(sources)) {
    try {
      const password = source === 'prompt' ? await askFor(id, legacy, io) : await readSource(id, source, secrets, io)
      secrets.push({ id, password })
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      failures.push(error)
    }
  }
  if (secrets.length === 0 && failures.length > 0) throw failures.at(-1)
  for (const failure of failures) io.warn(failure.message)
  return secrets
}

type Slug = { readonly id: string; readonly source: string; readonly legacy: boolean }

function listed({ vaultIds, passwordFiles, ask, defaultId }: SecretSources): Slug[] {
  return [
    ...vaultIds.map((text) => splitId(text, defaultId)),
    ...passwordFiles.map((source) => ({ id: defaultId, source, legacy: false })),
    ...(ask ? [{ id: defaultId, source: 'prompt', legacy: true }] : []),
  ]
}

/** `dev@file` → id and source; without `@` it is a source for the default id. */
function splitId(text: string, defaultId: string): Slug {
  const at = text.indexOf('@')
  return at < 0
    ? { id: defaultId, source: text, legacy: false }
    : { id: text.slice(0, at) || defaultId, source: text.slice(at + 1), legacy: false }
}

async function askFor(id: string, legacy: boolean, io: SecretsIo): Promise<Secret> {
  const answer = await io.ask(legacy ? 'Vault password: ' : `Vault password (${id}): `)
  if (answer === null) {
    throw new Problem({
      code: 'vault.no-terminal',
      summary: 'Nobody to ask for the vault password',
      detail: 'there is no terminal to ask at',
      hint: 'use --vault-password-file FILE',
    })
  }
  return notEmpty(answer.trim(), 'the prompt')
}

async function readSource(id: string, path: string, before: readonly VaultSecret[], io: SecretsIo): Promise<Secret> {
  if (io.files.kind(path) !== 'file') {
    throw new Problem({
      code: 'vault.password-file',
      summary: 'Vault password file not found',
      detail: `the vault password file ${path} was not found`,
    })
  }
  if (io.files.executable(path)) return runScript(id, path, io)
  const text = (io.files.read(path) ?? '').trim()
  const plain = isVault(text)
    ? decrypt(text, { secrets: before }, { file: path, line: 1, column: 1 }).content.toString()
    : text
  return notEmpty(plain.replace(/^[\r\n]+|[\r\n]+$/g, ''), path)
}

async function runScript(id: string, path: string, io: SecretsIo): Promise<Secret> {
  const client = /-client(?:\.[^./]*)?$/.test(path)
  const { rc, stdout, stderr } = await io.run(path, client ? ['--vault-id', id] : [])
  if (rc === 0) return notEmpty(stdout.replace(/^[\r\n]+|[\r\n]+$/g, ''), path)
  const reason = client && rc === 2 ? `did not find a secret for vault-id=${id}` : `returned non-zero (${rc})`
  throw new Problem({
    code: 'vault.password-script',
    summary: 'Vault password script failed',
    detail: `${path} ${reason}${stderr.trim() === '' ? '' : `: ${stderr.trim()}`}`,
    hint: 'if it is not a script, remove its executable bit',
  })
}

function notEmpty(password: string, from: string): Secret {
  if (password !== '') return new Secret(password)
  throw new Problem({
    code: 'vault.password-empty',
    summary: 'Empty vault password',
    detail: `invalid vault password was provided from ${from}: it is empty`,
  })
}
