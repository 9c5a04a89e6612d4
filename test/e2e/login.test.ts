import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { expect } from 'chai'
import { execa } from 'execa'
import ssh2 from 'ssh2'
import { Blob } from '../../src/kernel/blob.ts'
import { Lanes } from '../../src/kernel/lanes.ts'
import type { Problem } from '../../src/kernel/problem.ts'
import { type Sh, sh } from '../../src/kernel/sh.ts'
import { connectionOver } from '../../src/transport/connection.ts'
import { SharedFiles } from '../../src/transport/shared-files.ts'
import { sshLink } from '../../src/transport/ssh.ts'
import { compressAnswers } from '../../src/transport/ssh-compression.ts'
import type { SshOptions, SshTarget } from '../../src/transport/ssh-options.ts'
import { flightsTo } from '../support/flights.ts'
import { withLab } from '../support/lab.ts'
import { startAgent } from '../support/ssh-agent.ts'

const DROPBEAR = 2222

/** An sshd that lets in many at a time. */
const PLAIN = 2223

/** An sshd that knows none of the methods of key exchange that ours begins with. */
const GROUPS = 2224

const HOST = { name: 'lb01', image: 'debian-13', octet: 11 } as const

/** sshd(8) lets one at a time log in, and asks some users for more than a key, or for something else. */
const SETUP = `
for user in twice both asked word once two none; do
  useradd -m $user; echo $user:secret | chpasswd
  mkdir -p /home/$user/.ssh; cat - /root/.ssh/authorized_keys >/home/$user/.ssh/authorized_keys <<END
$KEY
END
  chown -R $user /home/$user
done
echo "$RSA" >>/root/.ssh/authorized_keys
cat >/etc/ssh/sshd_config.d/00-login.conf <<END
MaxStartups 1:100:1
PasswordAuthentication yes
KbdInteractiveAuthentication yes
Match User twice
  AuthenticationMethods publickey,publickey
Match User both
  AuthenticationMethods publickey,password
Match User asked
  AuthenticationMethods publickey,keyboard-interactive
Match User word
  AuthenticationMethods password
  MaxAuthTries 2
Match User once
  MaxAuthTries 1
Match User two
  MaxAuthTries 2
Match User none
  MaxSessions 0
END
systemctl restart ssh
apt-get update -qq && apt-get install -qq -y dropbear-bin >/dev/null 2>&1
mkdir -p /etc/dropbear && systemd-run -q -u dropbear dropbear -F -R -p ${DROPBEAR}
systemd-run -q -u plain /usr/sbin/sshd -D -p ${PLAIN} -o MaxStartups=10
systemd-run -q -u groups /usr/sbin/sshd -D -p ${GROUPS} -o KexAlgorithms=diffie-hellman-group-exchange-sha256
`

describe('logging in over SSH', function () {
  this.timeout(60_000)
  const lab = withLab('login', [HOST])
  const own = () => lab.file('id_ed25519')
  const other = () => join(lab.file(''), 'other_key')
  const rsa = () => join(lab.file(''), 'rsa_key')
  const unknown = () => join(lab.file(''), 'unknown_key')

  before(async () => {
    for (const [type, file] of [
      ['ed25519', other()],
      ['rsa', rsa()],
      ['ecdsa', unknown()],
    ] as const) {
      await execa('ssh-keygen', ['-q', '-t', type, '-N', '', '-f', file])
    }
    const [key, root] = await Promise.all([other(), rsa()].map((file) => readFile(`${file}.pub`, 'utf8')))
    await lab.sure('lb01', `KEY='${key}' RSA='${root}'\n${SETUP}`)
  })

  const link = (user: string, keys: readonly string[], more: { password?: string; port?: number } = {}) => {
    const options: SshOptions = {
      host: more.port === undefined ? lab.host('lb01').address : '127.0.0.1',
      port: more.port ?? 22,
      user,
      account: user,
      identityFiles: keys,
      knownHostsFiles: [lab.file('known_hosts')],
      strictHostKeyChecking: more.port === undefined ? 'yes' : 'no',
      timeout: 40,
      files: new SharedFiles(),
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
      timeout: 40,
      acceptNewHostKeys: false,
    }
    return sshLink('lb01', target, options, new Lanes())
  }
  /** What the first message to a fresh shell answers. */
  const ask = async (script: Sh, ...given: Parameters<typeof link>) => {
    const connection = connectionOver(link(...given), { executable: '/bin/sh' })
    try {
      const [output] = (await connection.shell(null)).run([{ script }])
      return (await output!).stdout.toString().trim()
    } finally {
      await connection.close()
    }
  }
  const whoAmI = (...given: Parameters<typeof link>) => ask(sh`id -un`, ...given)
  const problemOf = (login: Promise<unknown>) =>
    login.then(
      () => null,
      ({ code, message }: Problem) => `${code}: ${message}`,
    )

  /** `flights` is what the client says until the first answer of its shell: a round trip each, but for the one that makes the connection. */
  type Row = {
    name: string
    user: string
    keys: () => string[]
    agent?: () => string[]
    password?: string
    port?: number
    flights: number
  }
  const password = 'secret'
  const rows: Row[] = [
    { name: 'with a key', user: 'root', keys: () => [own()], flights: 2 },
    { name: 'with an RSA key', user: 'root', keys: () => [rsa()], flights: 2 },
    {
      name: 'with the second key, when the first is refused',
      user: 'root',
      keys: () => [unknown(), own()],
      flights: 3,
    },
    { name: 'with the only key of an agent', user: 'root', keys: () => [], agent: () => [own()], flights: 2 },
    {
      name: 'with a key of an agent that has several, each asked for before it is used',
      user: 'root',
      keys: () => [],
      agent: () => [unknown(), own()],
      flights: 4,
    },
    { name: 'with two keys, when one is not enough', user: 'twice', keys: () => [other(), own()], flights: 3 },
    { name: 'with a key and a password', user: 'both', keys: () => [other()], password, flights: 3 },
    { name: 'with a key and an answer to a question', user: 'asked', keys: () => [other()], password, flights: 7 },
    { name: 'with a password', user: 'word', keys: () => [], password, flights: 2 },
    {
      name: 'with a password, where two keys would be one try too many',
      user: 'word',
      keys: () => [other(), own()],
      password,
      flights: 3,
    },
    { name: 'with a key, at the first try', user: 'once', keys: () => [own()], flights: 2 },
    { name: 'with a key, at the second try of two', user: 'two', keys: () => [unknown(), own()], flights: 3 },
    { name: 'at a host that is not OpenSSH', user: 'root', keys: () => [own()], port: DROPBEAR, flights: 6 },
    { name: 'there with the second key', user: 'root', keys: () => [unknown(), own()], port: DROPBEAR, flights: 7 },
    { name: 'there with a password', user: 'word', keys: () => [own()], password, port: DROPBEAR, flights: 7 },
    {
      name: 'at the second try of a host without our key exchange',
      user: 'root',
      keys: () => [own()],
      port: GROUPS,
      flights: 4,
    },
  ]
  for (const [index, { name, user, keys, agent, port, flights, ...more }] of rows.entries()) {
    it(`${name}: ${flights} round trips`, async () => {
      const line = await flightsTo(lab.host('lb01').address, port ?? 22)
      const running = agent === undefined ? null : await startAgent(agent())
      try {
        const script = sh`echo >>/tmp/login-${index}; id -un; wc -l </tmp/login-${index}`
        expect(await ask(script, user, keys(), { ...more, port: line.port })).to.equal(`${user}\n1`)
        expect(line.sent()).to.have.length(flights)
      } finally {
        line.close()
        running?.end()
      }
    })
  }

  it('sends as much as sixty tasks need with the login: 2 round trips', async () => {
    const line = await flightsTo(lab.host('lb01').address, 22)
    try {
      const script = sh`word=${'x'.repeat(120_000)}; echo "\${#word}"`
      expect(await ask(script, 'root', [own()], { port: line.port })).to.equal('120000')
      expect(line.sent()).to.have.length(2)
    } finally {
      line.close()
    }
  })

  const numbers = Array.from({ length: 50_000 }, (_, index) => index + 1)
  for (const { name, far, compressed } of [
    { name: 'nearby come as they are', far: false, compressed: false },
    { name: 'far away come compressed', far: true, compressed: true },
  ]) {
    it(`answers from ${name}`, async () => {
      const privateKey = await readFile(own())
      const socket = connect(PLAIN, lab.host('lb01').address)
      const client = new ssh2.Client()
      client.connect({ sock: socket, username: 'root', privateKey })
      await compressAnswers(client, Promise.resolve(far))
      await once(client, 'ready')
      const output = new PassThrough()
      client.exec('seq 50000', (_error, stream) => stream.pipe(output))
      expect((await text(output)).split('\n').slice(0, -1).map(Number)).to.deep.equal(numbers)
      expect(socket.bytesRead < 200_000).to.equal(compressed)
      client.end()
    })
  }

  it('sends a long first message once, though the first key is refused', async () => {
    const content = randomBytes(600_000)
    const script = sh`${Blob.of(content)} | sha256sum; echo >>/tmp/login-long; wc -l </tmp/login-long`
    const sum = createHash('sha256').update(content).digest('hex')
    expect(await ask(script, 'root', [unknown(), own()])).to.equal(`${sum}  -\n1`)
  })

  it('says so when the host opens no channel', async () => {
    expect(await problemOf(whoAmI('none', [own()]))).to.match(/^host\.unreachable: .*open failed/s)
  })

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
