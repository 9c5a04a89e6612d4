import type { Socket } from 'node:net'
import { type Config, NodeSSH } from 'node-ssh'
import type { Client } from 'ssh2'
import type { Problem } from '../kernel/problem.ts'
import { compressAnswers } from './ssh-compression.ts'
import { hostKeyChecks } from './ssh-host-key.ts'
import { exchangeAhead } from './ssh-key-exchange.ts'
import { credentials } from './ssh-login.ts'
import type { Openings } from './ssh-openings.ts'
import type { SshOptions, SshTarget } from './ssh-options.ts'
import { pipeline } from './ssh-pipelining.ts'
import { softwareOf } from './ssh2-inside.ts'

export type Login = { readonly client: Client; close(): void }

/** One try to log in, over a connection that may be still in the making. */
export class Attempt {
  readonly #socket: Socket
  readonly #isFarAway: Promise<boolean>
  readonly #goesAhead: boolean
  readonly #ssh = new NodeSSH()
  #client: Client | null = null
  #hasShaken = false
  /** Why the host's key is not taken. */
  #problem: Problem | null = null
  /** The host has closed the connection before it showed a key that is taken. */
  isDropped = false

  /** With `goesAhead` the key exchange begins before the host has said how it can be done. */
  constructor(socket: Socket, isFarAway: Promise<boolean>, goesAhead: boolean) {
    this.#socket = socket
    this.#isFarAway = isFarAway
    this.#goesAhead = goesAhead
  }

  /** The host has said who it is, and then did not get on with what had been sent before. */
  get isTooFast(): boolean {
    const isHeard = this.#client !== null && softwareOf(this.#client) !== ''
    return this.#goesAhead && isHeard && !this.#hasShaken && this.#problem === null
  }

  /** Raises what the library and `credentials` raise, and `ssh.host-key-unknown`, `ssh.host-key-changed`, `ssh.host-key-revoked`. */
  async run(target: SshTarget, options: SshOptions, label: string, openings: Openings): Promise<Login> {
    this.#watch()
    const checks = hostKeyChecks(options, label, (refusal) => {
      this.#problem = refusal
    })
    const { unasked, ...login } = credentials(target, options)
    const kept = { readyTimeout: options.timeout * 1000, keepaliveInterval: 30_000, keepaliveCountMax: 4 }
    try {
      if (this.#socket.errored) throw this.#socket.errored
      const config: Config = { host: options.host, ...login, ...checks, ...kept, sock: this.#socket }
      const ready = this.#ssh.connect(config)
      const client = this.#ssh.connection!
      this.#client = client
      client.on('error', () => {})
      void compressAnswers(client, this.#isFarAway)
      if (this.#goesAhead) exchangeAhead(client, () => client.destroy())
      client.once('handshake', () => {
        this.#hasShaken = true
      })
      pipeline(client, { unasked, isOneStep: target.password === null, begin: () => openings.begin(client) })
      await ready
      return { client, close: () => this.#close() }
    } catch (error) {
      this.#ssh.dispose()
      throw this.#problem ?? error
    }
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

  #close(): void {
    this.#ssh.dispose()
    // The host's farewell is not waited for.
    this.#socket.destroySoon()
  }
}
