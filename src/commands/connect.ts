import type { Target } from '../engine/engine.ts'
import type { Lanes } from '../kernel/lanes.ts'
import { Problem } from '../kernel/problem.ts'
import type { Connection } from '../kernel/shell.ts'
import { connectionOver } from '../transport/connection.ts'
import { localLink } from '../transport/local.ts'
import type { SharedFiles } from '../transport/shared-files.ts'
import { MOST_STARTUPS } from '../transport/startups.ts'

type ConnectOptions = {
  readonly acceptNewHostKeys: boolean
  /** The connections of this run that have not logged in yet, by the server they come to. */
  readonly startups: Lanes<string>
  /** What the connections of this run read. */
  readonly files: SharedFiles
}

/** Opens the connection that a target names; each transport is loaded when it is first needed. Raises `connection.unknown`. */
export async function connect(target: Target, options: ConnectOptions): Promise<Connection> {
  const shell = { executable: target.shellExecutable }
  const { connection: kind } = target
  if (kind === 'local') return connectionOver(localLink(), shell)
  if (['ssh', 'smart', 'paramiko', 'paramiko_ssh', 'openssh'].includes(kind)) {
    return connectionOver(await sshLinkFor(target, kind === 'openssh', options), shell)
  }
  throw new Problem({
    code: 'connection.unknown',
    summary: 'Unknown connection',
    detail: `${target.name}: connection "${kind}" is not supported`,
    hint: 'use ssh, openssh or local',
  })
}

async function sshLinkFor(target: Target, openssh: boolean, { acceptNewHostKeys, startups, files }: ConnectOptions) {
  const { resolveOptions } = await import('../transport/ssh-options.ts')
  const ssh = {
    host: target.address,
    port: target.port,
    user: target.user,
    password: target.password,
    privateKeyFile: target.privateKeyFile,
    args: target.sshArgs,
    executable: target.sshExecutable,
    timeout: target.timeout,
    acceptNewHostKeys,
  }
  const resolved = await resolveOptions(ssh, files)
  if (openssh || resolved.needsOpenSsh) {
    const { opensshLink } = await import('../transport/openssh.ts')
    // Whatever hosts they are for, they may all come by way of one.
    return startups.within('', MOST_STARTUPS, () => opensshLink(target.name, ssh, resolved.account))
  }
  return (await import('../transport/ssh.ts')).sshLink(target.name, ssh, resolved, startups)
}
