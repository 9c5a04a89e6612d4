import { type AddressInfo, createServer } from 'node:net'
import { expect } from 'chai'
import { playEvents } from '../../support/play.ts'

const PLAY = { 'play.yml': '- hosts: all\n  gather_facts: false\n  tasks:\n    - command: "true"\n' }

describe('a host that can not be reached', () => {
  const rows = [
    { name: 'is tried once', retries: undefined, tries: 1 },
    { name: 'is tried again as often as its variable says', retries: 2, tries: 3 },
  ]
  for (const { name, retries, tries } of rows) {
    it(name, async () => {
      let count = 0
      const server = createServer((socket) => {
        count += 1
        socket.on('error', () => {})
        socket.write('SSH-1.0-too_old\r\n')
      })
      await new Promise<void>((resolve) => {
        server.listen(0, '127.0.0.1', resolve)
      })
      try {
        const { port } = server.address() as AddressInfo
        const vars = {
          ansible_connection: 'ssh',
          ansible_host: '127.0.0.1',
          ansible_port: port,
          ansible_ssh_retries: retries,
        }
        const events = await playEvents(PLAY, ['-e', JSON.stringify(vars)])
        expect(events.some((event) => event.type === 'host-result' && event.status === 'unreachable')).to.equal(true)
        expect(count).to.equal(tries)
      } finally {
        server.close()
      }
    })
  }
})
