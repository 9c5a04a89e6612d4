import type { Client, ParsedKey } from 'ssh2'
import { foretellChannels } from './foretold-channels.ts'
import { type Protocol, protocolOf, SAYINGS, type Sign, softwareOf } from './ssh2-inside.ts'

const SERVICE = 'ssh-userauth'

export type Pipelined = {
  /** Keys to sign with at once, without asking the host whether it would take them. */
  readonly unasked: (key: ParsedKey) => boolean
  /** One signature, or password, is all that can be given. */
  readonly isOneStep: boolean
  /** Commands may be given from now on. */
  readonly begin: () => void
}

/**
 * Takes round trips out of a login by ssh2, which waits for each answer before it goes on. An answer that can only be one thing is given
 * to ssh2 in the host's stead, and the host's own is only checked when it comes:
 *
 * - SERVICE_ACCEPT (RFC 4253, 10), so that the request to log in travels with the one for the service;
 * - USERAUTH_PK_OK (RFC 4252, 7: a client may send its signature at once);
 * - a refusal, for a key where the host has said that it takes none (RFC 4252, 5.1);
 * - those to a channel and its command, see `foretellChannels`.
 *
 * What the connection says before the host has let us in stands behind the request to log in. A host that wants more ignores it (RFC 4252,
 * 5.3), in the order in which it came; so it is kept, and said again behind the next request.
 *
 * All this is for OpenSSH that tells its signature algorithms (EXT_INFO, RFC 8308) behind its new keys: 7.2 and later. Of other hosts no
 * answer is foretold, and only the opening of channels goes ahead, behind a signature that they have asked for.
 */
export function pipeline(client: Client, how: Pipelined): void {
  const protocol = protocolOf(client)
  if (protocol === null) client.once('ready', how.begin)
  else new Pipelining(client, protocol, how).install()
}

class Pipelining {
  readonly #client: Client
  readonly #protocol: Protocol
  readonly #how: Pipelined
  #foretells = false
  #isRequested = false
  #isAccepted = false
  /** What the connection said before the login; null when that is over. */
  #kept: (() => void)[] | null = []
  /** What is kept stands behind a request that the host has not answered. */
  #isBehind = false
  /** What the host said that it takes. */
  #methods: readonly string[] = []

  constructor(client: Client, protocol: Protocol, how: Pipelined) {
    this.#client = client
    this.#protocol = protocol
    this.#how = how
  }

  install(): void {
    for (const name of SAYINGS) this.#keep(name)
    this.#pipelineRequests()
    this.#pipelineService()
    const handlers = this.#protocol._handlers
    const { USERAUTH_SUCCESS, USERAUTH_FAILURE } = handlers
    handlers.USERAUTH_SUCCESS = (protocol) => {
      if (!this.#isBehind) this.#say()
      this.#kept = null
      USERAUTH_SUCCESS(protocol)
      this.#how.begin()
    }
    handlers.USERAUTH_FAILURE = (protocol, methods, isPartial) => {
      this.#isBehind = false
      this.#methods = methods
      USERAUTH_FAILURE(protocol, methods, isPartial)
    }
  }

  /** Until the login is over, what is said goes out only behind a request to log in. */
  #keep(name: (typeof SAYINGS)[number]): void {
    const say: (...values: never[]) => void = this.#protocol[name].bind(this.#protocol)
    this.#protocol[name] = (...values: unknown[]) => {
      const saying = () => say(...(values as never[]))
      this.#kept?.push(saying)
      if (this.#kept === null || this.#isBehind) saying()
    }
  }

  /** The signature algorithms may be read before the host's key has been taken: nothing is said then. */
  #pipelineService(): void {
    const protocol = this.#protocol
    const handlers = protocol._handlers
    const { SERVICE_ACCEPT, EXT_INFO } = handlers
    const request = protocol.service.bind(protocol)
    const foretell = () => {
      if (this.#foretells && this.#isRequested) handlers.SERVICE_ACCEPT(protocol, SERVICE)
    }
    protocol.service = (name) => {
      request(name)
      this.#isRequested = name === SERVICE
      foretell()
    }
    handlers.EXT_INFO = (_, extensions) => {
      EXT_INFO(protocol, extensions)
      if (this.#foretells || this.#isAccepted || !/^OpenSSH_\d/.test(softwareOf(this.#client))) return
      this.#foretells = true
      foretellChannels(protocol, () => this.#client.destroy())
      foretell()
    }
    handlers.SERVICE_ACCEPT = (_, service) => {
      if (!this.#isAccepted) SERVICE_ACCEPT(protocol, service)
      this.#isAccepted = true
    }
  }

  #pipelineRequests(): void {
    const protocol = this.#protocol
    const ask = protocol.authPK.bind(protocol)
    const sendPassword = protocol.authPassword.bind(protocol)
    protocol.authPK = (user, key, algorithm, sign) => {
      const handlers = protocol._handlers
      if (sign !== undefined) return ask(user, key, algorithm, this.#thenSay(sign))
      const takesKeys = this.#methods.length === 0 || this.#methods.includes('publickey')
      if (!takesKeys) return handlers.USERAUTH_FAILURE(protocol, this.#methods, false)
      if (this.#foretells && this.#how.unasked(key)) return handlers.USERAUTH_PK_OK(protocol)
      ask(user, key, algorithm)
    }
    protocol.authPassword = (user, password, newPassword) => {
      sendPassword(user, password, newPassword)
      if (this.#foretells) this.#requested()
    }
  }

  #thenSay(sign: Sign): Sign {
    return (data, done) =>
      sign(data, (signature) => {
        done(signature)
        if (this.#foretells || this.#how.isOneStep) this.#requested()
      })
  }

  /** A request is on its way, and lets us in unless the host wants more. */
  #requested(): void {
    this.#say()
    this.#isBehind = true
    this.#how.begin()
  }

  #say(): void {
    for (const saying of this.#kept ?? []) saying()
  }
}
