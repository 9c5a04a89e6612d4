import { connect, createServer, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/**
 * `latency-proxy.ts RTT_MS LISTEN:PORT=HOST:PORT …`: a TCP proxy that makes each round trip last RTT_MS longer. Bytes keep their order
 * and are held half of it each way, and a connection is made as late as over such a line: the client's bytes count from the end of
 * its handshake. There is no limit of bandwidth and no slow start. Prints `ready` when it listens.
 */
const [rtt, ...routes] = process.argv.slice(2)
const half = Number(rtt) / 2
await Promise.all(routes.map(listen))
process.stdout.write('ready\n')

async function listen(route: string): Promise<void> {
  const [, address, port, host, target] = /^(.+):(\d+)=(.+):(\d+)$/.exec(route)!
  const server = createServer({ noDelay: true, allowHalfOpen: true }, (client) => {
    const established = performance.now() + 2 * half
    const open = sleep(3 * half).then(() =>
      connect({ host: host!, port: Number(target), noDelay: true, allowHalfOpen: true }),
    )
    carry(client, open, established)
    void open.then((upstream) => carry(upstream, Promise.resolve(client), 0))
  })
  await new Promise<void>((resolve) => server.listen(Number(port), address, resolve))
}

/** Takes what comes and gives it to the other end half a round trip later; `since` is when the first byte may have been sent. */
function carry(from: Socket, to: Promise<Socket>, since: number): void {
  let last: Promise<unknown> = to
  const later = (act: (to: Socket) => void) => {
    const due = Math.max(performance.now(), since) + half
    last = Promise.all([to, last]).then(async ([target]) => {
      await sleep(Math.max(0, due - performance.now()))
      act(target)
    })
  }
  from.on('data', (bytes) => later((target) => target.write(bytes)))
  from.on('end', () => later((target) => target.end()))
  from.on('error', () => void to.then((target) => target.destroy()))
  from.on('close', () => later((target) => target.destroySoon()))
}
