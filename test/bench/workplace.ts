import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { run } from '../../src/lab/run.ts'

/** Where a benchmark run keeps what it makes, all of it removed at the end. */
export type Workplace = {
  /** At most 9 characters, unique among the machine's benchmark runs: devices and cgroups begin with it. */
  readonly name: string
  readonly folder: string
  /** What every tool logs in with. */
  readonly key: string
  readonly hostKey: string
  /** The third octet of the networks it makes. */
  readonly octet: number
  readonly cleanups: (() => Promise<unknown>)[]
  /** Aborted by Ctrl-C: what runs is ended, and nothing more is begun. */
  readonly stopping: AbortController
  /** Where a CPU profile of one run of ours in each scenario goes, if anywhere. */
  readonly profiles: string | null
  say(text: string): void
}

export const CACHE = '/var/cache/provision-bench'

export async function openWorkplace(say: (text: string) => void, profiles: string | null): Promise<Workplace> {
  const name = `pb${process.pid}`
  const folder = join('/var/tmp/provision-bench', name)
  const cleanups = [() => rm(folder, { recursive: true, force: true })]
  await mkdir(folder, { recursive: true })
  const [key, hostKey] = [join(folder, 'id_ed25519'), join(folder, 'host_key')]
  for (const path of [key, hostKey])
    await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'bench', '-f', path])
  return {
    name,
    folder,
    key,
    hostKey,
    octet: (process.pid % 250) + 1,
    cleanups,
    stopping: new AbortController(),
    profiles,
    say,
  }
}

/** Takes back whatever was made, last thing first; one that fails does not keep the others. */
export async function closeWorkplace(place: Workplace): Promise<void> {
  for (const cleanup of place.cleanups.splice(0).reverse()) {
    await cleanup().catch((error: Error) => place.say(`cleaning up: ${error.message}`))
  }
}
