import type { Become, Connection } from '../kernel/shell.ts'
import { becomeChannel, refused } from './become.ts'
import type { Link } from './channel.ts'
import { type OpenShell, openShell } from './framing.ts'

export type ShellOptions = {
  /** The host's POSIX shell, as a command: `/bin/sh`, `bash --posix`. */
  readonly executable: string
}

/** A host reached over a link: one long-lived shell for each user, opened when first asked for. */
export function connectionOver(link: Link, options: ShellOptions): Connection {
  const shells = new Map<string, Promise<OpenShell>>()
  return {
    shell(become) {
      const key = keyOf(become)
      let shell = shells.get(key)
      if (shell === undefined) {
        shell = open(link, become, options)
        shells.set(key, shell)
        shell.catch(() => {
          if (shells.get(key) === shell) shells.delete(key)
        })
      }
      return shell
    },
    async forget(become) {
      const shell = await shells.get(keyOf(become))?.catch(() => null)
      shells.delete(keyOf(become))
      shell?.close()
    },
    async leave(user) {
      const theirs = [...shells].filter(([key]) => key.split('\0')[1] === user)
      for (const [key] of theirs) shells.delete(key)
      await Promise.allSettled(theirs.map(async ([, shell]) => (await shell).finish()))
    },
    async close() {
      const open = await Promise.allSettled(shells.values())
      for (const shell of open) if (shell.status === 'fulfilled') shell.value.close()
      await link.close()
    },
  }
}

function keyOf(become: Become | null): string {
  return become === null ? '' : `${become.method}\0${become.user}\0${become.flags ?? ''}\0${become.exe ?? ''}`
}

async function open(link: Link, become: Become | null, { executable }: ShellOptions): Promise<OpenShell> {
  if (become === null) return openShell(await link.open(`exec ${executable}`), link.label)
  const channel = await becomeChannel(link, become, executable)
  return openShell(channel, link.label, (words) => refused(become, link.label, words))
}
