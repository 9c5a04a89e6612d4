import { createHash } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
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
  const args = [
    ...target.args,
    ...['-o', 'BatchMode=yes', '-o', `ConnectTimeout=${target.timeout}`, '-o', `ControlPath=${socket}`],
    ...(target.acceptNewHostKeys ? ['-o', 'StrictHostKeyChecking=accept-new'] : []),
    ...(target.port === null ? [] : ['-p', String(target.port)]),
    ...(target.user === null ? [] : ['-l', target.user]),
    ...(target.privateKeyFile === null ? [] : ['-i', target.privateKeyFile]),
  ]
  const label = `${name} (${target.host})`
  const master = await execa(target.executable, ['-M', '-N', '-f', '-o', 'ControlPersist=no', ...args, target.host], {
    reject: false,
    stdin: 'ignore',
  })
  if (master.failed) {
    await rm(folder, { recursive: true, force: true })
    const words =
      master.stderr?.trim() || (master.code === 'ENOENT' ? 'the OpenSSH client is not installed' : 'ssh failed')
    throw new Problem({ code: 'host.unreachable', summary: 'Host unreachable', detail: `${label}: ${words}` })
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
