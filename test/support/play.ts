import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { openRun } from '../../src/commands/open-run.ts'
import { parseArguments } from '../../src/commands/options.ts'
import { engineOf } from '../../src/commands/run.ts'
import type { Target } from '../../src/engine/engine.ts'
import { run } from '../../src/engine/run.ts'
import type { Event } from '../../src/kernel/event.ts'
import { NO_STATS, type WireStats } from '../../src/kernel/shell.ts'
import { connectionOver } from '../../src/transport/connection.ts'
import { processLink } from '../../src/transport/local.ts'

/**
 * A project given as a table of files, run in this process against hosts that are all this machine (`connection: local`), or, with
 * `-c machines`, machines of their own.
 */
export async function playEvents(files: Files, args: readonly string[] = [], hosts = 'h1,'): Promise<Event[]> {
  return (await playTwice(files, null, args, hosts)).first
}

type Files = { readonly [path: string]: string }

/** The same, and then, with the hosts as that run left them, with other files in place. */
export async function playTwice(files: Files, then: Files | null, args: readonly string[] = [], hosts = 'h1,') {
  const folder = mkdtempSync(join(tmpdir(), 'provision-play-'))
  try {
    write(folder, files)
    const first = await runIn(folder, args, hosts)
    if (then === null) return { first, second: [] }
    write(folder, then)
    return { first, second: await runIn(folder, args, hosts) }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function write(folder: string, files: Files): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text.replaceAll('@FOLDER@', folder))
  }
}

async function runIn(folder: string, args: readonly string[], hosts: string): Promise<Event[]> {
  const argv = ['playbook', '-i', hosts, '-c', 'local', join(folder, 'play.yml'), ...args]
  mkdirSync(join(folder, 'host'), { recursive: true })
  const invocation = await parseArguments(argv, 'provision')
  if (invocation.kind !== 'run') throw new Error('these arguments run nothing')
  const opened = await openRun(invocation, null)
  const events: Event[] = []
  const engine = await engineOf(opened, { suspend: () => {} }, (event) => events.push(event))
  const apart = args.includes(MACHINES) ? { connect: async (target: Target) => machine(target, folder) } : {}
  await run(
    { ...engine, ...apart },
    opened.playbooks.map((path) => opened.loader.loadPlaybook(resolve(path))),
  )
  return events
}

/** What users see of a run: each result in order, without what differs from run to run. */
export function observed(events: readonly Event[]): string[] {
  return events.flatMap((event) => {
    if (event.type === 'task-start') return [`${event.task.kind} ${event.task.name}`]
    if (event.type !== 'host-result' && event.type !== 'item') return []
    return [
      `  ${event.host} ${event.item === null ? '' : JSON.stringify(event.item)} ${event.status} ${event.changes.map(({ what }) => what).join(',')}`,
    ]
  })
}

/** Messages sent to a host. */
export function messagesTo(events: readonly Event[], host: string): number {
  return wireOf(events, host).messages
}

/** What went over the wire to a host. */
export function wireOf(events: readonly Event[], host: string): WireStats {
  return events.find((event) => event.type === 'run-end')?.wire[host] ?? NO_STATS
}

/** The connection whose hosts are machines of their own. */
export const MACHINES = 'machines'

/** A machine with a name and processes of its own and, at `@FOLDER@/host`, a disk of its own that lasts as long as the project. */
function machine({ name, shellExecutable }: Target, folder: string) {
  const disk = join(folder, `disk-${name}`)
  mkdirSync(disk, { recursive: true })
  const start = `hostname ${name} && mount --bind ${disk} ${join(folder, 'host')} && exec sh -c "$0"`
  return connectionOver(
    processLink(name, ['unshare', '--mount', '--uts', '--pid', '--fork', '--mount-proc', 'sh', '-c', start]),
    {
      executable: shellExecutable,
    },
  )
}
