import { Problem } from '../kernel/problem.ts'
import { type Redactor, Secret } from '../kernel/secret.ts'
import { type Value, VaultText } from '../kernel/value.ts'
import { type Call, filterError, signature, str, truthy, Undefined } from '../template/index.ts'
import { encrypt, isVault } from '../vault/cipher.ts'
import { decrypt } from '../vault/vault.ts'

/** The filters `vault` and `unvault` of ansible.builtin; what `unvault` decrypts is told to the redactor. */
export function vaultFilters(redactor: Redactor): ReadonlyMap<string, Call> {
  const vault = signature('vault', 'data secret salt? vaultid? wrap_object?', (_, data, secret, ...more) => {
    const [salt, id, wrap] = more
    const bytes = salt === undefined || salt === null ? undefined : Buffer.from(str(salt), 'utf8')
    const text = encrypt(textOf(data), new Secret(textOf(secret)), id === undefined ? OWN_ID : str(id), bytes)
    return wrap !== undefined && truthy(wrap) ? new VaultText(text, null) : text
  })
  const unvault = signature('unvault', 'vault secret vaultid?', (_, given, secret) => {
    const text = given instanceof VaultText ? given.ciphertext : textOf(given)
    if (!isVault(text)) return text
    const plain = decryptWith(text, textOf(secret))
    redactor.add(plain)
    return plain
  })
  return new Map([
    ['vault', vault],
    ['unvault', unvault],
  ])
}

/** The vault id that Ansible's filter writes when none is given. */
const OWN_ID = 'filter_default'

function textOf(value: Value): string {
  if (value instanceof Undefined) throw value.problem()
  if (typeof value === 'string') return value
  throw filterError('what is encrypted, and the secret, must be text')
}

function decryptWith(text: string, secret: string): string {
  try {
    return decrypt(text, { secrets: [{ id: OWN_ID, password: new Secret(secret) }] }).content.toString('utf8')
  } catch (error) {
    if (error instanceof Problem) throw filterError(`Unable to decrypt: ${error.detail ?? error.summary}`)
    throw error
  }
}
