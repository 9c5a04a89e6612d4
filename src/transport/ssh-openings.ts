import type { Client, ClientChannel } from 'ssh2'
import { Problem } from '../kernel/problem.ts'

type Opened = { readonly client: Client; readonly stream: ClientChannel }

type Opening = {
  readonly command: string
  readonly done: (opened: Opened) => void
  readonly refused: (error: Error) => void
}

/**
 * The commands that a connection is to run. Those asked for before the login are sent right behind the signature that should let us in,
 * which RFC 4252, 5.3 allows: a round trip less. If the host wants more than that it ignores them, and they are sent again.
 */
export class Openings {
  readonly #waiting = new Set<Opening>()
  /** What is on its way behind the last signature. */
  #sent: ReadonlySet<Opening> = new Set()
  #client: Client | null = null
  #failure: Error | null = null

  /** Starts a command, once logged in. Raises `host.unreachable`, and what the login raises. */
  open(command: string, label: string): Promise<Opened> {
    return new Promise((done, reject) => {
      const refused = (error: Error) => reject(error instanceof Problem ? error : refusal(error, label))
      if (this.#failure !== null) return refused(this.#failure)
      const opening = { command, done, refused }
      this.#waiting.add(opening)
      if (this.#client !== null) this.#send(opening, this.#client)
    })
  }

  /** A signature is on its way. */
  signed(client: Client): void {
    this.#sent = new Set(this.#waiting)
    for (const opening of this.#sent) this.#send(opening, client)
  }

  /** The host has let us in. */
  ready(client: Client): void {
    this.#client = client
    for (const opening of this.#waiting) if (!this.#sent.has(opening)) this.#send(opening, client)
  }

  /** The host can't be reached, or has not let us in. */
  fail(error: Error): void {
    this.#failure = error
    for (const { refused } of this.#waiting) refused(error)
    this.#waiting.clear()
  }

  #send(opening: Opening, client: Client): void {
    const refused = (error: Error) => {
      // Before the login it is the login that fails, and says why.
      if (this.#client === null || !this.#waiting.delete(opening)) return
      opening.refused(error)
    }
    try {
      client.exec(opening.command, (error, stream) => {
        if (error) return refused(error)
        this.#waiting.delete(opening)
        opening.done({ client, stream })
      })
    } catch (error) {
      refused(error as Error)
    }
  }
}

function refusal(error: Error, label: string): Problem {
  return new Problem({
    code: 'host.unreachable',
    summary: 'Host unreachable',
    detail: `${label}: ${error.message}`,
    cause: error,
  })
}
