import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { differences, type Fingerprint, type TestLab } from './lab.ts'
import type { Ended } from './site.ts'

/** A host's state: its fingerprint, and what the files tell that hold an entry for each package or user. */
export type State = Fingerprint

/** What a run made of a host: the entries of its state that are not as they were before it, gone ones as `absent`. */
export type Made = ReadonlyMap<string, string>

/** A difference that says nothing about the two programs: which entries it is in, and why. */
export type Allowed = { readonly entry: RegExp; readonly why: string }

const TIME_LIMIT = 400_000

/**
 * Installs Debian's `ansible` on this machine where it is not there, as root and by apt-get, and says so. Throws where that cannot be
 * done: on another system, or without the `community.mysql` collection, which is part of that package.
 */
export async function ensureAnsible(): Promise<void> {
  if (await hasAnsible()) return
  process.stdout.write('    installing ansible on this machine, to compare with\n')
  const env = { DEBIAN_FRONTEND: 'noninteractive' }
  await execa('apt-get', ['update', '-q'], { reject: false })
  await execa('apt-get', ['install', '-y', '-q', '--no-install-recommends', 'ansible'], { env })
  if (!(await hasAnsible()))
    throw new Error('this test needs Ansible with community.mysql: the package ansible of Debian')
}

async function hasAnsible(): Promise<boolean> {
  const ran = await execa('ansible-doc', ['community.mysql.mysql_db', '--json'], { reject: false })
  return ran.exitCode === 0 && ran.stdout.includes('"mysql_db"')
}

/** `ansible-playbook` with the same inventory, playbook and roles on a lab that has Python, nothing of this machine's settings in it. */
export async function ansiblePlaybook(lab: TestLab, inventory: string, ...args: string[]): Promise<Ended> {
  const home = mkdtempSync(join(tmpdir(), 'twin-'))
  const settings = join(home, 'ansible.cfg')
  writeFileSync(settings, '')
  const env = {
    PATH: process.env.PATH,
    HOME: home,
    LANG: 'C.UTF-8',
    PROVISION_LAB: lab.name,
    ANSIBLE_CONFIG: settings,
    ANSIBLE_HOME: home,
    ANSIBLE_LOCAL_TEMP: join(home, 'tmp'),
    // The connections are kept in a folder of their own, so that none goes to an earlier lab of the same address.
    ANSIBLE_SSH_CONTROL_PATH_DIR: join(home, 'cp'),
    ANSIBLE_HOST_KEY_CHECKING: 'True',
    ANSIBLE_PIPELINING: 'True',
    ANSIBLE_ROLES_PATH: 'roles',
    ANSIBLE_NOCOLOR: 'True',
  }
  const options = { env, extendEnv: false, reject: false, all: true, input: '', timeout: TIME_LIMIT } as const
  try {
    const ended = await execa('ansible-playbook', ['-i', inventory, 'playbooks/site.yml', ...args], options)
    return { code: ended.exitCode ?? 255, stdout: ended.stdout, text: ended.all }
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
}

/** The numbers of Ansible's recap, by host: `{ web01: { ok: 40, changed: 0, … } }`. */
export function recapOf(stdout: string): { [host: string]: { [counter: string]: number } } {
  const lines = stdout.slice(stdout.lastIndexOf('PLAY RECAP')).matchAll(/^(\S+)\s+: (ok=.*)$/gm)
  return Object.fromEntries(
    [...lines].map(([, host, counters]) => [
      host!,
      Object.fromEntries([...counters!.matchAll(/(\w+)=(\d+)/g)].map(([, name, count]) => [name!, Number(count)])),
    ]),
  )
}

/** The state of a host, to be told from what a run makes of it. */
export async function stateOf(lab: TestLab, host: string): Promise<State> {
  return new Map([...(await lab.fingerprint(host)), ...entries(await lab.sure(host, ENTRIES))])
}

/**
 * What a run made of a host that was in the state `bare`: files by kind, mode, owner and content, packages, users, groups, units,
 * network, and what a database server holds and how it is set. The lab's own network is written NETWORK and a server id ID, so that
 * hosts of two labs can be compared.
 */
export async function madeOf(lab: TestLab, host: string, bare: State): Promise<Made> {
  const now = await stateOf(lab, host)
  const changed = differences(bare, now).map((line) => line.slice(0, line.indexOf(': ')))
  const made = new Map(changed.map((name) => [name, now.get(name) ?? 'absent']))
  for (const [name, text] of await textsWithNetwork(lab, host, made)) {
    made.set(name, `${made.get(name)!.replace(/ \S+$/, '')}\n${text}`)
  }
  for (const [name, value] of entries(await lab.sure(host, DATABASE))) made.set(`database ${name}`, value)
  const network = lab.status().network
  return new Map([...made].map(([name, value]) => [neutral(name, network), neutral(value, network)]))
}

function neutral(text: string, network: string): string {
  return text.replaceAll(network, 'NETWORK').replace(/^server_id = \d+$/m, 'server_id = ID')
}

/** The whole text of each file that names the lab's network: a digest of it would be another in every lab. */
async function textsWithNetwork(lab: TestLab, host: string, made: Made): Promise<[string, string][]> {
  const files = [...made].filter(([name, value]) => name.startsWith('file /') && value.startsWith('file '))
  const paths = files.map(([name]) => name.slice('file '.length))
  const script = `xargs -r -d '\\n' grep -lIF '${lab.status().network}' -- || :`
  const found = (await lab.sure(host, script, paths.join('\n'))).split('\n').filter((path) => path !== '')
  return Promise.all(
    found.map(
      async (path): Promise<[string, string]> => [`file ${path}`, await lab.sure(host, 'xargs -d "\\n" cat', path)],
    ),
  )
}

function entries(lines: string): [string, string][] {
  const split = lines.split('\n').filter((line) => line !== '')
  return split.map((line) => [line.split('\t', 1)[0]!, line.slice(line.indexOf('\t') + 1)])
}

/** Passwords of users, packages that someone asked for, and diversions: their files hold what the image has, too. */
const ENTRIES = `
cut -d: -f1,2 /etc/shadow | sed 's/^\\([^:]*\\):/password \\1\\t/'
apt-mark showmanual | sed 's/.*/asked for &\\tyes/'
dpkg-divert --list | sort | sed 's/$/\\tyes/'
`

/** Accounts with what they may do, databases, settings and the state of replication, one entry a line: its name, a tab, its value. */
const DATABASE = `
command -v mariadb >/dev/null || exit 0
ask() { mariadb --batch --skip-column-names --raw --execute="$1"; }
ask "SELECT CONCAT('schema ', schema_name), default_character_set_name FROM information_schema.schemata"
ask "SELECT CONCAT('variable ', LOWER(variable_name)), REPLACE(REPLACE(variable_value, CHAR(9), ' '), CHAR(10), ' ') FROM information_schema.global_variables"
ask "SELECT CONCAT(QUOTE(user), '@', QUOTE(host)) FROM mysql.user WHERE user <> ''" | while IFS= read -r account; do
  ask "SHOW GRANTS FOR $account" </dev/null | sort | tr '\\n' ';' | sed "s/^/account $account\\t/"; echo
done
ask 'SHOW ALL SLAVES STATUS\\G' | sed -n 's/^ *\\(Master_Host\\|Master_User\\|Master_Port\\|Slave_IO_Running\\|Slave_SQL_Running\\|Using_Gtid\\|Master_SSL_Allowed\\|Last_Errno\\): \\(.*\\)/replication \\1\\t\\2/p'
`

/**
 * What the packages brought that only the hosts for Ansible have from the start: Python, and what it depends on. A run on the others
 * may install some of it.
 */
export async function broughtByPython(lab: TestLab, host: string, without: State, withPython: State): Promise<Allowed> {
  const packages = [...withPython.keys()].filter((name) => name.startsWith('package '))
  const pathsOf = async (some: readonly string[]) =>
    (await lab.sure(host, `xargs dpkg -L`, some.map((name) => name.slice('package '.length)).join('\n'))).split('\n')
  const brought = packages.filter((name) => !without.has(name))
  const shared = new Set(await pathsOf(packages.filter((name) => without.has(name))))
  const paths = (await pathsOf(brought)).filter((path) => path.startsWith('/') && !shared.has(path))
  const name = anyOf(brought.map((each) => each.slice('package '.length)))
  const file = `${anyOf(paths)}|/var/lib/dpkg/info/${name}(:[a-z0-9]+)?\\.\\w+|/var/cache/apt/archives/${name}_[^/]*\\.deb`
  return {
    entry: new RegExp(`^((package|asked for|diversion of .* by) ${name}|file (${file})): `),
    why: 'Python, and what it needs',
  }
}

function anyOf(texts: readonly string[]): string {
  return `(${texts.map((text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|')})`
}

/** How two hosts differ that two programs made, but for what is allowed; one line for each thing. */
export function twinDifferences(one: Made, other: Made, allowed: readonly Allowed[]): string[] {
  return differences(one, other).filter((line) => !allowed.some(({ entry }) => entry.test(line)))
}
