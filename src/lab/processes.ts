import { access, readdir, readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'

/** The process whose arguments match, or null. Nothing of the lab writes process ids down: an old one may be another process by now. */
export async function findProcess(matches: (args: readonly string[]) => boolean): Promise<number | null> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
  for (const pid of pids) {
    const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
    if (command !== '' && matches(command.split('\0'))) return Number(pid)
  }
  return null
}

/** The first child of a process, or null. */
export async function childOf(pid: number): Promise<number | null> {
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '')
  return children === '' ? null : Number.parseInt(children, 10)
}

/** Kills a process and waits, up to some seconds, until `gone` (itself by default) is no more. */
export async function killProcess(pid: number, gone: number = pid): Promise<void> {
  try {
    process.kill(pid, 'SIGKILL')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
  for (let waited = 0; waited < 3000 && (await isAlive(gone)); waited += 10) await sleep(10)
}

/** A zombie counts as gone: only its parent, perhaps a controller that is busy elsewhere, has yet to notice. */
async function isAlive(pid: number): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null)
  return stat !== null && !/\) [ZX] /.test(stat)
}

export async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
