import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { expect } from 'chai'
import ssh2 from 'ssh2'
import type { Problem } from '../../../src/kernel/problem.ts'
import { compressAnswers } from '../../../src/transport/ssh-compression.ts'
import { missingIn, softwareOf } from '../../../src/transport/ssh2-inside.ts'
import { privateKey } from '../../support/private-key.ts'
import { type Given, linkTo, startServer, wordsOf } from '../../support/ssh-server.ts'

describe('what is used of ssh2 that it does not show', () => {
  it('is all there', () => {
    const client = new ssh2.Client()
    client.on('error', () => {})
    client.connect({ sock: new PassThrough(), username: 'root' })
    expect(missingIn(client)).to.deep.equal([])
    client.destroy()
  })

  it('tells what the host calls its software', async () => {
    const server = await startServer({ ident: 'Other_1.0' })
    const client = new ssh2.Client()
    client.connect({ host: '127.0.0.1', port: server.port, username: 'root', password: 'x' })
    await once(client, 'ready')
    expect(softwareOf(client)).to.equal('Other_1.0')
    client.end()
    server.close()
  })

  it('is left as it is when the host has read the offer already', async () => {
    const server = await startServer({ ident: 'Other_1.0' })
    const socket = connect(server.port, '127.0.0.1')
    const client = new ssh2.Client()
    client.connect({ sock: socket, username: 'root', password: 'x' })
    socket.once('data', () => void compressAnswers(client, Promise.resolve(true)))
    await once(client, 'ready')
    const answer = new PassThrough()
    client.exec('one', (_error, stream) => stream.pipe(answer) && stream.write('said'))
    expect(await text(answer)).to.equal('said')
    client.end()
    server.close()
  })
})

describe('answers given in the host’s stead', () => {
  let folder: string
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'provision-test-'))
    await writeFile(join(folder, 'key'), privateKey())
  })
  after(() => rm(folder, { recursive: true }))

  const rows: { name: string; given: Given; want: { output: RegExp; ran: readonly string[] } }[] = [
    { name: 'hold for OpenSSH', given: { ident: 'OpenSSH_9.9' }, want: { output: /^said$/, ran: ['one'] } },
    { name: 'are none for others', given: { ident: 'Other_1.0' }, want: { output: /^said$/, ran: ['one'] } },
    {
      name: 'are none for others, whose channels have any number',
      given: { ident: 'Other_1.0', firstChannel: 7 },
      want: { output: /^said$/, ran: ['one'] },
    },
    {
      name: 'are taken back, and nothing was run, when the first channel is another one',
      given: { ident: 'OpenSSH_9.9', firstChannel: 7 },
      want: { output: /numbers its channels otherwise/, ran: [] },
    },
    {
      name: 'are taken back when the command is refused',
      given: { ident: 'OpenSSH_9.9', refuses: true },
      want: { output: /it runs no command/, ran: [] },
    },
  ]
  for (const { name, given, want } of rows) {
    it(name, async () => {
      const server = await startServer(given)
      const link = linkTo(server.port, join(folder, 'key'))
      try {
        const channel = await link.open('one')
        channel.stdin.write('said')
        expect(await wordsOf(channel)).to.match(want.output)
        expect(server.ran).to.deep.equal(want.ran)
      } finally {
        await link.close()
        server.close()
      }
    })
  }

  it('do not hide a refused login', async () => {
    const server = await startServer({ ident: 'OpenSSH_9.9', knowsNobody: true })
    const channel = await linkTo(server.port, join(folder, 'key')).open('one')
    const { code, problem } = await channel.ended
    expect([code, (problem as Problem).code, server.ran]).to.deep.equal([null, 'ssh.auth', []])
    server.close()
  })
})
