import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Problem } from '../kernel/problem.ts'
import { LOCKS } from './names.ts'

/**
 * Runs `work` while holding the machine-wide lock of that name. flock(1) holds it for as long as our end of its pipe is open, so a
 * controller that is killed leaves no lock behind.
 */
export async function withLock<T>(name: string, work: () => Promise<T>): Promise<T> {
  const folder = LOCKS
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const holder = spawn('flock', ['--no-fork', join(folder, name), 'sh', '-c', 'echo held; exec cat'], {
    stdio: ['pipe', 'pipe', 'ignore'],
    detached: true,
  })
  const ended = once(holder, 'exit')
  try {
    await Promise.race([once(holder.stdout, 'data'), ended.then(refuse)])
    return await work()
  } finally {
    holder.stdin.end()
    await ended
  }
}

function refuse(): never {
  throw new Problem({ code: 'lab.lock', summary: 'The lab cannot be locked', detail: `flock failed in ${LOCKS}` })
}
