import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'chai'
import { execa } from 'execa'
import { down, status, up } from '../../src/lab/lab.ts'
import { labId, namesOf } from '../../src/lab/names.ts'
import type { LabHost } from '../../src/lab/types.ts'
import { differences, uniqueName, withLab } from '../support/lab.ts'

const TRIO: readonly LabHost[] = [
  { name: 'lb01', image: 'debian-13', octet: 11 },
  { name: 'web01', image: 'debian-sid', octet: 21 },
  { name: 'web02', image: 'debian-12', octet: 22 },
]
const ONE = TRIO.slice(0, 1)

describe('lab: hosts that are up', function () {
  this.timeout(60_000)
  const lab = withLab('up', TRIO)
  const ssh = (...args: string[]) =>
    execa('ssh', ['-F', lab.file('ssh_config'), '-o', 'BatchMode=yes', ...args], { reject: false })

  for (const { name, image } of TRIO) {
    it(`${name} (${image}): strict SSH, its own name, no Python, every unit running`, async () => {
      const script = 'hostname; sudo -n id -u; command -v python3; systemctl is-system-running'
      expect((await ssh(name, script)).stdout.split('\n')).to.deep.equal([name, '0', 'running'])
    })
    it(`${name}: operator becomes root with the password only, root logs in by key`, async () => {
      const refused = await ssh(`operator@${name}`, 'sudo -n id')
      expect([refused.exitCode, refused.stderr]).to.deep.equal([1, 'sudo: a password is required'])
      const input = 'operator-sudo\n'
      const become = await execa('ssh', ['-F', lab.file('ssh_config'), `operator@${name}`, 'sudo -S id -u'], { input })
      expect(become.stdout).to.equal('0')
      expect((await ssh(`root@${name}`, 'id -u')).stdout).to.equal('0')
    })
  }

  it('refuses a host whose key is another', async () => {
    const known = join(mkdtempSync(join(tmpdir(), 'lab-')), 'known_hosts')
    writeFileSync(
      known,
      readFileSync(lab.file('known_hosts'), 'utf8').replaceAll('web01', 'x').replaceAll('lb01', 'web01'),
    )
    const ran = await ssh('-o', `UserKnownHostsFile=${known}`, '-o', 'HostKeyAlias=web01', 'web01', 'true')
    rmSync(join(known, '..'), { recursive: true })
    expect([ran.exitCode, ran.stderr]).to.satisfy(
      ([code, text]: [number, string]) => code === 255 && /changed|verification/i.test(text),
    )
  })
  it('keeps the contract with inventories: network, keys and modes', () => {
    const network = readFileSync(lab.file('network'), 'utf8')
    expect(network).to.match(/^10\.213\.\d+$/)
    expect(lab.host('web01').address).to.equal(`${network}.21`)
    expect(statSync(lab.file('id_ed25519')).mode & 0o777).to.equal(0o600)
    expect(readFileSync(lab.file('known_hosts'), 'utf8')).to.contain(`${network}.21,web01 ssh-ed25519 `)
  })
  it('hosts know one another by name', async () => {
    await lab.sure('lb01', 'getent ahostsv4 web01 web02 lb01')
    const script =
      'for host in lb01 web01 web02; do exec 3<>/dev/tcp/$host/22; read -r banner <&3; echo "$host ${banner%%-*}"; done'
    const answers = await lab.sure('web02', `bash -c '${script}'`)
    expect(answers).to.equal('lb01 SSH\nweb01 SSH\nweb02 SSH\n')
  })
  it('up again changes nothing', async () => {
    const before = lab.status()
    const again = await up({ name: lab.name, hosts: TRIO, python: false })
    expect(again).to.deep.equal(before)
  })
  it('up with other hosts is a problem, not a guess', async () => {
    const failed = await up({ name: lab.name, hosts: ONE, python: false }).catch((error: unknown) => error)
    expect(failed).to.include({ code: 'lab.differs' })
  })
})

describe('lab: reset', function () {
  this.timeout(60_000)
  const lab = withLab('reset', TRIO)

  it('gives back the pristine host in less than 3 seconds, with the same keys', async () => {
    const pristine = await lab.fingerprint('web01')
    const untouched = await lab.fingerprint('lb01')
    const marks = [
      'echo x >/etc/new; rm /etc/issue; rm -r /etc/pam.d; mkdir /etc/pam.d; chmod 700 /srv; useradd someone',
      'systemctl mask cron; sysctl -q -w net.ipv4.ip_default_ttl=9; ip address add 10.9.9.9/32 dev lo; hostname other',
    ]
    await lab.sure('web01', marks.join('; '))
    const changed = differences(pristine, await lab.fingerprint('web01')).map((line) => line.split(':')[0])
    expect(changed).to.include.members([
      'address lo 10.9.9.9/32',
      'enabled cron.service',
      'file /etc/issue',
      'file /etc/new',
      'file /etc/pam.d/sshd',
      'file /srv',
      'hostname',
      'sysctl net.ipv4.ip_default_ttl',
      'user someone',
    ])
    await lab.reset(['web01'])
    expect(differences(pristine, await lab.fingerprint('web01'))).to.deep.equal([])
    expect(differences(untouched, await lab.fingerprint('lb01'))).to.deep.equal([])
    expect((await execa('ssh', ['-F', lab.file('ssh_config'), 'web01', 'hostname'])).stdout).to.equal('web01')
  })
  it('a fingerprint is the same twice, logins and sudo between', async () => {
    const before = await lab.fingerprint('web02')
    await execa('ssh', ['-F', lab.file('ssh_config'), 'web02', 'sudo true'])
    expect(differences(before, await lab.fingerprint('web02'))).to.deep.equal([])
  })
})

describe('lab: side by side', function () {
  this.timeout(60_000)
  const first = withLab('side-a', ONE)
  const second = withLab('side-b', ONE)

  it('two labs have networks and files of their own', async () => {
    expect(first.status().network).to.not.equal(second.status().network)
    await first.sure('lb01', 'touch /etc/mark')
    expect((await second.run('lb01', 'test -e /etc/mark')).rc).to.equal(1)
  })
  it('a service that one host stops goes on in the other', async () => {
    await first.sure('lb01', 'systemctl stop dbus.service dbus.socket ssh.service')
    expect(await second.sure('lb01', 'systemctl is-active dbus.service ssh.service')).to.equal('active\nactive\n')
  })
  it('two folders can both have a lab of one name', async () => {
    const other = realpathSync(mkdtempSync(join(tmpdir(), 'lab-')))
    const twin = await up({ name: first.name, hosts: ONE, python: false }, { project: other })
    expect(twin.network).to.not.equal(first.status().network)
    await down(first.name, { project: other })
    rmSync(other, { recursive: true })
    expect((await status(first.name)).hosts[0]!.state).to.equal('running')
  })
})

describe('lab: down leaves nothing', function () {
  this.timeout(120_000)
  const name = uniqueName('gone')
  const names = namesOf(labId(name, process.cwd()))
  afterEach(() => down(name).then(() => undefined))

  it('of a lab that is whole', async () => {
    await up({ name, hosts: TRIO, python: false })
    expect(await traces()).to.not.deep.equal([])
    await down(name)
    expect(await traces()).to.deep.equal([])
  })
  it('after a host was killed, by its init or by its keeper; and up mends it with its files', async () => {
    const { hosts } = await up({ name, hosts: TRIO, python: false })
    writeFileSync(join(names.host(TRIO[0]!).root, 'srv', 'mine'), '')
    for (const host of hosts) process.kill(host.pid!, 'SIGKILL')
    await until(async () => (await status(name)).hosts.every(({ state }) => state === 'stopped'))
    const mended = await up({ name, hosts: TRIO, python: false })
    expect(mended.hosts.map(({ state }) => state)).to.deep.equal(['running', 'running', 'running'])
    expect(existsSync(join(names.host(TRIO[0]!).root, 'srv', 'mine'))).to.equal(true)
    for (const host of mended.hosts) process.kill(parentOf(host.pid!), 'SIGKILL')
    await down(name)
    expect(await traces()).to.deep.equal([])
  })
  for (const ms of [700, 900, 1100, 1300]) {
    it(`of a lab whose up was killed ${ms} ms after its start; and up after that works`, async () => {
      const start = async () => {
        const process_ = spawn(process.execPath, ['--import', 'tsx', 'scripts/lab.ts', 'up', '--name', name], {
          stdio: 'ignore',
        })
        await sleep(ms)
        process_.kill('SIGKILL')
        await once(process_, 'exit')
      }
      await start()
      await down(name)
      expect(await traces()).to.deep.equal([])
      await start()
      const hosts = TRIO.map((host) => (host.name === 'web02' ? { ...host, image: 'debian-sid' as const } : host))
      expect((await up({ name, hosts, python: false })).hosts.map(({ state }) => state)).to.deep.equal(
        hosts.map(() => 'running'),
      )
    })
  }

  /** Everything on this machine that carries the lab's name. */
  async function traces(): Promise<string[]> {
    const key = names.bridge
    const found: string[] = []
    const mounts = readFileSync('/proc/self/mountinfo', 'utf8').split('\n')
    found.push(...mounts.filter((line) => line.includes(key) || line.includes(names.id)))
    found.push(...(await readdir('/run/netns').catch(() => [])).filter((entry) => entry.startsWith(key)))
    found.push(...(await execa('ip', ['-o', 'link'])).stdout.split('\n').filter((line) => line.includes(key)))
    found.push(
      ...(await execa('nft', ['list', 'tables'])).stdout.split('\n').filter((line) => line.includes(names.table)),
    )
    for (const folder of [names.state, `.provision/lab/${name}`]) if (existsSync(folder)) found.push(folder)
    const cgroups = (await execa('find', ['/sys/fs/cgroup', '-type', 'd', '-name', `${key}*`], { reject: false }))
      .stdout
    found.push(...cgroups.split('\n').filter((line) => line !== ''))
    const leftovers = await execa('find', ['/run/systemd/nspawn', '-name', `*${key}*`], { reject: false })
    found.push(...leftovers.stdout.split('\n').filter((line) => line !== ''))
    const processes = (await execa('ps', ['-eo', 'pid,args'])).stdout.split('\n')
    return [...found, ...processes.filter((line) => line.includes(key))]
  }
})

describe('lab: without an uplink', function () {
  this.timeout(120_000)
  const name = uniqueName('offline')
  const namespace = name
  const inside = (program: string, args: readonly string[]) =>
    execa('nsenter', [`--net=/run/netns/${namespace}`, program, ...args], { reject: false })
  const lab = (...args: string[]) =>
    inside(process.execPath, ['--import', 'tsx', 'scripts/lab.ts', ...args, '--name', name])

  before(async () => {
    await up({ name, hosts: ONE, python: false })
    const folder = (await status(name)).folder
    await execa('ssh', ['-F', join(folder, 'ssh_config'), 'lb01', INSTALL])
    await down(name)
    await execa('ip', ['netns', 'add', namespace])
    await inside('ip', ['link', 'set', 'lo', 'up'])
  })
  after(async () => {
    await lab('down')
    const { stdout } = await execa('ip', ['netns', 'pids', namespace])
    for (const pid of stdout.split('\n').filter((line) => line !== '')) process.kill(Number(pid), 'SIGKILL')
    await execa('ip', ['netns', 'delete', namespace])
  })

  it('a second up and the packages fetched before work', async () => {
    const inventory = join(mkdtempSync(join(tmpdir(), 'lab-')), 'hosts.yml')
    writeFileSync(
      inventory,
      'all:\n  children:\n    lb:\n      hosts:\n        lb01: {lab_image: debian-13, ansible_host: 10.0.0.11}\n',
    )
    const started = await lab('up', inventory)
    rmSync(join(inventory, '..'), { recursive: true })
    expect([started.exitCode, started.stderr]).to.deep.equal([0, ''])
    const config = join('.provision', 'lab', name, 'ssh_config')
    const installed = await inside('ssh', ['-F', config, 'lb01', `${INSTALL} && /usr/sbin/nginx -v 2>&1`])
    expect([installed.exitCode, installed.stdout]).to.satisfy(
      ([code, text]: [number, string]) => code === 0 && text.includes('nginx version'),
    )
    const unknown = await inside('ssh', ['-F', config, 'lb01', 'sudo apt-get install -y -q mc 2>&1'])
    expect([unknown.exitCode, unknown.stdout]).to.satisfy(
      ([code, text]: [number, string]) => code === 100 && text.includes('Upstream is away'),
    )
  })
})

const INSTALL =
  'sudo sh -c "apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends nginx >/dev/null"'

function parentOf(pid: number): number {
  return Number(/^PPid:\t(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1])
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  for (let waited = 0; waited < 10_000 && !(await condition()); waited += 50) await sleep(50)
}
