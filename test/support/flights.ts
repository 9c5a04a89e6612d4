import { once } from 'node:events'
import { createServer, Socket } from 'node:net'

/** So long nothing is said before what was said is passed on, in milliseconds: both ends have said all they can by then. */
const QUIET = 500

/** A proxy to one port, and the sizes of what its last connection has sent to the host: each is a round trip. */
export type Flights = { readonly port: number; sent(): readonly number[]; close(): void }

/**
 * A line so long that whoever says something has said all that can be said without an answer before it arrives. So what is counted does
 * not depend on how fast anybody is. The round trip that makes the connection is not counted.
 */
export async function flightsTo(host: string, port: number): Promise<Flights> {
  let sent: number[] = []
  const sockets: Socket[] = []
  const server = createServer({ noDelay: true }, (client) => {
    sent = []
    const upstream = new Socket()
    sockets.push(client, upstream)
    const up = new Held(upstream, (bytes) => {
      // The host hears of the connection together with the first words.
      if (sent.length === 0) upstream.connect({ host, port, noDelay: true })
      sent.push(bytes)
    })
    const down = new Held(client, () => {})
    let timer: NodeJS.Timeout | undefined
    const heard = (held: Held, bytes: Buffer | null) => {
      held.add(bytes)
      clearTimeout(timer)
      timer = setTimeout(() => {
        up.pass()
        down.pass()
      }, QUIET)
    }
    carry(client, upstream, (bytes) => heard(up, bytes))
    carry(upstream, client, (bytes) => heard(down, bytes))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const close = () => {
    server.close()
    for (const socket of sockets) socket.destroy()
  }
  return { port: (server.address() as { port: number }).port, sent: () => sent, close }
}

function carry(from: Socket, to: Socket, heard: (bytes: Buffer | null) => void): void {
  from.on('data', heard)
  from.on('end', () => heard(null))
  from.on('error', () => to.destroy())
}

class Held {
  readonly #to: Socket
  readonly #passes: (bytes: number) => void
  #held: Buffer[] = []
  #isOver = false

  constructor(to: Socket, passes: (bytes: number) => void) {
    this.#to = to
    this.#passes = passes
  }

  add(bytes: Buffer | null): void {
    if (bytes === null) this.#isOver = true
    else this.#held.push(bytes)
  }

  pass(): void {
    const bytes = Buffer.concat(this.#held)
    this.#held = []
    if (bytes.length > 0) {
      this.#passes(bytes.length)
      this.#to.write(bytes)
    }
    if (this.#isOver) this.#to.end()
  }
}
