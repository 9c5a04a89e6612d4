import { writeFile } from 'node:fs/promises'
import { expect } from 'chai'
import { connect } from '../../src/commands/connect.ts'
import { Lanes } from '../../src/kernel/lanes.ts'
import type { Problem } from '../../src/kernel/problem.ts'
import { sh } from '../../src/kernel/sh.ts'
import type { Become } from '../../src/kernel/shell.ts'
import { SharedFiles } from '../../src/transport/shared-files.ts'
import { withLab } from '../support/lab.ts'
import { atTerminal } from '../support/terminal.ts'

const HOST = { name: 'lb01', image: 'debian-13', octet: 11 } as const

/** `ann` may become others with her password, `bob` with that of the other, `cat` with none; a su(1) that asks in French (and changes nothing). */
const SETUP = `
apt-get update -qq && apt-get install -qq -y opendoas >/dev/null 2>&1
for user in ann bob cat; do
  useradd -m $user; echo $user:$user-secret | chpasswd
  install -d -o $user /home/$user/.ssh
  install -o $user -m 600 /root/.ssh/authorized_keys /home/$user/.ssh/authorized_keys
done
echo root:root-secret | chpasswd
echo 'PasswordAuthentication yes' >/etc/ssh/sshd_config.d/00-password.conf
systemctl restart ssh
printf 'ann ALL=(ALL) ALL\\ncat ALL=(ALL) NOPASSWD: ALL\\n' >/etc/sudoers.d/people
printf 'permit ann\\npermit nopass cat\\n' >/etc/doas.conf
cat >/usr/local/bin/su-fr <<'END'
#!/bin/sh
printf 'Mot de passe : ' >&2
IFS= read -r word
[ "$word" = root-secret ] || { echo "su-fr: Echec d'authentification" >&2; exit 1; }
exec /bin/sh -c "$3"
END
chmod 755 /usr/local/bin/su-fr
`

type Row = { name: string; login: string; become: Partial<Become>; want: string | RegExp }

const rows: readonly Row[] = [
  { name: 'sudo', login: 'cat', become: {}, want: 'root' },
  { name: 'sudo to another', login: 'root', become: { user: 'ann' }, want: 'ann' },
  { name: 'sudo with a password', login: 'ann', become: { password: 'ann-secret' }, want: 'root' },
  { name: 'sudo with a password that nobody asks for', login: 'cat', become: { password: 'x' }, want: 'root' },
  { name: 'sudo without the password', login: 'ann', become: {}, want: /^become\.password-missing: / },
  { name: 'sudo with a wrong password', login: 'ann', become: { password: 'x' }, want: /^become\.password-wrong: / },
  {
    name: 'sudo that is not allowed',
    login: 'bob',
    become: { password: 'bob-secret' },
    want: /^become\.failed: .*sudoers/s,
  },
  { name: 'su', login: 'root', become: { method: 'su', user: 'ann' }, want: 'ann' },
  { name: 'su with a password', login: 'bob', become: { method: 'su', password: 'root-secret' }, want: 'root' },
  {
    name: 'su with a password, asked in French',
    login: 'bob',
    become: { method: 'su', exe: 'su-fr', password: 'root-secret' },
    want: 'bob',
  },
  { name: 'su without the password', login: 'bob', become: { method: 'su' }, want: /^become\.password-missing: / },
  {
    name: 'su with a wrong password',
    login: 'bob',
    become: { method: 'su', password: 'x' },
    want: /^become\.password-wrong: /,
  },
  {
    name: 'su with a wrong password, refused in French',
    login: 'bob',
    become: { method: 'su', exe: 'su-fr', password: 'x' },
    want: /^become\.password-wrong: /,
  },
  { name: 'doas', login: 'cat', become: { method: 'doas' }, want: 'root' },
  {
    name: 'doas to another',
    login: 'cat',
    become: { method: 'doas', user: 'ann' },
    want: 'ann',
  },
  { name: 'doas without the password', login: 'ann', become: { method: 'doas' }, want: /^become\.password-missing: / },
  {
    name: 'doas with a password, which takes it from a terminal alone',
    login: 'ann',
    become: { method: 'doas', password: 'ann-secret' },
    want: /^become\.failed: .*Authentication failed.*from a terminal alone/s,
  },
  {
    name: 'a program that is not there',
    login: 'cat',
    become: { exe: '/no/sudo' },
    want: /^become\.failed: .*not found/s,
  },
]

describe('becoming another user', function () {
  this.timeout(60_000)
  const lab = withLab('become', [HOST])
  before(() => lab.sure('lb01', SETUP))

  const whoAmI = async (user: string, become: Partial<Become>) => {
    const login = { name: 'lb01', connection: 'ssh', address: lab.host('lb01').address, port: 22, user, password: null }
    const sshArgs = ['-o', `UserKnownHostsFile=${lab.file('known_hosts')}`]
    const ssh = { privateKeyFile: lab.file('id_ed25519'), sshArgs, sshExecutable: 'ssh', timeout: 10, retries: 0 }
    const shared = { acceptNewHostKeys: false, startups: new Lanes<string>(), files: new SharedFiles() }
    const connection = await connect({ ...login, ...ssh, shellExecutable: '/bin/sh' }, shared)
    try {
      const whom = { method: 'sudo', user: 'root', password: null, flags: null, exe: null, ...become }
      const [output] = (await connection.shell(whom)).run([{ script: sh`id -un` }])
      return (await output!).stdout.toString().trim()
    } catch (error) {
      const { code, message, hint } = error as Problem
      return `${code}: ${message} ${hint}`
    } finally {
      await connection.close()
    }
  }

  it('takes the password of the login where none is typed', async () => {
    const play = lab.file('play.yml')
    await writeFile(play, '- hosts: all\n  gather_facts: false\n  tasks:\n    - command: id -un\n')
    const hosts = [
      '-i',
      `${lab.host('lb01').address},`,
      '--ssh-common-args',
      `-o UserKnownHostsFile=${lab.file('known_hosts')}`,
    ]
    const { exit, shown } = await atTerminal(
      ['playbook', ...hosts, '-u', 'ann', '-b', '-k', '-K', '-v', play],
      [
        [/SSH password: /, 'ann-secret\r'],
        [/BECOME password\[defaults to SSH password\]: /, '\r'],
      ],
    )
    expect(exit, shown).to.equal(0)
    expect(shown)
      .to.match(/root/)
      .and.not.match(/ann-secret/)
  })

  for (const { name, login, become, want } of rows) {
    it(name, async () => {
      const answer = await whoAmI(login, become)
      if (typeof want === 'string') expect(answer).to.equal(want)
      else expect(answer, answer).to.match(want)
    })
  }
})
