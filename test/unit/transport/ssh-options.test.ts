import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { SharedFiles } from '../../../src/transport/shared-files.ts'
import { resolveOptions, type SshTarget } from '../../../src/transport/ssh-options.ts'

const target: SshTarget = {
  host: 'web01',
  port: null,
  user: 'root',
  password: null,
  privateKeyFile: null,
  args: [],
  executable: 'ssh',
  timeout: 10,
  acceptNewHostKeys: false,
}

const rows = [
  { name: 'a jump host', config: 'Host web01\n  ProxyJump gate\n', needsOpenSsh: true },
  { name: 'a jump host of others', config: 'Host web02\n  ProxyJump gate\n', needsOpenSsh: false },
  { name: 'certificates', config: 'CertificateFile ~/.ssh/cert.pub\n', needsOpenSsh: true },
  { name: 'GSSAPI, as Debian sets it', config: 'GSSAPIAuthentication yes\n', needsOpenSsh: false },
  { name: 'GSSAPI with a ticket', config: 'GSSAPIAuthentication yes\n', ticket: '/tmp/ticket', needsOpenSsh: true },
]

describe('what needs OpenSSH', () => {
  const { KRB5CCNAME } = process.env
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'provision-ssh-options-'))
    delete process.env.KRB5CCNAME
  })
  afterEach(() => {
    rmSync(folder, { recursive: true })
    if (KRB5CCNAME === undefined) delete process.env.KRB5CCNAME
    else process.env.KRB5CCNAME = KRB5CCNAME
  })

  for (const { name, config, ticket, needsOpenSsh } of rows) {
    it(`${name}: ${needsOpenSsh ? 'yes' : 'no'}`, async () => {
      const file = join(folder, 'config')
      writeFileSync(file, config)
      if (ticket !== undefined) process.env.KRB5CCNAME = ticket
      const options = await resolveOptions({ ...target, args: ['-F', file] }, new SharedFiles())
      expect(options.needsOpenSsh).to.equal(needsOpenSsh)
    })
  }
})
