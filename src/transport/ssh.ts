import type { EventEmitter } from 'node:events'
import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises'
import type { ClientChannel } from 'ssh2'
import type { Lanes } from '../kernel/lanes.ts'
import { Problem } from '../kernel/problem.ts'
import type { Channel, Link } from './channel.ts'
import { isFarAway } from './far-away.ts'
import { gatheringSocket } from './gathering-socket.ts'
import type { Login } from './ssh-attempt.ts'
import { Openings } from './ssh-openings.ts'
import type { SshOptions, SshTarget } from './ssh-options.ts'
import { MOST_STARTUPS } from './startups.ts'

/** How often a connection that the host drops at its start is tried again, and the longest wait before the first time. */
const TRIES_MORE = 4
const FIRST_WAIT = 250

/**
 * A link over SSH by the ssh2 library. It is there at once and logs in meanwhile: what is opened before travels with the login.
 * Opening raises `ssh.auth`, `ssh.key-missing`, `ssh.host-key-unknown`, `ssh.host-key-changed`, `host.unreachable`.
 */
export function sshLink(name: string, target: SshTarget, options: SshOptions, startups: Lanes<string>): Link {
  const label = `${name} (${options.user}@${options.host}${options.port === 22 ? '' : `:${options.port}`})`
  const openings = new Openings()
  const login = startups.within(`${options.host}:${options.port}`, MOST_STARTUPS, () =>
    logIn(target, options, label, openings),
  )
  login.then(
    () => openings.ready(),
    (error) => openings.fail(error),
  )
  return {
    label,
    open: async (command) => channelOf(await openings.open(command, label), login),
    close: async () => (await login.catch(() => null))?.close(),
  }
}

/**
 * Tries again when the host takes the connection and then drops it before anything has been asked, and when it can't be told something
 * before its turn. What is tried again waits for every answer.
 */
async function logIn(target: SshTarget, options: SshOptions, label: string, openings: Openings): Promise<Login> {
  for (let wait = FIRST_WAIT, left = TRIES_MORE, isFirst = true; ; isFirst = false) {
    const socket = gatheringSocket(options.host, options.port)
    socket.on('error', () => {})
    const isFar = isFarAway(options.host, socket)
    // The connection is made while the library is loaded, but Node only begins to when this turn of its event loop ends.
    await turn()
    const { Attempt } = await import('./ssh-attempt.ts')
    const attempt = new Attempt(socket, isFar, isFirst)
    try {
      return await attempt.run(target, options, label, openings)
    } catch (error) {
      socket.destroy()
      if (attempt.isTooFast) continue
      if (!attempt.isDropped) throw connectProblem(error as Error & { level?: string }, label, target)
      if (left === 0) throw droppedProblem(error as Error, label)
    }
    await sleep(wait * (0.5 + Math.random() / 2))
    wait *= 2
    left -= 1
  }
}

function connectProblem(error: Error & { level?: string }, label: string, target: SshTarget): Problem {
  if (error instanceof Problem) return error
  if (error.level === 'client-authentication') {
    return new Problem({
      code: 'ssh.auth',
      summary: 'Login refused',
      detail: `${label} took none of the keys${target.password === null ? '' : ' and not the password'} offered`,
      hint: 'set ansible_ssh_private_key_file or ansible_user, or add the key to an ssh-agent',
      cause: error,
    })
  }
  return new Problem({
    code: 'host.unreachable',
    summary: 'Host unreachable',
    detail: `${label}: ${error.message}`,
    cause: error,
  })
}

function droppedProblem(error: Error, label: string): Problem {
  return new Problem({
    code: 'host.unreachable',
    summary: 'Host unreachable',
    detail: `${label}: the host's sshd took the connection and closed it at once, ${TRIES_MORE + 1} times (${error.message})`,
    hint: 'sshd does so when many log in at the same time (MaxStartups), and for addresses that it refuses (PerSourcePenalties, hosts.deny)',
    cause: error,
  })
}

/** A channel may be there before the host has let us in; if it does not, that is why the channel ends. */
function channelOf(stream: ClientChannel, login: Promise<Login>): Channel {
  let code: number | null = null
  stream.on('exit', (exit: number | null) => {
    code = exit
  })
  // ssh2 closes each when all that came has been read.
  const closed = Promise.all([closing(stream), closing(stream.stderr)])
  const ended = login.then(
    async ({ client }) => {
      await Promise.race([closed, closing(client)])
      return { code }
    },
    (problem: Problem) => ({ code: null, problem }),
  )
  return { stdin: stream, stdout: stream, stderr: stream.stderr, ended, kill: () => stream.close() }
}

function closing(what: EventEmitter): Promise<void> {
  return new Promise((resolve) => what.once('close', resolve))
}
