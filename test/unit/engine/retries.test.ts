import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import ssh2 from 'ssh2'
import { playEvents } from '../../support/play.ts'
import { privateKey } from '../../support/private-key.ts'

const PLAY = { 'play.yml': '- hosts: all\n  gather_facts: false\n  tasks:\n    - command: "true"\n' }

describe('a host that can not be reached', () => {
  let key: string
  before(async () => {
    key = join(await mkdtemp(join(tmpdir(), 'provision-test-')), 'key')
    await writeFile(key, privateKey())
  })
  after(() => rm(join(key, '..'), { recursive: true }))

  type Listen = (count: () => void) => Server | ssh2.Server
  const stranger: Listen = (count) =>
    createServer((socket) => {
      count()
      socket.on('error', () => {})
      socket.write('SSH-1.0-too_old\r\n')
    })
  const breaksOff: Listen = (count) => {
    const hostKeys = [privateKey()]
    return new ssh2.Server({ hostKeys, ident: 'OpenSSH_9.9' }, (client) => {
      client.on('error', () => {})
      client.on('authentication', () => {
        count()
        client.end()
      })
    })
  }
  const rows = [
    { name: 'is tried once', listen: stranger, retries: undefined, tries: 1 },
    { name: 'is tried again as often as its variable says', listen: stranger, retries: 2, tries: 3 },
    { name: 'is tried again when its logins break off', listen: breaksOff, retries: 1, tries: 2 },
  ]
  for (const { name, listen, retries, tries } of rows) {
    it(name, async () => {
      let count = 0
      const server = listen(() => {
        count += 1
      })
      await new Promise<void>((resolve) => {
        server.listen(0, '127.0.0.1', () => resolve())
      })
      try {
        const { port } = server.address() as AddressInfo
        const vars = {
          ansible_connection: 'ssh',
          ansible_host: '127.0.0.1',
          ansible_port: port,
          ansible_ssh_retries: retries,
          ansible_ssh_private_key_file: key,
          ansible_ssh_common_args: '-o StrictHostKeyChecking=no',
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
