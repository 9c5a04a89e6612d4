import type { Socket } from 'node:net'
import ssh2, { type Client, type ConnectConfig } from 'ssh2'
import type { Problem } from '../kernel/problem.ts'
import { hostKeyChecks } from './ssh-host-key.ts'
import { credentials } from './ssh-login.ts'
import type { Openings } from './ssh-openings.ts'
import type { SshOptions, SshTarget } from './ssh-options.ts'
import { pipeline } from './ssh-pipelining.ts'

export type Login = { readonly client: Client; close(): void }

/** One try to log in, over a connection that may be still in the making. */
export class Attempt {
  readonly #socket: Socket
  readonly #client = new ssh2.Client()
  #hasShaken = false
  /** Why the host's key is not taken. */
  #problem: Problem | null = null
  /** The host has closed the connection before it showed a key that is taken. */
  isDropped = false

  constructor(socket: Socket) {
    this.#socket = socket
  }

  /** Raises what the library and `credentials` raise, and `ssh.host-key-unknown`, `ssh.host-key-changed`, `ssh.host-key-revoked`. */
  async run(target: SshTarget, options: SshOptions, label: string, openings: Openings): Promise<Login> {
    this.#watch()
    const checks = hostKeyChecks(options, label, (refusal) => {
      this.#problem = refusal
    })
    const { unasked, ...login } = credentials(target, options)
    const client = this.#client
    const kept = { readyTimeout: target.timeout * 1000, keepaliveInterval: 30_000, keepaliveCountMax: 4 }
    try {
      const ready = this.#connect({ host: options.host, ...login, ...checks, ...kept, sock: this.#socket })
      pipeline(client, { unasked, isOneStep: target.password === null, begin: () => openings.begin(client) })
      await ready
    } catch (error) {
      client.end()
      throw this.#problem ?? error
    }
    const close = () => {
      client.end()
      // The host's farewell is not waited for.
      this.#socket.destroySoon()
    }
    return { client, close }
  }

  #watch(): void {
    const dropped = (error: NodeJS.ErrnoException | null) => {
      if (error !== null && error.code !== 'ECONNRESET' && error.code !== 'EPIPE') return
      this.isDropped = !this.#hasShaken && this.#problem === null
    }
    if (this.#socket.errored) dropped(this.#socket.errored)
    this.#socket.once('end', () => dropped(null))
    this.#socket.once('error', dropped)
  }

  async #connect(config: ConnectConfig): Promise<void> {
    if (this.#socket.errored) throw this.#socket.errored
    const client = this.#client
    client.on('error', () => {})
    client.once('handshake', () => {
      this.#hasShaken = true
    })
    const ready = new Promise<void>((resolve, reject) => {
      client.once('ready', resolve)
      client.once('error', reject)
      client.once('close', () => reject(new Error('No response from server')))
    })
    client.connect(config)
    await ready
  }
}
