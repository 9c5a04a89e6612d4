import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { Lanes } from '../../../src/kernel/lanes.ts'
import type { Problem } from '../../../src/kernel/problem.ts'
import { sshLink } from '../../../src/transport/ssh.ts'
import type { SshOptions } from '../../../src/transport/ssh-options.ts'
import { privateKey } from '../../support/private-key.ts'
import { startServer, wayTo, wordsOf } from '../../support/ssh-server.ts'

const OTHER = 'web01 ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA'

type Row = { name: string; before: string | null; checking: SshOptions['strictHostKeyChecking']; want: string | RegExp }

/** `want` is what the file of known hosts holds afterwards, `KEY` the line of the host, or the problem. */
const rows: readonly Row[] = [
  { name: 'an unknown key is refused', before: `${OTHER}\n`, checking: 'yes', want: /^ssh\.host-key-unknown$/ },
  { name: 'an unknown key is written down', before: `${OTHER}\n`, checking: 'accept-new', want: `${OTHER}\nKEY\n` },
  { name: 'an unknown key makes the file and its folder', before: null, checking: 'accept-new', want: 'KEY\n' },
  { name: 'an unknown key begins a line', before: OTHER, checking: 'accept-new', want: `${OTHER}\nKEY\n` },
  { name: 'a known key is written down once', before: 'KEY\n', checking: 'accept-new', want: 'KEY\n' },
  { name: 'any key is taken where none is checked', before: `${OTHER}\n`, checking: 'no', want: `${OTHER}\n` },
  {
    name: 'another key than the known one is refused',
    before: '[127.0.0.1]:PORT TYPE AAAAC3NzaC1lZDI1NTE5AAAAIA\n',
    checking: 'accept-new',
    want: /^ssh\.host-key-changed$/,
  },
  {
    name: 'a revoked key is refused',
    before: '@revoked KEY\n',
    checking: 'accept-new',
    want: /^ssh\.host-key-revoked$/,
  },
]

describe('host keys', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'provision-host-key-'))
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  for (const { name, before, checking, want } of rows) {
    it(name, async () => {
      const server = await startServer({ ident: 'OpenSSH_9.9' })
      const key = join(folder, 'key')
      writeFileSync(key, privateKey())
      const { target, options } = wayTo(server.port, key)
      const logIn = async (known: string, strictHostKeyChecking: SshOptions['strictHostKeyChecking']) => {
        const link = sshLink(
          'web01',
          target,
          { ...options, knownHostsFiles: [known], strictHostKeyChecking },
          new Lanes(),
        )
        const channel = await link.open('cat')
        channel.stdin.write('x')
        await wordsOf(channel)
        const { problem } = await channel.ended
        await link.close()
        if (problem !== undefined) throw problem
      }
      try {
        const own = join(folder, 'own')
        await logIn(own, 'accept-new')
        const line = readFileSync(own, 'utf8').trim()
        const filledIn = (text: string) =>
          text.replace('KEY', line).replace('PORT', String(server.port)).replace('TYPE', line.split(' ')[1]!)
        const file = join(folder, before === null ? 'new/known_hosts' : 'known_hosts')
        if (before !== null) writeFileSync(file, filledIn(before))
        const result = await logIn(file, checking).then(
          () => readFileSync(file, 'utf8'),
          ({ code }: Problem) => code,
        )
        if (typeof want === 'string') expect(result).to.equal(filledIn(want))
        else expect(result).to.match(want)
      } finally {
        server.close()
      }
    })
  }
})
