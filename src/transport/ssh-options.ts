import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { Problem } from '../kernel/problem.ts'
import { readKnownHosts } from './known-hosts.ts'
import type { SharedFiles } from './shared-files.ts'
import { hasSay, usersConfig } from './ssh-config.ts'

/** How to reach a host over SSH, as the variables and keywords of the playbook say. */
export type SshTarget = {
  readonly host: string
  readonly port: number | null
  readonly user: string | null
  readonly password: string | null
  readonly privateKeyFile: string | null
  /** `ansible_ssh_common_args` and `ansible_ssh_extra_args`, as words for ssh(1). */
  readonly args: readonly string[]
  /** The OpenSSH client: a name or a path. */
  readonly executable: string
  /** Seconds. */
  readonly timeout: number
  readonly acceptNewHostKeys: boolean
}

/** The options of ssh_config(5) that decide a connection; keys in lower case, files with `~` replaced. */
export type SshOptions = {
  readonly host: string
  readonly port: number
  readonly user: string
  /** As whom ssh(1) knows the account when it asks for its password. */
  readonly account: string
  readonly identityFiles: readonly string[]
  readonly knownHostsFiles: readonly string[]
  readonly strictHostKeyChecking: 'yes' | 'accept-new' | 'no'
  /** Seconds. */
  readonly timeout: number
  /** What reads those files. */
  readonly files: SharedFiles
  /** Needs what only OpenSSH does: a jump host, an agent that is forwarded, algorithms of one's own, GSSAPI. */
  readonly needsOpenSsh: boolean
}

function isUsual(executable: string): boolean {
  return executable === 'ssh' || executable === '/usr/bin/ssh'
}

/** What is said of each keyword, in order. */
type Settings = ReadonlyMap<string, readonly string[]>

const DEFAULT_KEYS = ['id_ed25519', 'id_ecdsa', 'id_rsa']

/** What OpenSSH alone does, and the value of each that asks for nothing. */
const LEFT_TO_OPENSSH: ReadonlyMap<string, string> = new Map([
  ['addressfamily', 'any'],
  ['bindaddress', ''],
  ['bindinterface', ''],
  ['certificatefile', 'none'],
  ['dynamicforward', ''],
  ['forwardagent', 'no'],
  ['hostkeyalias', ''],
  ['identityagent', 'SSH_AUTH_SOCK'],
  ['knownhostscommand', 'none'],
  ['localforward', ''],
  ['pkcs11provider', 'none'],
  ['proxycommand', 'none'],
  ['proxyjump', 'none'],
  ['remoteforward', ''],
  ['revokedhostkeys', 'none'],
  ['setenv', ''],
])

/** Of these `ssh -G` always tells a value, and distributions set them for all hosts: only what users say themselves counts. */
const ALGORITHMS: ReadonlySet<string> = new Set([
  'ciphers',
  'hostkeyalgorithms',
  'kexalgorithms',
  'macs',
  'pubkeyacceptedalgorithms',
  'pubkeyacceptedkeytypes',
])

/** The keywords that `interpret` reads, and one that changes what others mean. */
const ASKED: ReadonlySet<string> = new Set([
  'hostname',
  'port',
  'user',
  'identityfile',
  'userknownhostsfile',
  'globalknownhostsfile',
  'stricthostkeychecking',
  ...LEFT_TO_OPENSSH.keys(),
  'canonicalizehostname',
])

const WITH_KERBEROS: ReadonlySet<string> = new Set([...ASKED, 'gssapiauthentication'])

/**
 * Works out the options for a target: from ssh(1) itself (`ssh -G`) where a configuration file can have a say, else from the
 * arguments alone, which saves a process for each host.
 */
export async function resolveOptions(target: SshTarget, files: SharedFiles): Promise<SshOptions> {
  const mustAsk = !isSimple(target.args) || hasSay(hasKerberos() ? WITH_KERBEROS : ASKED, target.host, files)
  const own = fromArgs(target.args)
  return interpret(mustAsk ? await askSsh(target) : own, own, target, files)
}

function isSimple(args: readonly string[]): boolean {
  for (let index = 0; index < args.length; index++) {
    if (args[index] === '-o') index++
    else if (!args[index]!.startsWith('-o') && args[index] !== '-C') return false
  }
  return true
}

function fromArgs(args: readonly string[]): Map<string, string[]> {
  const options = new Map<string, string[]>()
  for (let index = 0; index < args.length; index++) {
    if (!args[index]!.startsWith('-o')) continue
    const text = args[index] === '-o' ? (args[++index] ?? '') : args[index]!.slice(2)
    const [, name, value] = /^\s*([A-Za-z0-9]+)\s*[= ]\s*(.*)$/s.exec(text) ?? []
    if (name !== undefined) add(options, name, value!)
  }
  return options
}

async function askSsh(target: SshTarget): Promise<Map<string, string[]>> {
  const { execa } = await import('execa')
  const { stdout, stderr, failed } = await execa(target.executable, ['-G', ...target.args, target.host], {
    reject: false,
  })
  if (failed) {
    throw new Problem({
      code: 'ssh.options',
      summary: 'ssh does not take these options',
      detail: stderr === '' ? 'ssh -G failed; is the OpenSSH client installed?' : stderr,
    })
  }
  const options = new Map<string, string[]>()
  for (const line of stdout.split('\n')) {
    const space = line.indexOf(' ')
    if (space > 0) add(options, line.slice(0, space), line.slice(space + 1))
  }
  return options
}

function add(options: Map<string, string[]>, name: string, value: string): void {
  const key = name.toLowerCase()
  options.set(key, [...(options.get(key) ?? []), value])
}

/** `own` is what the arguments alone say. */
function interpret(options: Settings, own: Settings, target: SshTarget, files: SharedFiles): SshOptions {
  const one = (name: string) => options.get(name)?.[0]
  const host = one('hostname') ?? target.host
  const user = target.user ?? one('user') ?? process.env.USER ?? 'root'
  const named =
    target.privateKeyFile === null
      ? (options.get('identityfile') ?? DEFAULT_KEYS.map((name) => `~/.ssh/${name}`))
      : [target.privateKeyFile]
  const identityFiles = named.map(expandHome)
  const known = one('userknownhostsfile')?.split(/\s+/) ?? ['~/.ssh/known_hosts', '~/.ssh/known_hosts2']
  const globalKnown = one('globalknownhostsfile')?.split(/\s+/) ?? [
    '/etc/ssh/ssh_known_hosts',
    '/etc/ssh/ssh_known_hosts2',
  ]
  const port = target.port ?? Number(one('port') ?? 22)
  const knownHostsFiles = [...known, ...globalKnown].map(expandHome)
  const strictHostKeyChecking = target.acceptNewHostKeys ? 'accept-new' : strictness(one('stricthostkeychecking'))
  const isSigned = () => knownHostsFiles.some((file) => files.get(file, readKnownHosts)?.hasAuthority(host, port))
  return {
    host,
    port,
    user,
    account: `${user}@${one('hostkeyalias') ?? host.toLowerCase()}`,
    identityFiles,
    knownHostsFiles,
    timeout: Number(own.get('connecttimeout')?.[0] ?? target.timeout) || target.timeout,
    files,
    strictHostKeyChecking,
    needsOpenSsh:
      !isUsual(target.executable) ||
      [...LEFT_TO_OPENSSH].some(([name, nothing]) => (one(name) ?? nothing) !== nothing) ||
      (one('gssapiauthentication') === 'yes' && hasKerberos()) ||
      identityFiles.some((file) => existsSync(`${file}-cert.pub`)) ||
      choosesAlgorithms(own, target.host, files) ||
      (strictHostKeyChecking !== 'no' && isSigned()),
  }
}

function choosesAlgorithms(own: Settings, host: string, files: SharedFiles): boolean {
  return [...own.keys()].some((name) => ALGORITHMS.has(name)) || hasSay(ALGORITHMS, host, files, [usersConfig()])
}

/** Debian's ssh_config switches GSSAPI on for everybody, and without Kerberos it lets nobody in. */
function hasKerberos(): boolean {
  return (
    process.env.KRB5CCNAME !== undefined ||
    existsSync(`/tmp/krb5cc_${process.getuid?.()}`) ||
    existsSync('/etc/krb5.conf')
  )
}

/** Nobody can be asked during a run, so `ask` means `yes`. */
function strictness(value: string | undefined): SshOptions['strictHostKeyChecking'] {
  if (value === 'accept-new') return 'accept-new'
  return value === 'no' || value === 'off' || value === 'false' ? 'no' : 'yes'
}

function expandHome(path: string): string {
  return path.replace(/^~(?=\/)/, homedir())
}
