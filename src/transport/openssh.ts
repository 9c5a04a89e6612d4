import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { Problem } from '../kernel/problem.ts'
import type { Channel, Link } from './channel.ts'
import type { SshTarget } from './ssh-options.ts'

/**
 * A link by the OpenSSH client, for what the library can't do: jump hosts, proxy commands, certificates, security keys. One
 * connection for all shells (ControlMaster), closed at the end. Raises `host.unreachable` in ssh's own words.
 */
export async function opensshLink(name: string, target: SshTarget): Promise<Link> {
  const folder = await mkdtemp(join(tmpdir(), 'provision-ssh-'))
  const socket = join(folder, createHash('sha1').update(name).digest('hex').slice(0, 8))
  // ssh(1) takes the first value that it is given: a socket of the user's may be in use, but how long to wait is theirs to say.
  const args = [
    ...['-o', 'BatchMode=yes', '-o', `ControlPath=${socket}`],
    ...target.args,
    ...['-o', `ConnectTimeout=${target.timeout}`],
    ...(target.acceptNewHostKeys ? ['-o', 'StrictHostKeyChecking=accept-new'] : []),
    ...(target.port === null ? [] : ['-p', String(target.port)]),
    ...(target.user === null ? [] : ['-l', target.user]),
    ...(target.privateKeyFile === null ? [] : ['-i', target.privateKeyFile]),
  ]
  const label = `${name} (${target.host})`
  const failure = await begin(target, args, join(folder, 'words'))
  if (failure !== null) {
    await rm(folder, { recursive: true, force: true })
    throw new Problem({ code: 'host.unreachable', summary: 'Host unreachable', detail: `${label}: ${failure}` })
  }
  return {
    label,
    open: async (command) => start(target, args, command),
    async close() {
      await execa(target.executable, ['-O', 'exit', ...args, target.host], { reject: false })
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/**
 * Makes the connection, which stays in the background; what went wrong if it can't be. What ssh says goes to a file: a command of
 * its own (`ProxyCommand`) keeps standard error as long as it lives, so a pipe would not end.
 */
async function begin({ executable, host }: SshTarget, args: readonly string[], file: string): Promise<string | null> {
  const words = createWriteStream(file)
  await once(words, 'open')
  try {
    const { failed, code } = await execa(executable, ['-M', '-N', '-f', '-o', 'ControlPersist=no', ...args, host], {
      reject: false,
      stdio: ['ignore', 'ignore', words],
    })
    if (!failed) return null
    if (code === 'ENOENT') return 'the OpenSSH client is not installed'
    return (await readFile(file, 'utf8')).trim() || 'ssh failed'
  } finally {
    words.close()
  }
}

function start({ executable, host }: SshTarget, args: readonly string[], command: string): Channel {
  const child = execa(executable, ['-T', ...args, host, command], {
    stdin: 'pipe',
    buffer: false,
    reject: false,
    detached: true,
    encoding: 'buffer',
  })
  return {
    stdin: child.stdin,
    stdout: child.stdout,
    stderr: child.stderr,
    ended: child.then((result) => ({ code: result.exitCode ?? null })),
    kill: () => child.stdin.end(),
  }
}
