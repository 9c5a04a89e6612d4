import ssh2 from 'ssh2'
import { Lanes } from '../../src/kernel/lanes.ts'
import type { Link } from '../../src/transport/channel.ts'
import { SharedFiles } from '../../src/transport/shared-files.ts'
import { sshLink } from '../../src/transport/ssh.ts'
import type { SshOptions, SshTarget } from '../../src/transport/ssh-options.ts'
import { privateKey } from './private-key.ts'

export type Given = {
  ident: string
  firstChannel?: number
  refuses?: boolean
  knowsNobody?: boolean
  /** The methods of key exchange that it knows. */
  kex?: readonly string[]
}

export type Server = {
  readonly port: number
  readonly ran: readonly string[]
  connections(): number
  compressions(): readonly string[]
  close(): void
}

/** A server whose commands say what they are told first; `ran` are those that it has run. */
export async function startServer(given: Given): Promise<Server> {
  const ran: string[] = []
  let connections = 0
  const compressions: string[] = []
  const algorithms = given.kex === undefined ? {} : { kex: given.kex as ssh2.KexAlgorithm[] }
  const server = new ssh2.Server({ hostKeys: [privateKey()], ident: given.ident, algorithms }, (client) => {
    connections += 1
    client.on('handshake', ({ sc }) => compressions.push(sc.compress))
    numberChannels(client, given.firstChannel ?? 0)
    client.on('error', () => {})
    client.on('authentication', (context) => (given.knowsNobody ? context.reject(['publickey']) : context.accept()))
    client.on('session', (accept) =>
      accept().on('exec', (begin, refuse, { command }) => {
        if (given.refuses === true) return refuse()
        ran.push(command)
        const stream = begin()
        stream.once('data', (bytes: Buffer) => {
          stream.end(bytes)
          stream.exit(0)
        })
      }),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  return { port, ran, connections: () => connections, compressions: () => compressions, close: () => server.close() }
}

function numberChannels(client: ssh2.Connection, first: number): void {
  const { _chanMgr: channels } = client as unknown as { _chanMgr: { _cur: number } }
  channels._cur = first - 1
}

/** A link that logs in with a key's file; `timeout` is in seconds. */
export function linkTo(port: number, key: string, timeout = 10): Link {
  const { target, options } = wayTo(port, key, timeout)
  return sshLink('test', target, options, new Lanes())
}

/** How to log in with a key's file; `timeout` is in seconds. */
export function wayTo(port: number, key: string, timeout = 10): { target: SshTarget; options: SshOptions } {
  const host = '127.0.0.1'
  const target = { host, port, user: 'root', password: null, privateKeyFile: key, timeout, args: [] }
  const options = {
    host,
    port,
    user: 'root',
    account: 'root',
    identityFiles: [key],
    knownHostsFiles: [],
    timeout,
    files: new SharedFiles(),
  }
  return {
    target: { ...target, executable: 'ssh', acceptNewHostKeys: false },
    options: { ...options, strictHostKeyChecking: 'no', needsOpenSsh: false },
  }
}

/** All that a command says on both streams, once it has ended. */
export async function wordsOf(channel: Awaited<ReturnType<Link['open']>>): Promise<string> {
  const words: Buffer[] = []
  for (const stream of [channel.stdout, channel.stderr]) stream.on('data', (bytes: Buffer) => words.push(bytes))
  await channel.ended
  return Buffer.concat(words).toString()
}
