import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { expect } from 'chai'
import { isFarAway } from '../../../src/transport/far-away.ts'

/** Milliseconds: longer than what is held for near. */
const LONG = 60

/** When stopped, it takes two connections; more are made when it goes on. */
const SERVER = `
const server = require('node:net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 })
server.on('listening', () => process.stdout.write(String(server.address().port)))
`

describe('hosts that are far away', function () {
  this.timeout(20_000)
  type Row = { name: string; host?: string; isFull?: boolean; meanwhile?: () => void; want: boolean }
  const rows: Row[] = [
    { name: 'not one that takes a connection at once', want: false },
    { name: 'not one whose answer waits for us', meanwhile: busy, want: false },
    { name: 'not one whose address takes long to find', host: 'slow.example', want: false },
    { name: 'one that takes a connection after a while', isFull: true, want: true },
  ]
  for (const { name, host = '127.0.0.1', isFull = false, meanwhile, want } of rows) {
    it(name, async () => {
      const child = spawn(process.execPath, ['-e', SERVER], { stdio: ['ignore', 'pipe', 'inherit'] })
      const port = Number(await once(child.stdout, 'data'))
      const sockets: Socket[] = []
      const open = () => {
        sockets.push(connect({ host, port, lookup: findSlowly }))
        return sockets.at(-1)!
      }
      try {
        if (isFull) {
          child.kill('SIGSTOP')
          await Promise.all([open(), open()].map((socket) => once(socket, 'connect')))
          setTimeout(() => child.kill('SIGCONT'), LONG)
        }
        const told = isFarAway(host, open())
        meanwhile?.()
        expect(await told).to.equal(want)
      } finally {
        for (const socket of sockets) socket.destroy()
        child.kill('SIGKILL')
      }
    })
  }
})

function busy(): void {
  const end = performance.now() + LONG
  while (performance.now() < end);
}

type Found = (error: null, addresses: { address: string; family: number }[]) => void

function findSlowly(_host: string, _options: object, found: Found): void {
  setTimeout(() => found(null, [{ address: '127.0.0.1', family: 4 }]), LONG)
}
