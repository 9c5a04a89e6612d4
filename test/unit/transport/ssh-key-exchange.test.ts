import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { Attempt } from '../../../src/transport/ssh-attempt.ts'
import { Openings } from '../../../src/transport/ssh-openings.ts'
import { privateKey } from '../../support/private-key.ts'
import { type Given, linkTo, startServer, wayTo, wordsOf } from '../../support/ssh-server.ts'

describe('a key exchange that begins before the host has said how', () => {
  let folder: string
  const key = () => join(folder, 'key')
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'provision-test-'))
    await writeFile(key(), privateKey())
  })
  after(() => rm(folder, { recursive: true }))

  const nistp = 'ecdh-sha2-nistp256'
  const group = 'diffie-hellman-group14-sha256'
  const curve = 'curve25519-sha256'
  const rows: { name: string; kex: Given['kex']; ident?: string; connections: number }[] = [
    { name: 'is right where the host likes our method best', kex: [curve, nistp], connections: 1 },
    { name: 'is right where the host likes another one better', kex: [nistp, group, curve], connections: 1 },
    { name: 'is right for the older name of the method', kex: [group, `${curve}@libssh.org`], connections: 1 },
    { name: 'is right for software other than OpenSSH', kex: [curve], ident: 'Other_1.0', connections: 1 },
    { name: 'is begun anew with a host that knows only other curves', kex: [nistp], connections: 2 },
    { name: 'is begun anew with a host that knows only groups', kex: [group], connections: 2 },
  ]
  for (const { name, kex, ident = 'OpenSSH_9.9', connections } of rows) {
    it(name, async () => {
      const server = await startServer({ ident, ...(kex === undefined ? {} : { kex }) })
      const link = linkTo(server.port, key())
      try {
        const channel = await link.open('one')
        channel.stdin.write('said')
        expect(await wordsOf(channel)).to.equal('said')
        expect([server.ran, server.connections()]).to.deep.equal([['one'], connections])
      } finally {
        await link.close()
        server.close()
      }
    })
  }

  it('is begun anew with a host that does not hear what is said before it has named itself', async () => {
    const server = await startServer({ ident: 'OpenSSH_9.9' })
    const deaf = createServer((client) => {
      const upstream = connect(server.port, '127.0.0.1')
      client.once('data', (bytes) => {
        upstream.write(bytes.subarray(0, bytes.indexOf('\n') + 1))
        client.pipe(upstream)
        upstream.pipe(client)
      })
      for (const socket of [client, upstream]) socket.on('error', () => {})
      client.on('close', () => upstream.destroy())
    })
    await new Promise<void>((resolve) => deaf.listen(0, '127.0.0.1', resolve))
    const link = linkTo((deaf.address() as { port: number }).port, key(), 1)
    try {
      const channel = await link.open('one')
      channel.stdin.write('said')
      expect(await wordsOf(channel)).to.equal('said')
      expect([server.ran, server.connections()]).to.deep.equal([['one'], 2])
    } finally {
      await link.close()
      deaf.close()
      server.close()
    }
  })

  it('asks a host that is far away for compressed answers', async () => {
    const server = await startServer({ ident: 'OpenSSH_9.9' })
    const { target, options } = wayTo(server.port, key())
    const socket = connect(server.port, '127.0.0.1')
    const isFarAway = new Promise<boolean>((resolve) => socket.once('connect', () => resolve(true)))
    const login = await new Attempt(socket, isFarAway, true).run(target, options, 'test', new Openings())
    try {
      expect(server.compressions()).to.deep.equal(['zlib@openssh.com'])
    } finally {
      login.close()
      server.close()
    }
  })

  it('does not hide that the two know no method in common', async () => {
    const server = await startServer({ ident: 'OpenSSH_9.9', kex: ['diffie-hellman-group1-sha1'] })
    try {
      const refusal = await linkTo(server.port, key())
        .open('one')
        .then((channel) => channel.ended)
        .then(({ problem }) => problem?.message)
        .catch((error: Error) => error.message)
      expect(refusal).to.match(/no matching key exchange algorithm/)
      expect(server.connections()).to.equal(2)
    } finally {
      server.close()
    }
  })
})
