import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { Problem } from '../kernel/problem.ts'
import { quote } from '../kernel/sh.ts'
import type { Channel, Link } from './channel.ts'
import type { SshTarget } from './ssh-options.ts'

/** In a session of its own: Ctrl-C is ours to hear. */
const APART = { stdin: 'pipe', buffer: false, reject: false, detached: true, encoding: 'buffer' } as const

/**
 * A link by the OpenSSH client, for what the library can't do: jump hosts, certificates, agents that are forwarded. One
 * connection for all shells (ControlMaster), closed at the end. A password is given to `account` alone, as ssh names it: a gate
 * that asks for one gets none. Raises `host.unreachable` in ssh's own words.
 */
export async function opensshLink(name: string, target: SshTarget, account: string): Promise<Link> {
  const folder = await mkdtemp(join(tmpdir(), 'provision-ssh-'))
  const socket = join(folder, createHash('sha1').update(name).digest('hex').slice(0, 8))
  // ssh(1) takes the first value that it is given: a socket of the user's may be in use, but how long to wait is theirs to say.
  const args = [
    ...(target.password === null ? ['-o', 'BatchMode=yes'] : ['-o', 'NumberOfPasswordPrompts=1']),
    ...['-o', `ControlPath=${socket}`],
    ...target.args,
    ...['-o', `ConnectTimeout=${target.timeout}`, '-o', 'ServerAliveInterval=30', '-o', 'ServerAliveCountMax=4'],
    ...(target.acceptNewHostKeys ? ['-o', 'StrictHostKeyChecking=accept-new'] : []),
    ...(target.port === null ? [] : ['-p', String(target.port)]),
    ...(target.user === null ? [] : ['-l', target.user]),
    ...(target.privateKeyFile === null ? [] : ['-i', target.privateKeyFile]),
  ]
  const label = `${name} (${target.host})`
  const helper = target.password === null ? {} : await passwordHelper(folder, target.password, account)
  const master = await begin(target, args, join(folder, 'words'), helper).finally(() =>
    rm(join(folder, 'password'), { force: true }),
  )
  if (typeof master === 'string') {
    await rm(folder, { recursive: true })
    throw new Problem({ code: 'host.unreachable', summary: 'Host unreachable', detail: `${label}: ${master}` })
  }
  return {
    label,
    open: async (command) => start(target, args, command),
    async close() {
      await master.end()
      await rm(folder, { recursive: true })
    },
  }
}

/**
 * Makes the connection, which lasts until its end is asked for, or this process is no more and what it holds open with it; what went
 * wrong if it can't be made. What ssh says goes to a file: a command of its own (`ProxyCommand`) may keep a pipe open after its end.
 */
async function begin({ executable, host }: SshTarget, args: readonly string[], file: string, env: Environment) {
  const words = createWriteStream(file)
  await once(words, 'open')
  const wait = ['-M', '-T', '-o', 'ControlPersist=no', ...args, host, 'echo; exec cat >/dev/null']
  const master = execa(executable, wait, { ...APART, stderr: words, env })
  const isThere = await Promise.race([once(master.stdout, 'data').then(() => true), master.then(() => false)])
  words.close()
  if (isThere) {
    const end = async () => {
      master.kill()
      await master
    }
    return { end }
  }
  const { code } = await master
  if (code === 'ENOENT') return 'the OpenSSH client is not installed'
  return (await readFile(file, 'utf8')).trim() || 'ssh failed'
}

type Environment = { readonly [name: string]: string }

/**
 * What makes ssh(1) take a password from a file of ours, by a program that it calls with its question (SSH_ASKPASS, since OpenSSH
 * 8.4). The folder is ours alone.
 */
async function passwordHelper(folder: string, password: string, account: string): Promise<Environment> {
  const helper = join(folder, 'askpass')
  const file = join(folder, 'password')
  await writeFile(file, `${password}\n`, { mode: 0o600 })
  const answers = `case $1 in ${quote(account)}"'s password: " | ${quote(`(${account}) `)}*) exec cat ${quote(file)} ;; *) exit 1 ;; esac`
  await writeFile(helper, `#!/bin/sh\n${answers}\n`, { mode: 0o700 })
  return { SSH_ASKPASS: helper, SSH_ASKPASS_REQUIRE: 'force' }
}

function start({ executable, host }: SshTarget, args: readonly string[], command: string): Channel {
  const child = execa(executable, ['-T', ...args, host, command], APART)
  return {
    stdin: child.stdin,
    stdout: child.stdout,
    stderr: child.stderr,
    ended: child.then((result) => ({ code: result.exitCode ?? null })),
    kill: () => child.stdin.end(),
  }
}
