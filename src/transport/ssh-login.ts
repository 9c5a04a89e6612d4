import { createPrivateKey, sign } from 'node:crypto'
import type {
  AnyAuthMethod,
  ConnectConfig,
  IdentityCallback,
  ParsedKey,
  SignCallback,
  SigningRequestOptions,
} from 'ssh2'
import ssh2 from 'ssh2'
import { Problem } from '../kernel/problem.ts'
import type { SshOptions, SshTarget } from './ssh-options.ts'

/** How to log in, and the keys to sign with at once: those that cost nobody anything, and the only one of an agent. */
export type Credentials = Pick<ConnectConfig, 'username' | 'authHandler'> & {
  readonly unasked: (key: ParsedKey) => boolean
}

/** How to log in: with keys, an agent, a password, in this order. Raises `ssh.key-missing`. */
export function credentials(target: SshTarget, options: SshOptions): Credentials {
  const keys = options.identityFiles.flatMap((file) => options.files.get(file, privateKeys) ?? [])
  if (target.privateKeyFile !== null && keys.length === 0) {
    throw new Problem({
      code: 'ssh.key-missing',
      summary: 'Private key not readable',
      detail: `${options.identityFiles.join(', ')} does not exist, or is encrypted or of a kind that is not supported`,
      hint: 'add an encrypted key to an ssh-agent',
    })
  }
  const username = options.user
  const socket = process.env.SSH_AUTH_SOCK
  const files = keys.length === 0 ? null : new KeyFiles(keys)
  const running = socket === undefined ? null : new RunningAgent(socket)
  const authHandler: AnyAuthMethod[] = [
    ...(files === null ? [] : [agent(username, files)]),
    ...(running === null ? [] : [agent(username, running)]),
    ...(target.password === null ? [] : passwordMethods(username, target.password)),
  ]
  return { username, authHandler, unasked: (key) => keys.includes(key) || running?.isOnly(key) === true }
}

function agent(username: string, keys: ssh2.BaseAgent<ParsedKey>): AnyAuthMethod {
  return { type: 'agent', username, agent: keys }
}

class KeyFiles extends ssh2.BaseAgent<ParsedKey> {
  readonly #keys: ParsedKey[]

  constructor(keys: ParsedKey[]) {
    super()
    this.#keys = keys
  }

  getIdentities(done: IdentityCallback<ParsedKey>): void {
    done(null, this.#keys)
  }

  sign(key: ParsedKey, data: Buffer, options: SigningRequestOptions | SignCallback, done?: SignCallback): void {
    const [{ hash }, call] = typeof options === 'function' ? [{} as SigningRequestOptions, options] : [options, done!]
    const signature: Buffer | Error = key.sign(data, hash)
    if (signature instanceof Error) call(signature)
    else call(null, signature)
  }
}

/** An ssh-agent(1); one that does not answer has no keys. */
class RunningAgent extends ssh2.BaseAgent<ParsedKey> {
  readonly #agent: ssh2.BaseAgent
  #keys: readonly ParsedKey[] = []

  constructor(socket: string) {
    super()
    this.#agent = ssh2.createAgent(socket)
  }

  /** An agent may ask its owner for each signature, so of several keys the host says first which it takes. */
  isOnly(key: ParsedKey): boolean {
    return this.#keys.length === 1 && this.#keys[0] === key
  }

  getIdentities(done: IdentityCallback<ParsedKey>): void {
    this.#agent.getIdentities((error, keys) => {
      this.#keys = error ? [] : (keys as ParsedKey[])
      done(null, [...this.#keys])
    })
  }

  sign(key: ParsedKey, data: Buffer, options: SigningRequestOptions | SignCallback, done?: SignCallback): void {
    if (typeof options === 'function') this.#agent.sign(key, data, options)
    else this.#agent.sign(key, data, options, done)
  }
}

function passwordMethods(username: string, password: string): AnyAuthMethod[] {
  return [
    { type: 'password', username, password },
    {
      type: 'keyboard-interactive',
      username,
      prompt: (_name, _text, _language, _prompts, finish) => finish([password]),
    },
  ]
}

function privateKeys(bytes: Buffer): readonly ParsedKey[] {
  const parsed = ssh2.utils.parseKey(bytes)
  return parsed instanceof Error ? [] : [parsed].flat().map(readyToSign)
}

/** What a key signs with when nothing else is asked for: RFC 8709; RFC 5656, 6.2.1; RFC 4253, 6.6. */
const HASHES: { readonly [type: string]: string | null } = {
  'ssh-ed25519': null,
  'ecdsa-sha2-nistp256': 'sha256',
  'ecdsa-sha2-nistp384': 'sha384',
  'ecdsa-sha2-nistp521': 'sha512',
  'ssh-rsa': 'sha1',
}

/** ssh2 would read the key's text anew for each signature, which takes longer than to sign. */
function readyToSign(key: ParsedKey): ParsedKey {
  const usual = HASHES[key.type]
  if (usual === undefined || !key.isPrivateKey()) return key
  const ready = createPrivateKey(key.getPrivatePEM())
  return Object.assign(key, { sign: (data: Buffer, hash?: string) => sign(hash ?? usual, data, ready) })
}
