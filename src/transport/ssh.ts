import { appendFile, readFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { type Config, NodeSSH } from 'node-ssh'
import type { AnyAuthMethod, Client, ClientChannel, ConnectConfig } from 'ssh2'
import ssh2 from 'ssh2'
import { Problem } from '../kernel/problem.ts'
import type { Channel, Link } from './channel.ts'
import { type HostKey, judge, knownKeys, type Verdict } from './known-hosts.ts'
import type { SshOptions, SshTarget } from './ssh-options.ts'

/**
 * A link over SSH by the ssh2 library. The host's key must be known; an unknown one is taken, and written down, only with
 * `accept-new`. Problems: `ssh.host-key-unknown`, `ssh.host-key-changed`, `ssh.auth`, `host.unreachable`.
 */
export async function sshLink(name: string, target: SshTarget, options: SshOptions): Promise<Link> {
  const label = `${name} (${options.user}@${options.host}${options.port === 22 ? '' : `:${options.port}`})`
  const keys = await readKnownKeys(options)
  let problem: Problem | null = null
  const hostVerifier = (key: Buffer, verify: (accepted: boolean) => void) => {
    verdictOn(key, keys, options, label).then(
      () => verify(true),
      (error) => {
        problem = error
        verify(false)
      },
    )
  }
  const ssh = new NodeSSH()
  try {
    const login = await credentials(target, options)
    // Small packets must not wait for each other from the first on: a handshake is made of them.
    const sock = connect({ host: options.host, port: options.port, noDelay: true })
    await ssh.connect({ ...login, ...algorithms(keys), hostVerifier, sock } as Config)
  } catch (error) {
    ssh.dispose()
    throw problem ?? connectProblem(error as Error & { level?: string }, label, target)
  }
  const client = ssh.connection!
  client.on('error', () => {})
  return { label, open: (command) => open(client, command, label), close: async () => ssh.dispose() }
}

async function readKnownKeys(options: SshOptions): Promise<HostKey[]> {
  const texts = await Promise.all(options.knownHostsFiles.map((file) => readFile(file, 'utf8').catch(() => '')))
  return texts.flatMap((text) => knownKeys(text, options.host, options.port))
}

/** Asks the host first for a key of a type that is known, as ssh(1) does. */
function algorithms(keys: readonly HostKey[]): Pick<ConnectConfig, 'algorithms'> {
  const known = keys
    .filter((key) => !key.revoked)
    .flatMap((key) => (key.type === 'ssh-rsa' ? ['rsa-sha2-512', 'rsa-sha2-256'] : [key.type]))
  const all = [
    'ssh-ed25519',
    'ecdsa-sha2-nistp256',
    'ecdsa-sha2-nistp384',
    'ecdsa-sha2-nistp521',
    'rsa-sha2-512',
    'rsa-sha2-256',
  ]
  const order = [...all.filter((type) => known.includes(type)), ...all.filter((type) => !known.includes(type))]
  return {
    algorithms: { serverHostKey: order as NonNullable<ConnectConfig['algorithms']>['serverHostKey'] & string[] },
  }
}

async function verdictOn(key: Buffer, keys: readonly HostKey[], options: SshOptions, label: string): Promise<void> {
  const type = key.subarray(4, 4 + key.readUInt32BE(0)).toString('latin1')
  const encoded = key.toString('base64')
  const verdict = judge(keys, type, encoded)
  if (verdict === 'known' || options.strictHostKeyChecking === 'no') return
  if (verdict === 'unknown' && options.strictHostKeyChecking === 'accept-new') {
    const name = options.port === 22 ? options.host : `[${options.host}]:${options.port}`
    return appendFile(options.knownHostsFiles[0]!, `${name} ${type} ${encoded}\n`, { mode: 0o600 })
  }
  throw hostKeyProblem(verdict, type, options, label)
}

function hostKeyProblem(verdict: Verdict, type: string, options: SshOptions, label: string): Problem {
  if (verdict === 'unknown') {
    return new Problem({
      code: 'ssh.host-key-unknown',
      summary: 'Unknown host key',
      detail: `${label} shows a ${type} key that stands in none of ${options.knownHostsFiles.join(', ')}`,
      hint: 'check it and add it (ssh-keyscan), or run once with --accept-new-host-keys',
    })
  }
  return new Problem({
    code: `ssh.host-key-${verdict}`,
    summary: verdict === 'revoked' ? 'Revoked host key' : 'Host key has changed',
    detail: `${label} shows a ${type} key that ${verdict === 'revoked' ? 'is marked @revoked' : 'differs from the known one'}; someone may be between you and the host`,
    hint: `if the host was really set up anew: ssh-keygen -R ${options.host}, then add the new key`,
  })
}

async function credentials(target: SshTarget, options: SshOptions): Promise<ConnectConfig> {
  const privateKeys = await readKeys(options.identityFiles)
  if (target.privateKeyFile !== null && privateKeys.length === 0) {
    throw new Problem({
      code: 'ssh.key-missing',
      summary: 'Private key not readable',
      detail: `${options.identityFiles.join(', ')} does not exist, or is encrypted or of a kind that is not supported`,
      hint: 'add an encrypted key to an ssh-agent',
    })
  }
  const agent = process.env.SSH_AUTH_SOCK
  const methods: AnyAuthMethod[] = [
    ...privateKeys.map((key) => ({ type: 'publickey' as const, username: options.user, key })),
    ...(agent === undefined ? [] : [{ type: 'agent' as const, username: options.user, agent }]),
    ...(target.password === null ? [] : passwordMethods(options.user, target.password)),
  ]
  return {
    host: options.host,
    port: options.port,
    username: options.user,
    authHandler: methods,
    readyTimeout: target.timeout * 1000,
    keepaliveInterval: 30_000,
    keepaliveCountMax: 4,
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

async function readKeys(files: readonly string[]): Promise<Buffer[]> {
  const keys = await Promise.all(files.map((file) => readFile(file).catch(() => null)))
  return keys.filter((key) => key !== null).filter((key) => !(ssh2.utils.parseKey(key) instanceof Error))
}

function connectProblem(error: Error & { level?: string }, label: string, target: SshTarget): Problem {
  if (error instanceof Problem) return error
  if (error.level === 'client-authentication') {
    return new Problem({
      code: 'ssh.auth',
      summary: 'Login refused',
      detail: `${label} took none of the keys${target.password === null ? '' : ' and not the password'} offered`,
      hint: 'set ansible_ssh_private_key_file or ansible_user, or add the key to an ssh-agent',
      cause: error,
    })
  }
  return new Problem({
    code: 'host.unreachable',
    summary: 'Host unreachable',
    detail: `${label}: ${error.message}`,
    cause: error,
  })
}

function open(client: Client, command: string, label: string): Promise<Channel> {
  return new Promise((resolve, reject) => {
    const refuse = (error: Error) =>
      reject(
        new Problem({
          code: 'host.unreachable',
          summary: 'Host unreachable',
          detail: `${label}: ${error.message}`,
          cause: error,
        }),
      )
    try {
      client.exec(command, (error, stream) => (error ? refuse(error) : resolve(channelOf(stream, client))))
    } catch (error) {
      refuse(error as Error)
    }
  })
}

function channelOf(stream: ClientChannel, client: Client): Channel {
  const ended = new Promise<{ code: number | null }>((resolve) => {
    let code: number | null = null
    stream.on('exit', (exit: number | null) => {
      code = exit
    })
    stream.on('close', () => resolve({ code }))
    client.on('close', () => resolve({ code: null }))
  })
  return { stdin: stream, stdout: stream, stderr: stream.stderr, ended, kill: () => stream.close() }
}
