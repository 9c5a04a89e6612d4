import { createCipheriv, createDecipheriv, createHmac, pbkdf2Sync, randomBytes, timingSafeEqual } from 'node:crypto'
import { type Position, Problem } from '../kernel/problem.ts'
import type { Secret } from '../kernel/secret.ts'

/** A vault as it is written: what its header says and the encrypted parts. */
type Envelope = {
  readonly version: string
  /** The vault id of format 1.2, or null. */
  readonly id: string | null
  readonly salt: Buffer
  readonly hmac: Buffer
  readonly ciphertext: Buffer
}

const HEADER = '$ANSIBLE_VAULT'
const COLUMNS = 80

/** Whether text is an Ansible Vault: whether it starts as one. */
export function isVault(text: string): boolean {
  return text.startsWith(HEADER)
}

/** Vault text → its parts, after Ansible's "vault payload format" 1.1 and 1.2. Problem `vault.format`. */
export function parseEnvelope(text: string, at: Position | null = null): Envelope {
  const wrong = (detail: string) =>
    new Problem({
      code: 'vault.format',
      summary: 'Damaged vault text',
      detail,
      hint: 'it must be exactly what ansible-vault printed: check that no line is missing and that all are indented alike',
      at,
    })
  const [header = '', ...lines] = text.trim().split(/\r\n|\r|\n/)
  const [magic, version = '', cipher = '', id] = header.split(';').map((part) => part.trim())
  if (magic !== HEADER) throw wrong(`it does not start with ${HEADER}`)
  if (version !== '1.1' && version !== '1.2')
    throw wrong(`the format version "${version}" is not known; 1.1 and 1.2 are`)
  if (cipher !== 'AES256') throw wrong(`the cipher "${cipher}" is not known; AES256 is`)
  const inner = unhex(lines.map((line) => line.trim()).join(''))
    ?.toString('latin1')
    .split('\n')
  const [salt, hmac, ciphertext] = (inner ?? []).map(unhex)
  if (inner?.length !== 3 || !salt || !hmac || !ciphertext)
    throw wrong('its text is incomplete or holds other characters')
  return { version, id: id ?? null, salt, hmac, ciphertext }
}

function unhex(text: string): Buffer | null {
  return text.length % 2 === 0 && /^[0-9a-fA-F]*$/.test(text) ? Buffer.from(text, 'hex') : null
}

/** What is inside, or null if the password is another one. */
export function open(envelope: Envelope, password: Secret): Buffer | null {
  const { cipherKey, hmacKey, iv } = keysOf(password, envelope.salt)
  const expected = createHmac('sha256', hmacKey).update(envelope.ciphertext).digest()
  if (expected.length !== envelope.hmac.length || !timingSafeEqual(expected, envelope.hmac)) return null
  const decipher = createDecipheriv('aes-256-ctr', cipherKey, iv)
  const padded = Buffer.concat([decipher.update(envelope.ciphertext), decipher.final()])
  return padded.subarray(0, padded.length - (padded.at(-1) ?? 0))
}

/** Content → vault text, one line of header and lines of 80 columns. A vault id other than `default` makes it format 1.2. */
export function encrypt(
  content: Buffer | string,
  password: Secret,
  id: string | null = null,
  salt: Buffer = randomBytes(32),
): string {
  const bytes = Buffer.isBuffer(content) ? content : Buffer.from(content, 'utf8')
  const { cipherKey, hmacKey, iv } = keysOf(password, salt)
  const cipher = createCipheriv('aes-256-ctr', cipherKey, iv)
  const padding = 16 - (bytes.length % 16)
  const ciphertext = Buffer.concat([
    cipher.update(bytes),
    cipher.update(Buffer.alloc(padding, padding)),
    cipher.final(),
  ])
  const hmac = createHmac('sha256', hmacKey).update(ciphertext).digest()
  const inner = [salt, hmac, ciphertext].map((part) => part.toString('hex')).join('\n')
  const body = Buffer.from(inner, 'latin1').toString('hex')
  const header = id === null || id === 'default' ? `${HEADER};1.1;AES256` : `${HEADER};1.2;AES256;${id}`
  return `${[header, ...(body.match(new RegExp(`.{1,${COLUMNS}}`, 'g')) ?? [])].join('\n')}\n`
}

function keysOf(password: Secret, salt: Buffer): { cipherKey: Buffer; hmacKey: Buffer; iv: Buffer } {
  const derived = pbkdf2Sync(password.reveal(), salt, 10_000, 80, 'sha256')
  return { cipherKey: derived.subarray(0, 32), hmacKey: derived.subarray(32, 64), iv: derived.subarray(64) }
}

/** Vault text as a `!vault` value for a YAML file, as `ansible-vault encrypt_string` prints it; with a name, as that key's value. */
export function inlineVault(vaultText: string, name: string | null): string {
  const lines = vaultText.trimEnd().split('\n')
  return `${name === null ? '' : `${name}: `}!vault |\n${lines.map((line) => `          ${line}`).join('\n')}`
}
