import { once } from 'node:events'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { expect } from 'chai'
import { execa } from 'execa'
import { Lanes } from '../../src/kernel/lanes.ts'
import type { Problem } from '../../src/kernel/problem.ts'
import { sh } from '../../src/kernel/sh.ts'
import { connectionOver } from '../../src/transport/connection.ts'
import { sshLink } from '../../src/transport/ssh.ts'
import type { SshOptions, SshTarget } from '../../src/transport/ssh-options.ts'
import { withLab } from '../support/lab.ts'

const HOST = { name: 'lb01', image: 'debian-13', octet: 11 } as const

/** sshd(8) lets one at a time log in, and asks some users for more than a key. */
const SETUP = `
useradd -m twice; useradd -m both; echo both:secret | chpasswd
for user in twice both; do
  mkdir -p /home/$user/.ssh; cat - /root/.ssh/authorized_keys >/home/$user/.ssh/authorized_keys <<KEY
$KEY
KEY
  chown -R $user /home/$user
done
cat >/etc/ssh/sshd_config.d/00-login.conf <<END
MaxStartups 1:100:1
PasswordAuthentication yes
Match User twice
  AuthenticationMethods publickey,publickey
Match User both
  AuthenticationMethods publickey,password
END
systemctl restart ssh
`

describe('logging in over SSH', function () {
  this.timeout(60_000)
  const lab = withLab('login', [HOST])
  const own = () => lab.file('id_ed25519')
  const other = () => join(lab.file(''), 'other_key')

  before(async () => {
    await execa('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', other()])
    const { stdout } = await execa('cat', [`${other()}.pub`])
    await lab.sure('lb01', `KEY='${stdout}'\n${SETUP}`)
  })

  const link = (user: string, keys: readonly string[], more: { password?: string; port?: number } = {}) => {
    const options: SshOptions = {
      host: more.port === undefined ? lab.host('lb01').address : '127.0.0.1',
      port: more.port ?? 22,
      user,
      identityFiles: keys,
      knownHostsFiles: [lab.file('known_hosts')],
      strictHostKeyChecking: more.port === undefined ? 'yes' : 'no',
      needsOpenSsh: false,
    }
    const target: SshTarget = {
      host: options.host,
      port: null,
      user,
      password: more.password ?? null,
      privateKeyFile: null,
      args: [],
      executable: 'ssh',
      timeout: 10,
      acceptNewHostKeys: false,
    }
    return sshLink('lb01', target, options, new Lanes())
  }
  const whoAmI = async (...given: Parameters<typeof link>) => {
    const connection = connectionOver(link(...given), { executable: '/bin/sh' })
    try {
      const [output] = (await connection.shell(null)).run([{ script: sh`id -un` }])
      return (await output!).stdout.toString().trim()
    } finally {
      await connection.close()
    }
  }
  const problemOf = (login: Promise<unknown>) =>
    login.then(
      () => null,
      ({ code, message }: Problem) => `${code}: ${message}`,
    )

  const rows: { name: string; user: string; keys: () => string[]; password?: string }[] = [
    { name: 'with a key', user: 'root', keys: () => [own()] },
    { name: 'with the second key, when the first is refused', user: 'root', keys: () => [other(), own()] },
    { name: 'with two keys, when one is not enough', user: 'twice', keys: () => [other(), own()] },
    { name: 'with a key and a password', user: 'both', keys: () => [other()], password: 'secret' },
  ]
  for (const { name, user, keys, password } of rows) {
    it(name, async () => {
      expect(await whoAmI(user, keys(), password === undefined ? {} : { password })).to.equal(user)
    })
  }

  it('is refused with a key that the host does not know, or with one of two', async () => {
    const given = [
      ['root', other()],
      ['twice', own()],
    ] as const
    for (const [user, key] of given) expect(await problemOf(whoAmI(user, [key]))).to.match(/^ssh\.auth: /)
  })

  it('tries again when sshd drops a connection because others are logging in', async () => {
    const names = await Promise.all([1, 2, 3].map(() => whoAmI('root', [own()])))
    expect(names).to.deep.equal(['root', 'root', 'root'])
  })

  it('says so when the host drops every connection', async () => {
    let count = 0
    const server = createServer((socket) => {
      count += 1
      socket.end('Exceeded MaxStartups\r\n')
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as { port: number }
    try {
      expect(await problemOf(whoAmI('root', [own()], { port }))).to.match(/host\.unreachable: .*closed it at once/s)
      expect(count).to.equal(5)
    } finally {
      server.close()
    }
  })
})
