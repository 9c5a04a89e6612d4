import { readFile } from 'node:fs/promises'
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

/**
 * How to log in: with keys, an agent, a password, in this order. `signed` is called when a signature has been sent that lets us in
 * unless the host refuses it: what is sent from then on stands behind it. Raises `ssh.key-missing`.
 */
export async function credentials(
  target: SshTarget,
  options: SshOptions,
  signed: () => void,
): Promise<Pick<ConnectConfig, 'username' | 'authHandler'>> {
  const keys = await readKeys(options.identityFiles)
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
  // With a password at hand a signature may be only half of what the host asks for.
  const tell = target.password === null ? signed : () => {}
  const methods: AnyAuthMethod[] = [
    ...(keys.length === 0 ? [] : [agent(username, new KeyFiles(keys, tell))]),
    ...(socket === undefined ? [] : [agent(username, new RunningAgent(socket, tell))]),
    ...(target.password === null ? [] : passwordMethods(username, target.password)),
  ]
  return { username, authHandler: methods }
}

function agent(username: string, keys: Signer): AnyAuthMethod {
  return { type: 'agent', username, agent: keys }
}

/** What holds keys, and says when it has signed with one. ssh2 sends the signature before it returns from the callback. */
abstract class Signer extends ssh2.BaseAgent<ParsedKey> {
  readonly #signed: () => void

  constructor(signed: () => void) {
    super()
    this.#signed = signed
  }

  protected abstract signature(key: ParsedKey, data: Buffer, options: SigningRequestOptions, done: SignCallback): void

  sign(key: ParsedKey, data: Buffer, options: SigningRequestOptions | SignCallback, done?: SignCallback): void {
    const [given, call] = typeof options === 'function' ? [{}, options] : [options, done!]
    this.signature(key, data, given, (error, signature) => {
      call(error, signature)
      if (!error) this.#signed()
    })
  }
}

class KeyFiles extends Signer {
  readonly #keys: ParsedKey[]

  constructor(keys: ParsedKey[], signed: () => void) {
    super(signed)
    this.#keys = keys
  }

  getIdentities(done: IdentityCallback<ParsedKey>): void {
    done(null, this.#keys)
  }

  protected signature(key: ParsedKey, data: Buffer, { hash }: SigningRequestOptions, done: SignCallback): void {
    const signature: Buffer | Error = key.sign(data, hash)
    if (signature instanceof Error) done(signature)
    else done(null, signature)
  }
}

/** An ssh-agent(1); one that does not answer has no keys. */
class RunningAgent extends Signer {
  readonly #agent: ssh2.BaseAgent

  constructor(socket: string, signed: () => void) {
    super(signed)
    this.#agent = ssh2.createAgent(socket)
  }

  getIdentities(done: IdentityCallback<ParsedKey>): void {
    this.#agent.getIdentities((error, keys) => done(null, error ? [] : (keys as ParsedKey[])))
  }

  protected signature(key: ParsedKey, data: Buffer, options: SigningRequestOptions, done: SignCallback): void {
    this.#agent.sign(key, data, options, done)
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

async function readKeys(files: readonly string[]): Promise<ParsedKey[]> {
  const keys = await Promise.all(files.map((file) => readFile(file).catch(() => null)))
  return keys.flatMap((key) => {
    const parsed = key === null ? [] : ssh2.utils.parseKey(key)
    return parsed instanceof Error ? [] : parsed
  })
}
