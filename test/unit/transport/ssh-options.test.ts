import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
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

const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA'

type Row = {
  name: string
  config?: string
  /** `~/.ssh/config`. */
  own?: string
  /** `~/.ssh/known_hosts`. */
  known?: string
  /** `~/.ssh/id_ed25519-cert.pub`. */
  certificate?: string
  args?: readonly string[]
  ticket?: string
  needsOpenSsh: boolean
}

/** With a `config` ssh(1) is asked, without one what is given is read here. */
const rows: Row[] = [
  { name: 'nothing', needsOpenSsh: false },
  {
    name: "Ansible's defaults",
    args: ['-C', '-o', 'ControlMaster=auto', '-o', 'ControlPersist=60s'],
    needsOpenSsh: false,
  },
  { name: 'an empty configuration', config: '', needsOpenSsh: false },
  { name: 'a jump host', config: 'Host web01\n  ProxyJump gate\n', needsOpenSsh: true },
  { name: 'a jump host of others', config: 'Host web02\n  ProxyJump gate\n', needsOpenSsh: false },
  { name: 'certificates', config: 'CertificateFile ~/.ssh/cert.pub\n', needsOpenSsh: true },
  { name: 'a certificate beside a key', certificate: 'ssh-ed25519-cert-v01@openssh.com AAAA', needsOpenSsh: true },
  { name: 'an agent that goes along', args: ['-o', 'ForwardAgent=yes'], needsOpenSsh: true },
  { name: 'the same as one word', args: ['-oForwardAgent yes'], needsOpenSsh: true },
  { name: 'the same as a switch', config: '', args: ['-A'], needsOpenSsh: true },
  { name: 'the same for the host', config: 'Host web01\n  ForwardAgent yes\n', needsOpenSsh: true },
  { name: 'no agent that goes along', args: ['-o', 'ForwardAgent=no'], needsOpenSsh: false },
  { name: 'a port of the controller for the host', config: '', args: ['-R', '3128:proxy:3128'], needsOpenSsh: true },
  { name: 'a name for the host key', args: ['-o', 'HostKeyAlias=web'], needsOpenSsh: true },
  { name: 'an address to come from', config: 'BindAddress 127.0.0.1\n', needsOpenSsh: true },
  { name: 'old algorithms', args: ['-o', 'KexAlgorithms=+diffie-hellman-group1-sha1'], needsOpenSsh: true },
  { name: "old algorithms in the user's configuration", own: 'Host web*\n  Ciphers +3des-cbc\n', needsOpenSsh: true },
  { name: 'old algorithms there for others', own: 'Host old\n  Ciphers +3des-cbc\n', needsOpenSsh: false },
  { name: 'a host whose key an authority signs', known: `@cert-authority web* ${KEY}`, needsOpenSsh: true },
  { name: 'other hosts whose keys an authority signs', known: `@cert-authority db* ${KEY}`, needsOpenSsh: false },
  {
    name: 'any host key, though an authority signs it',
    known: `@cert-authority web* ${KEY}`,
    args: ['-o', 'StrictHostKeyChecking=no'],
    needsOpenSsh: false,
  },
  { name: 'GSSAPI, as Debian sets it', config: 'GSSAPIAuthentication yes\n', needsOpenSsh: false },
  { name: 'GSSAPI with a ticket', config: 'GSSAPIAuthentication yes\n', ticket: '/tmp/ticket', needsOpenSsh: true },
]

describe('options of ssh', () => {
  const { KRB5CCNAME, HOME } = process.env
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'provision-ssh-options-'))
    delete process.env.KRB5CCNAME
    process.env.HOME = folder
  })
  afterEach(() => {
    rmSync(folder, { recursive: true })
    if (KRB5CCNAME === undefined) delete process.env.KRB5CCNAME
    else process.env.KRB5CCNAME = KRB5CCNAME
    process.env.HOME = HOME
  })

  const optionsOf = ({ name: _, config, own, known, certificate, args = [], ticket }: Omit<Row, 'needsOpenSsh'>) => {
    const file = join(folder, 'config')
    if (config !== undefined) writeFileSync(file, config)
    mkdirSync(join(folder, '.ssh'))
    if (own !== undefined) writeFileSync(join(folder, '.ssh', 'config'), own)
    if (certificate !== undefined) writeFileSync(join(folder, '.ssh', 'id_ed25519-cert.pub'), certificate)
    if (known !== undefined) writeFileSync(join(folder, '.ssh', 'known_hosts'), known)
    if (ticket !== undefined) process.env.KRB5CCNAME = ticket
    const words = [...(config === undefined ? [] : ['-F', file]), ...args]
    return resolveOptions({ ...target, args: words }, new SharedFiles())
  }

  for (const { needsOpenSsh, ...given } of rows) {
    it(`${given.name}: ${needsOpenSsh ? 'by OpenSSH' : 'by us'}`, async () => {
      expect((await optionsOf(given)).needsOpenSsh).to.equal(needsOpenSsh)
    })
  }

  for (const { args, want } of [
    { args: [], want: 'root@web01' },
    { args: ['-o', 'HostName=WEB01.example.com'], want: 'root@web01.example.com' },
    { args: ['-o', 'HostName=10.0.0.1', '-o', 'HostKeyAlias=Web'], want: 'root@Web' },
  ]) {
    it(`account with ${JSON.stringify(args)}: ${want}`, async () => {
      expect((await optionsOf({ name: '', args })).account).to.equal(want)
    })
  }

  for (const { args, want } of [
    { args: [], want: 10 },
    { args: ['-o', 'ConnectTimeout=3'], want: 3 },
    { args: ['-o', 'ConnectTimeout=none'], want: 10 },
  ]) {
    it(`seconds to wait with ${JSON.stringify(args)}: ${want}`, async () => {
      expect((await optionsOf({ name: '', args })).timeout).to.equal(want)
    })
  }
})
