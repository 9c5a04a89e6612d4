import { once } from 'node:events'
import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'chai'
import { execa } from 'execa'
import { connect } from '../../src/commands/connect.ts'
import { Lanes } from '../../src/kernel/lanes.ts'
import type { Problem } from '../../src/kernel/problem.ts'
import { quote, type Sh, sh } from '../../src/kernel/sh.ts'
import { SharedFiles } from '../../src/transport/shared-files.ts'
import { withLab } from '../support/lab.ts'
import { programFile } from '../support/program.ts'
import { startAgent } from '../support/ssh-agent.ts'

/** With what a shell would take apart. */
const SECRET = `it's "$HOME" \\ *`

const HOST = { name: 'lb01', image: 'debian-13', octet: 11 } as const

/** An sshd that drops whoever comes while eight others have not logged in yet. */
const NARROW = 2223

const SETUP = `
for user in word gate; do useradd -m $user; echo "$user:"${quote(SECRET)} | chpasswd; done
printf 'PasswordAuthentication yes\nHostCertificate /etc/ssh/host-cert.pub\nTrustedUserCAKeys /etc/ssh/users-ca.pub\n' >/etc/ssh/sshd_config.d/00-test.conf
systemctl restart ssh
systemd-run -q -u narrow /usr/sbin/sshd -D -p ${NARROW} -o MaxStartups=8:100:8
`

describe('a host by the OpenSSH client', function () {
  this.timeout(60_000)
  const lab = withLab('openssh', [HOST])
  before(() => lab.sure('lb01', SETUP))
  const address = () => lab.host('lb01').address
  const key = () => lab.file('id_ed25519')
  const trusted = () => ['-o', `UserKnownHostsFile=${lab.file('known_hosts')}`]

  const options = (startups = new Lanes<string>()) => ({ acceptNewHostKeys: false, startups, files: new SharedFiles() })
  type Given = {
    startups?: Lanes<string>
    /** What tells which host keys are known. */
    known?: readonly string[]
    args?: readonly string[]
    connection?: string
    user?: string
    password?: string
    privateKeyFile?: string | null
    host?: string
  }
  const open = ({
    known = trusted(),
    args = [],
    connection = 'ssh',
    host = address(),
    user = 'root',
    ...given
  }: Given) => {
    const { password = null, privateKeyFile = password === null ? key() : null } = given
    const login = { name: 'lb01', connection, address: host, port: 22, user, password, privateKeyFile }
    const ssh = { sshArgs: [...known, ...args], sshExecutable: 'ssh', timeout: 10, retries: 0 }
    return connect({ ...login, ...ssh, shellExecutable: '/bin/sh' }, options(given.startups))
  }
  /** What a shell there answers to each script. */
  const ask = async (given: Given, ...scripts: readonly Sh[]) => {
    const connection = await open(given)
    try {
      const shell = await connection.shell(null)
      const outputs = await Promise.all(shell.run(scripts.map((script) => ({ script }))))
      return outputs.map(({ stdout }) => stdout.toString().trim())
    } finally {
      await connection.close()
    }
  }
  const problemOf = (given: Given) =>
    open(given).then(
      () => null,
      ({ code, message }: Problem) => `${code}: ${message}`,
    )

  it('answers several steps', async () => {
    expect(await ask({ connection: 'openssh' }, sh`id -un`, sh`hostname`)).to.deep.equal(['root', 'lb01'])
  })

  const from = sh`echo "\${SSH_CONNECTION%% *}"; id -un`
  const gate = (login: string, ...words: readonly string[]) => {
    const command = ['ssh', ...words, ...trusted(), '-W', '%h:%p', `${login}@${address()}`].join(' ')
    return { args: ['-o', `ProxyCommand=${command}`, '-o', `HostKeyAlias=${address()}`], host: '127.0.0.1' }
  }
  it('is reached by way of another', async () => {
    expect(await ask(gate('root', '-i', key()), from)).to.deep.equal(['127.0.0.1\nroot'])
  })

  it('is reached by way of another with a password', async () => {
    const given = { ...gate('root', '-i', key()), user: 'word', password: SECRET }
    expect(await ask(given, from)).to.deep.equal(['127.0.0.1\nword'])
  })

  it('tells its password to no gate, though that would take it', async () => {
    const problem = await problemOf({ ...gate('gate'), user: 'word', password: SECRET })
    expect(problem).to.match(/^host\.unreachable: .*Permission denied/s)
  })

  it('is reached by many at once by way of one that lets eight in at a time', async () => {
    const startups = new Lanes<string>()
    const way = gate('root', '-i', key(), '-p', String(NARROW))
    const all = await Promise.all(Array.from({ length: 24 }, () => ask({ ...way, startups }, sh`hostname`)))
    expect(all.flat()).to.deep.equal(Array.from({ length: 24 }, () => 'lb01'))
  })

  it('is known by the authority that has signed its key', async () => {
    const [ca, name] = [lab.file('ca'), lab.file('host.pub')]
    await execa('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', ca])
    await writeFile(name, await lab.sure('lb01', 'cat /etc/ssh/ssh_host_ed25519_key.pub'))
    await execa('ssh-keygen', ['-q', '-s', ca, '-I', 'lb01', '-h', '-n', address(), name])
    const signed = await readFile(lab.file('host-cert.pub'), 'utf8')
    await lab.sure('lb01', 'cat >/etc/ssh/host-cert.pub; systemctl reload ssh', signed)
    await writeFile(lab.file('authorities'), `@cert-authority * ${await readFile(`${ca}.pub`, 'utf8')}`)
    const args = ['-o', `UserKnownHostsFile=${lab.file('authorities')}`]
    expect(await ask({ known: [], args }, sh`hostname`)).to.deep.equal(['lb01'])
  })

  it('lets a key in that an authority has signed', async () => {
    const [ca, own] = [lab.file('users-ca'), lab.file('signed_key')]
    for (const file of [ca, own]) await execa('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', file])
    await execa('ssh-keygen', ['-q', '-s', ca, '-I', 'ann', '-n', 'root', `${own}.pub`])
    await lab.sure('lb01', 'cat >/etc/ssh/users-ca.pub; systemctl reload ssh', await readFile(`${ca}.pub`, 'utf8'))
    expect(await ask({ privateKeyFile: own }, sh`id -un`)).to.deep.equal(['root'])
  })

  it('has the keys of the agent here', async () => {
    const running = await startAgent([key()])
    try {
      const answers = await ask({ args: ['-o', 'ForwardAgent=yes'], privateKeyFile: null }, sh`ssh-add -l | wc -l`)
      expect(answers).to.deep.equal(['1'])
    } finally {
      running.end()
    }
  })

  it('comes to a server here', async () => {
    const server = createServer((socket) => socket.end('hello\n')).listen(0, '127.0.0.1')
    await once(server, 'listening')
    try {
      const { port } = server.address() as AddressInfo
      const script = sh`bash -c 'cat </dev/tcp/127.0.0.1/3128'`
      expect(await ask({ args: ['-R', `3128:127.0.0.1:${port}`] }, script)).to.deep.equal(['hello'])
    } finally {
      server.close()
    }
  })

  it("leaves nothing behind, and the user's own connection as it is", async () => {
    const own = ['-o', `ControlPath=${lab.file('own')}`]
    const ssh = (...words: string[]) => execa('ssh', ['-i', key(), ...trusted(), ...own, ...words, `root@${address()}`])
    await ssh('-M', '-N', '-f')
    try {
      const before = await folders()
      expect(await ask({ connection: 'openssh', args: own }, sh`echo hello`)).to.deep.equal(['hello'])
      expect(await folders()).to.deep.equal(before)
      expect((await ssh('-O', 'check')).stderr).to.match(/Master running/)
    } finally {
      await ssh('-O', 'exit')
    }
  })

  it('is let go when the run is killed', async () => {
    const before = await folders()
    const play = lab.file('play.yml')
    await writeFile(play, '- hosts: all\n  gather_facts: false\n  tasks:\n    - ping:\n    - command: sleep 1\n')
    const vars = { ansible_connection: 'openssh', ansible_user: 'root', ansible_ssh_private_key_file: key() }
    const args = [
      '-i',
      `${address()},`,
      '-e',
      JSON.stringify({ ...vars, ansible_ssh_common_args: trusted().join(' ') }),
    ]
    const run = execa(process.execPath, [await programFile(), 'playbook', play, ...args], {
      reject: false,
    })
    await eventually(async () => expect(await clients()).not.to.equal(0))
    run.kill('SIGKILL')
    await run
    await eventually(async () => expect(await clients()).to.equal(0))
    const left = (await folders()).filter((name) => !before.includes(name))
    await Promise.all(left.map((name) => rm(join(tmpdir(), name), { recursive: true })))
  })
  /** How many clients use the host keys of this lab. */
  const clients = async () => {
    const { stdout } = await execa('pgrep', ['-fc', `^ssh .*${lab.file('known_hosts')}`], { reject: false })
    return Number(stdout)
  }

  const refused: readonly { name: string; given: () => Given; want: RegExp }[] = [
    {
      name: 'a key that the host does not know',
      given: () => ({ connection: 'openssh', privateKeyFile: '/dev/null' }),
      want: /^host\.unreachable: .*Permission denied/s,
    },
    {
      name: 'an option that ssh does not know',
      given: () => ({ args: ['-A', '-o', 'Bogus=1'] }),
      want: /^ssh\.options: .*Bad configuration option: bogus/s,
    },
    {
      name: 'a gate that is not there',
      given: () => ({ args: ['-J', '127.0.0.1:1'] }),
      want: /^host\.unreachable: .*Connection refused/s,
    },
    {
      name: 'a password that is none',
      given: () => ({ connection: 'openssh', user: 'word', password: 'wrong' }),
      want: /^host\.unreachable: .*Permission denied/s,
    },
    { name: 'a connection of another kind', given: () => ({ connection: 'winrm' }), want: /^connection\.unknown: / },
  ]
  for (const { name, given, want } of refused) {
    it(`says what is wrong with ${name}`, async () => {
      expect(await problemOf(given())).to.match(want)
    })
  }
})

async function eventually(check: () => Promise<unknown>): Promise<void> {
  for (let left = 100; ; left--) {
    try {
      await check()
      return
    } catch (error) {
      if (left === 0) throw error
    }
    await sleep(100)
  }
}

async function folders(): Promise<string[]> {
  return (await readdir(tmpdir())).filter((name) => name.startsWith('provision-ssh-'))
}
