import { type Position, Problem } from '../kernel/problem.ts'
import type { Secret } from '../kernel/secret.ts'
import { open, parseEnvelope } from './cipher.ts'

/** A password and the vault id it is for. */
export type VaultSecret = { readonly id: string; readonly password: Secret }

type VaultOptions = {
  readonly secrets: readonly VaultSecret[]
  /** Told of every `!vault` string that was decrypted, for the redactor. */
  readonly onSecret?: (text: string) => void
  /**
   * With `vault_id_match` only the passwords of the id that a vault names are tried; this is the id of one that names none
   * (`vault_identity`). Null or absent: all are tried.
   */
  readonly idMatch?: string | null
}

type Opened = { readonly content: Buffer; readonly secret: VaultSecret }

/** The vault of a run: its passwords, and what has been decrypted with them. */
export type Vault = {
  /** The text of a `!vault` value. */
  decrypt(ciphertext: string, at: Position | null): string
  /** What a vault file holds. */
  decryptFile(ciphertext: string, path: string): Buffer
}

/** The vault for these passwords. Both functions throw the problems of `decrypt`. */
export function createVault(options: VaultOptions): Vault {
  const known = new Map<string, string>()
  return {
    decrypt(ciphertext, at) {
      const before = known.get(ciphertext)
      if (before !== undefined) return before
      const text = decrypt(ciphertext, options, at).content.toString('utf8')
      options.onSecret?.(text)
      known.set(ciphertext, text)
      return text
    },
    decryptFile: (ciphertext, path) => decrypt(ciphertext, options, { file: path, line: 1, column: 1 }).content,
  }
}

/**
 * What a vault text holds, and the password that opened it: those of its vault id are tried first, then all others in order. Problems:
 * `vault.format`, `vault.no-password`, `vault.password`; none of them shows a password or what is inside.
 */
export function decrypt(
  text: string,
  options: Pick<VaultOptions, 'secrets' | 'idMatch'>,
  at: Position | null = null,
): Opened {
  const envelope = parseEnvelope(text, at)
  const { secrets } = options
  if (secrets.length === 0) {
    throw new Problem({
      code: 'vault.no-password',
      summary: 'Vault password needed',
      detail: `this is encrypted${forId(envelope.id)}, and no vault password was given`,
      hint: hintFor(envelope.id),
      at,
    })
  }
  const idMatch = options.idMatch ?? null
  const wanted = envelope.id ?? idMatch
  const matching = secrets.filter(({ id }) => id === wanted)
  const others = secrets.filter((secret) => !matching.includes(secret))
  const tried = idMatch !== null ? matching : [...matching, ...others]
  for (const secret of tried) {
    const content = open(envelope, secret.password)
    if (content !== null) return { content, secret }
  }
  throw new Problem({
    code: 'vault.password',
    summary: 'Wrong vault password',
    detail: `none of the passwords given (${ids(secrets)}) decrypts what is encrypted here${forId(envelope.id)}`,
    hint: `${hintFor(envelope.id)}; if the password is right, the text has been changed`,
    at,
  })
}

/** The password to encrypt with: that of the id asked for, else the first. Problems `vault.no-password`, `vault.id`. */
export function secretForEncryption(secrets: readonly VaultSecret[], id: string | null): VaultSecret {
  const [first] = id === null ? secrets : secrets.filter((secret) => secret.id === id)
  if (first !== undefined) return first
  if (secrets.length === 0) {
    throw new Problem({
      code: 'vault.no-password',
      summary: 'Vault password needed',
      detail: 'no vault password was given to encrypt with',
      hint: hintFor(id),
    })
  }
  throw new Problem({
    code: 'vault.id',
    summary: 'Unknown vault id',
    detail: `there is no password for the vault id "${id}"; there are: ${ids(secrets)}`,
  })
}

function ids(secrets: readonly VaultSecret[]): string {
  return secrets.map(({ id }) => id).join(', ')
}

function forId(id: string | null): string {
  return id === null ? '' : ` with the vault id "${id}"`
}

function hintFor(id: string | null): string {
  return id === null
    ? 'give it with --vault-password-file FILE or --ask-vault-pass'
    : `give it with --vault-id ${id}@FILE or --vault-id ${id}@prompt`
}
