import { readFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { Problem } from '../kernel/problem.ts'
import type { HostNames } from './names.ts'
import { findHost } from './nspawn.ts'
import { lastLines, tryRun } from './run.ts'

const PATIENCE_MS = 90_000

/**
 * Waits until sshd answers and systemd has nothing more to start: users other than root may log in only then, and what a test finds
 * is the same each time. Problem `lab.boot`, with the end of the console, when that does not happen.
 */
export async function waitForBoot(own: HostNames, host: string, address: string): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS
  while (!(await sshAnswers(address))) {
    if (Date.now() > deadline || (await findHost(own)) === null) throw await problem(own, host, 'sshd does not answer')
    await sleep(40)
  }
  while (Date.now() < deadline) {
    const init = (await findHost(own))?.init ?? null
    if (init === null) break
    const { stdout } = await tryRun('nsenter', ['-t', String(init), '-a', 'systemctl', 'is-system-running', '--wait'])
    if (stdout === 'running' || stdout === 'degraded') return
    await sleep(40)
  }
  throw await problem(own, host, 'systemd does not finish its start')
}

function sshAnswers(address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port: 22, timeout: 1000 })
    const end = (answer: boolean) => {
      socket.destroy()
      resolve(answer)
    }
    socket.once('data', (banner) => end(banner.toString('latin1').startsWith('SSH-')))
    socket.once('error', () => end(false))
    socket.once('timeout', () => end(false))
    socket.once('close', () => end(false))
  })
}

async function problem(own: HostNames, host: string, what: string): Promise<Problem> {
  const console = await readFile(own.log, 'utf8').catch(() => '')
  return new Problem({
    code: 'lab.boot',
    summary: 'A lab host does not come up',
    detail: `${host}: ${what}. The end of its console:\n${lastLines(console, 20)}`,
    hint: `The whole console is in ${own.log}.`,
  })
}
