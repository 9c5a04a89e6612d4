import { randomBytes } from 'node:crypto'
import { Problem } from '../kernel/problem.ts'
import { quote } from '../kernel/sh.ts'
import type { Become } from '../kernel/shell.ts'
import type { Channel, Link } from './channel.ts'

/**
 * A channel whose shell runs as another user. The password is written to standard input, only after the prompt that carries our
 * own random text has been seen, so it can never be taken for a command. Without a password nothing is waited for: a refusal ends the
 * channel before its shell has greeted. Problems: `become.password-wrong`, and those of `refused`.
 */
export async function becomeChannel(link: Link, become: Become, executable: string): Promise<Channel> {
  const prompt = `[become-${randomBytes(8).toString('hex')}]`
  const started = `started-${randomBytes(8).toString('hex')}`
  const command = commandOf(become, prompt, `echo ${started}; exec ${executable}`)
  const channel = await link.open(command)
  if (become.password !== null) await negotiate(channel, become, prompt, started, link.label)
  return channel
}

/** sudo(8), su(1), doas(1): the command that asks with our prompt and then runs `script`. */
function commandOf(become: Become, prompt: string, script: string): string {
  const user = quote(become.user)
  const asks = become.password !== null
  if (become.method === 'sudo') {
    const ask = asks ? `-S -p ${quote(prompt)}` : '-n'
    return `exec ${become.exe ?? 'sudo'} ${become.flags ?? '-H'} ${ask} -u ${user} /bin/sh -c ${quote(script)}`
  }
  if (become.method === 'su') return `exec ${become.exe ?? 'su'} ${become.flags ?? ''} ${user} -c ${quote(script)}`
  if (become.method === 'doas')
    return `exec ${become.exe ?? 'doas'} ${become.flags ?? (asks ? '' : '-n')} -u ${user} /bin/sh -c ${quote(script)}`
  throw new Problem({
    code: 'become.method',
    summary: 'Unknown become method',
    detail: `"${become.method}" is not supported`,
    hint: 'use sudo, su or doas',
  })
}

/**
 * Waits until the shell has started; answers the password prompt once. Bytes that came behind stay readable. su(1) asks in the host's
 * language, so any line of it that ends in a colon is a question.
 */
function negotiate(channel: Channel, become: Become, prompt: string, started: string, label: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let out = ''
    let err = ''
    let answered = 0
    const finish = (error: Problem | null) => {
      channel.stdout.off('data', onOut)
      channel.stderr.off('data', onErr)
      channel.stdout.pause()
      channel.stderr.pause()
      if (error === null) return resolve()
      channel.kill()
      reject(error)
    }
    const onOut = (chunk: Buffer) => {
      out += chunk.toString('utf8')
      if (out.includes(`${started}\n`)) finish(null)
    }
    const onErr = (chunk: Buffer) => {
      err += chunk.toString('utf8')
      const since = err.slice(answered)
      if (become.method === 'su' ? !/[:\uff1a] *$/.test(since) : !since.includes(prompt)) return
      if (answered > 0) return finish(wrongPassword(become, label, ''))
      answered = err.length
      channel.stdin.write(`${become.password ?? ''}\n`)
    }
    channel.stdout.on('data', onOut)
    channel.stderr.on('data', onErr)
    void channel.ended.then(({ problem }) => finish(problem ?? refusal()))

    function refusal(): Problem {
      const words = err.slice(answered).trim()
      if (answered === 0) return refused(become, label, words || out.trim())
      const isForbidden = become.method === 'sudo' && words !== '' && !/passwor[dt]|incorrect|try again/i.test(words)
      return isForbidden ? refused(become, label, words) : wrongPassword(become, label, words)
    }
  })
}

function wrongPassword(become: Become, label: string, words: string): Problem {
  return new Problem({
    code: 'become.password-wrong',
    summary: `Incorrect ${become.method} password`,
    detail: `${label} refused the password for becoming ${become.user}${words === '' ? '' : `: ${words}`}`,
    hint: 'give the right one with --ask-become-pass or ansible_become_password',
  })
}

/** Why a shell that never greeted was not started: `become.password-missing` or `become.failed`. */
export function refused(become: Become, label: string, words: string): Problem {
  const missing =
    /password is required|no new privileges|a terminal is required|Authentication (failure|required)/i.test(words)
  return new Problem({
    code: missing ? 'become.password-missing' : 'become.failed',
    summary: missing ? `Missing ${become.method} password` : `Could not become ${become.user}`,
    detail: `${label}: ${words === '' ? `${become.method} ended without a word` : words}`,
    hint: missing ? 'give it with --ask-become-pass or ansible_become_password' : asksTerminal(become),
  })
}

function asksTerminal({ method, password }: Become): string | undefined {
  if (method !== 'doas' || password === null) return undefined
  return 'doas takes a password from a terminal alone: permit it with nopass, or use sudo or su'
}
