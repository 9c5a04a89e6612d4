import { Problem } from '../kernel/problem.ts'
import type { Secret } from '../kernel/secret.ts'
import { readVaultSecrets } from '../vault/secrets.ts'
import { secretForEncryption, type VaultSecret } from '../vault/vault.ts'
import type { Config } from './config.ts'
import { openConfig } from './config-disk.ts'
import { sharedFlags, VAULT_FLAGS } from './flag-groups.ts'
import type { Flag } from './flags.ts'
import { type OptionReader, readCommand } from './read-run.ts'
import { askTerminal } from './terminal.ts'
import { createVaultFile, editVaultFile } from './vault-edit.ts'
import { decryptFiles, encryptFiles, rekeyFiles, viewFiles } from './vault-files.ts'
import { idMatchOf, secretsOf, sourcesOf } from './vault-secrets.ts'
import { encryptStrings, STRING_FLAGS } from './vault-strings.ts'

/** What an action of `provision vault` works with. */
export type VaultTask = {
  readonly files: readonly string[]
  readonly option: OptionReader
  /** The passwords that open what is encrypted. */
  readonly secrets: readonly VaultSecret[]
  /** With `vault_id_match`, the id of a vault that names none: only the passwords of its own id open a vault. */
  readonly idMatch: string | null
  /** The password to encrypt with; only for the actions that encrypt. */
  readonly encryption: VaultSecret | null
}

type Action = {
  readonly summary: string
  readonly operand: readonly [form: string, help: string]
  readonly flags: readonly Flag[]
  /** Whose password it needs: that of what is encrypted, a new one to encrypt with, or both. */
  readonly needs: 'old' | 'new' | 'both'
  run(task: VaultTask): Promise<void>
}

const OUTPUT: Flag = { flags: '--output <file>', kind: 'text', help: 'where the result goes; - is standard output' }
const ENCRYPT_ID: Flag = { flags: '--encrypt-vault-id <id>', kind: 'text', help: 'the vault id to encrypt with' }
const REKEY: readonly Flag[] = [
  {
    flags: '--new-vault-password-file <file>',
    kind: 'text',
    help: 'file or script that gives the new password',
    excludes: 'newVaultId',
  },
  { flags: '--new-vault-id <id>', kind: 'text', help: 'new vault identity: label@FILE or label@prompt' },
]
const FILES = ['[file...]', 'files; standard input without any'] as const

const ACTIONS: { readonly [name: string]: Action } = {
  create: {
    summary: 'write a new encrypted file in $EDITOR',
    operand: ['<file>', 'the new file'],
    flags: [ENCRYPT_ID],
    needs: 'new',
    run: createVaultFile,
  },
  edit: {
    summary: 'change an encrypted file in $EDITOR',
    operand: ['<file...>', 'encrypted files'],
    flags: [ENCRYPT_ID],
    needs: 'old',
    run: editVaultFile,
  },
  view: {
    summary: 'show what an encrypted file holds',
    operand: ['<file...>', 'encrypted files'],
    flags: [],
    needs: 'old',
    run: viewFiles,
  },
  encrypt: { summary: 'encrypt files', operand: FILES, flags: [OUTPUT, ENCRYPT_ID], needs: 'new', run: encryptFiles },
  decrypt: { summary: 'decrypt files', operand: FILES, flags: [OUTPUT], needs: 'old', run: decryptFiles },
  rekey: {
    summary: 'encrypt files with another password',
    operand: ['<file...>', 'encrypted files'],
    flags: [ENCRYPT_ID, ...REKEY],
    needs: 'both',
    run: rekeyFiles,
  },
  encrypt_string: {
    summary: 'encrypt text, as a value for a YAML file',
    operand: ['[text...]', 'texts; - or none reads standard input, which keeps them out of the process list'],
    flags: [OUTPUT, ENCRYPT_ID, ...STRING_FLAGS],
    needs: 'new',
    run: encryptStrings,
  },
}

/**
 * `provision vault ACTION …`, with ansible-vault's arguments and file format. Returns the exit code. Problems: `usage.*`, `vault.*`,
 * `file.*`.
 */
export async function vault(args: readonly string[]): Promise<number> {
  const [name, ...rest] = args
  if (name === undefined || name === '-h' || name === '--help' || name === 'help') {
    process.stdout.write(overview())
    return 0
  }
  const action = Object.hasOwn(ACTIONS, name) ? ACTIONS[name] : undefined
  if (action === undefined) throw unknownAction(name)
  const read = await readCommand(
    {
      name: `provision vault ${name}`,
      usage: `${action.operand[0]} [options]`,
      operands: [action.operand],
      flags: [...sharedFlags(...VAULT_FLAGS), ...action.flags],
      after: '',
    },
    rest,
  )
  if ('help' in read) {
    process.stdout.write(read.help)
    return 0
  }
  await action.run({ files: read.operands, option: read.option, ...(await passwords(action, read.option)) })
  return 0
}

async function passwords(
  action: Action,
  option: OptionReader,
): Promise<Pick<VaultTask, 'secrets' | 'idMatch' | 'encryption'>> {
  const config = openConfig(warn)
  const args = {
    vaultPasswordFiles: option.texts('vaultPasswordFile'),
    vaultIds: option.texts('vaultId'),
    askVaultPassword: option.is('askVaultPassword'),
  }
  const sources = sourcesOf(args, config)
  const given = sources.vaultIds.length + sources.passwordFiles.length > 0
  const secrets =
    given || action.needs !== 'new'
      ? await secretsOf({ ...sources, ask: sources.ask || !given }, warn)
      : [await newPassword(config)]
  const idMatch = idMatchOf(config)
  if (action.needs === 'old') return { secrets, idMatch, encryption: null }
  const id = option.text('encryptVaultId') ?? config.vaultEncryptIdentity
  if (action.needs === 'both') return { secrets, idMatch, encryption: await rekeySecret(option, id, config) }
  if (id === null && secrets.length > 1) throw ambiguous(secrets)
  return { secrets, idMatch, encryption: secretForEncryption(secrets, id) }
}

async function rekeySecret(option: OptionReader, id: string | null, config: Config): Promise<VaultSecret> {
  const file = option.text('newVaultPasswordFile')
  const vaultId = option.text('newVaultId')
  const args = {
    vaultPasswordFiles: file === null ? [] : [file],
    vaultIds: vaultId === null ? [] : [vaultId],
    askVaultPassword: false,
  }
  const identities = id === null ? [] : config.vaultIdentities
  const sources = sourcesOf(args, {
    ...config,
    vaultIdentities: identities,
    vaultPasswordFile: null,
    askVaultPass: false,
  })
  if (sources.vaultIds.length + sources.passwordFiles.length === 0) return newPassword(config)
  return secretForEncryption(await secretsOf(sources, warn), id)
}

/** Asks twice: a slip in a password that is only ever typed here would lose the file. */
async function newPassword({ vaultIdentity }: Config): Promise<VaultSecret> {
  const [first] = await readVaultSecrets(
    { vaultIds: [], passwordFiles: [], ask: true, defaultId: vaultIdentity },
    {
      files: { read: () => null, kind: () => null, executable: () => false },
      run: async () => ({ rc: 127, stdout: '', stderr: '' }),
      ask: () => askTerminal('New Vault password: ', true),
      warn,
    },
  )
  const again = await askTerminal('Confirm New Vault password: ', true)
  if (!same(first!.password, again)) {
    throw new Problem({ code: 'vault.confirm', summary: 'Passwords do not match', hint: 'start again' })
  }
  return first!
}

function same(password: Secret, again: string | null): boolean {
  return again !== null && again.trim() === password.reveal()
}

function warn(text: string): void {
  process.stderr.write(`[WARNING]: ${text}\n`)
}

function ambiguous(secrets: readonly VaultSecret[]): Problem {
  return new Problem({
    code: 'usage.vault-id',
    summary: 'Several passwords to encrypt with',
    detail: `the vault ids ${secrets.map(({ id }) => id).join(',')} are available to encrypt`,
    hint: 'say which one with --encrypt-vault-id',
  })
}

function unknownAction(name: string): Problem {
  return new Problem({
    code: 'usage.command',
    summary: 'Unknown action',
    detail: `provision vault ${name}`,
    hint: `it is one of ${Object.keys(ACTIONS).join(', ')}`,
  })
}

function overview(): string {
  const lines = Object.entries(ACTIONS).map(([name, { summary }]) => `  ${name.padEnd(15)} ${summary}`)
  return `Usage: provision vault ACTION [options]\n\nActions (each has its own --help):\n${lines.join('\n')}\n`
}
