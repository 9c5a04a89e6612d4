import type { Client, ClientChannel } from 'ssh2'
import { Problem } from '../kernel/problem.ts'

type Opening = {
  readonly command: string
  readonly done: (stream: ClientChannel) => void
  readonly refused: (error: Error) => void
}

/** The commands that a connection is to run, from before there is one. */
export class Openings {
  readonly #waiting = new Set<Opening>()
  #client: Client | null = null
  #isReady = false
  #failure: Error | null = null

  /** Starts a command, once the connection takes one. Raises `host.unreachable`, and what the login raises. */
  open(command: string, label: string): Promise<ClientChannel> {
    return new Promise((done, reject) => {
      const refused = (error: Error) => reject(error instanceof Problem ? error : refusal(error, label))
      if (this.#failure !== null) return refused(this.#failure)
      const opening = { command, done, refused }
      this.#waiting.add(opening)
      if (this.#client !== null) this.#send(opening, this.#client)
    })
  }

  /** The connection takes commands from now on. */
  begin(client: Client): void {
    if (this.#client !== null) return
    this.#client = client
    for (const opening of this.#waiting) this.#send(opening, client)
  }

  /** The host has let us in. */
  ready(): void {
    this.#isReady = true
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
      if (this.#isReady && this.#waiting.delete(opening)) opening.refused(error)
    }
    try {
      client.exec(opening.command, (error, stream) => {
        if (error) return refused(error)
        this.#waiting.delete(opening)
        opening.done(stream)
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
