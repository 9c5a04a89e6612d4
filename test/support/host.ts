import { Sh } from '../../src/kernel/sh.ts'
import type { Connection, Shell, StepOutput } from '../../src/kernel/shell.ts'
import { connectionOver } from '../../src/transport/connection.ts'
import { containerLink } from '../../src/transport/container.ts'

/** The shells every module must work under; `control` sets hosts up and looks at them. */
export const SHELLS = {
  dash: '/bin/dash',
  bash: 'bash --posix',
  ash: 'busybox ash',
  mksh: 'mksh',
} as const
export type ShellName = keyof typeof SHELLS
export const SHELL_NAMES = Object.keys(SHELLS) as ShellName[]

/** A host that rows run on: one shell of each kind, kept open. */
export type Host = {
  /** Folders that the host's own servers write to at any time. */
  readonly restless: readonly string[]
  shell(name: ShellName): Promise<Shell>
  /** Runs shell text under dash and gives its output; throws with what it said when it fails. */
  sure(text: string): Promise<string>
  /** Runs shell text under dash. */
  run(text: string): Promise<StepOutput>
  /** Starts a fresh shell the next time this one is asked for. */
  drop(name: ShellName): Promise<void>
  close(): Promise<void>
}

/** A host entered by the pid of its first process. */
export function hostOf(pid: number, name: string, stop: () => Promise<void>): Host {
  const connections = new Map<string, Connection>()
  const open = (executable: string): Promise<Shell> => {
    let connection = connections.get(executable)
    if (connection === undefined) {
      connection = connectionOver(containerLink(name, pid), { executable })
      connections.set(executable, connection)
    }
    return connection.shell(null)
  }
  const run = async (text: string) => {
    const shell = await open('/bin/sh')
    return inTime(text, shell.run([{ script: new Sh([text]) }])[0]!)
  }
  return {
    restless: [],
    shell: (kind) => open(SHELLS[kind]),
    run,
    sure: async (text) => {
      const output = await run(text)
      if (output.rc === 0) return output.stdout.toString('utf8')
      throw new Error(`the host's shell ended with ${output.rc}: ${output.stderr.toString('utf8')}\n${text}`)
    },
    drop: async (kind) => {
      const connection = connections.get(SHELLS[kind])
      connections.delete(SHELLS[kind])
      await connection?.close()
    },
    close: async () => {
      await Promise.all([...connections.values()].map((connection) => connection.close()))
      await stop()
    },
  }
}

const PATIENCE = 90_000

/** Fails with the text that hangs, rather than with the whole run. */
async function inTime<T>(text: string, output: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`the host did not answer in ${PATIENCE / 1000} s:\n${text}`)), PATIENCE)
  })
  return Promise.race([output, late]).finally(() => clearTimeout(timer))
}
