import { resolve } from 'node:path'
import { problemsOf } from '../kernel/problem.ts'
import type { Redactor } from '../kernel/secret.ts'
import { Template, type Value, type VaultText } from '../kernel/value.ts'
import { loadYaml } from '../kernel/yaml.ts'
import { diskFiles } from '../language/disk.ts'
import { readVaultSecrets, type SecretSources } from '../vault/secrets.ts'
import { createVault, type VaultSecret } from '../vault/vault.ts'
import type { Config } from './config.ts'
import type { RunArguments } from './options.ts'
import { passwordScript } from './passwords.ts'
import { askTerminal } from './terminal.ts'

type VaultArguments = Pick<RunArguments, 'vaultPasswordFiles' | 'vaultIds' | 'askVaultPassword'>
type VaultConfig = Pick<
  Config,
  'vaultPasswordFile' | 'vaultIdentities' | 'vaultIdentity' | 'askVaultPass' | 'vaultIdMatch'
>

/** Both throw the problems of a wrong or missing password. */
type OpenedVault = {
  decryptFile(ciphertext: string, path: string): Buffer
  decryptText(text: VaultText): string
}

/**
 * The vault of a run, by the passwords that its arguments and the configuration name. All that it decrypts is told to the redactor:
 * `!vault` strings, and of whole files of variables every text in them.
 */
export async function openVault(
  args: VaultArguments,
  config: VaultConfig,
  redactor: Redactor,
  warn: (text: string) => void,
): Promise<OpenedVault> {
  const secrets = await secretsOf(sourcesOf(args, config), warn)
  const vault = createVault({ secrets, idMatch: idMatchOf(config), onSecret: (text) => redactor.add(text) })
  return {
    decryptText: ({ ciphertext, at }) => vault.decrypt(ciphertext, at),
    decryptFile(ciphertext, path) {
      const plain = vault.decryptFile(ciphertext, path)
      redactFile(plain.toString('utf8'), path, redactor)
      return plain
    },
  }
}

/** The id of vaults that name none, where `vault_id_match` is on; else null. */
export function idMatchOf({ vaultIdMatch, vaultIdentity }: VaultConfig): string | null {
  return vaultIdMatch ? vaultIdentity : null
}

/** Where passwords come from, in Ansible's order: the configuration's identities before the arguments'. */
export function sourcesOf(args: VaultArguments, config: VaultConfig): SecretSources {
  const configured = config.vaultPasswordFile === null ? [] : [config.vaultPasswordFile]
  return {
    vaultIds: [...config.vaultIdentities, ...args.vaultIds].map(absoluteId),
    passwordFiles: [...args.vaultPasswordFiles.map((path) => resolve(path)), ...configured],
    defaultId: config.vaultIdentity,
    ask: args.askVaultPassword || config.askVaultPass,
  }
}

/** The passwords themselves, read from this machine's disk, scripts and terminal. */
export function secretsOf(sources: SecretSources, warn: (text: string) => void): Promise<VaultSecret[]> {
  return readVaultSecrets(sources, {
    // A password file that is a vault itself is decrypted by the reader, with the passwords before it.
    files: diskFiles((text) => Buffer.from(text)),
    run: passwordScript,
    ask: (prompt) => askTerminal(prompt, true),
    warn,
  })
}

function absoluteId(text: string): string {
  const at = text.indexOf('@')
  const source = text.slice(at + 1)
  return source === 'prompt' ? text : text.slice(0, at + 1) + resolve(source)
}

/** Shorter texts, such as "yes" or "80", are everywhere: masking them would hide the output and not a secret. */
const SHORTEST_SECRET = 4

/** A file that is no YAML (a key, a certificate) is one secret as a whole and in each of its lines. */
function redactFile(text: string, path: string, redactor: Redactor): void {
  try {
    const value = loadYaml(text, path, { templates: false })
    if (value instanceof Map || Array.isArray(value)) {
      redactTexts(value, redactor)
      return
    }
  } catch (error) {
    if (problemsOf(error) === null) throw error
  }
  addSecret(text.trim(), redactor)
}

/** Every text in a value is masked from now on. */
export function redactTexts(value: Value, redactor: Redactor): void {
  if (typeof value === 'string') addSecret(value, redactor)
  else if (value instanceof Template) addSecret(value.source, redactor)
  else if (value instanceof Map) for (const item of value.values()) redactTexts(item as Value, redactor)
  else if (Array.isArray(value)) for (const item of value) redactTexts(item as Value, redactor)
}

function addSecret(text: string, redactor: Redactor): void {
  if (text.length >= SHORTEST_SECRET) redactor.add(text)
}
