import { dispatch } from '../../src/commands/dispatch.ts'

export type Said = { readonly exit: number; readonly stdout: string; readonly stderr: string }

/**
 * One call of the program in this process, as if it were its own: in a folder that is its home too, with only these variables, and what
 * it prints kept. For many calls, where starting a process for each would take most of the time.
 */
export async function provisionHere(
  folder: string,
  argv: readonly string[],
  environment: { readonly [name: string]: string } = {},
): Promise<Said> {
  const before = { folder: process.cwd(), environment: { ...process.env } }
  const streams = [process.stdout, process.stderr] as const
  const said = ['', '']
  const restore = streams.map((stream, index) => {
    const { write } = stream
    const listeners = stream.listeners('error')
    stream.write = keep((text) => {
      said[index] += text
    })
    return () => {
      stream.write = write
      for (const listener of stream.listeners('error')) {
        if (!listeners.includes(listener)) stream.removeListener('error', listener as () => void)
      }
    }
  })
  process.chdir(folder)
  const clean = { PATH: process.env.PATH ?? '', HOME: folder, XDG_RUNTIME_DIR: folder, TZ: 'UTC' }
  setEnvironment({ ...clean, ...environment })
  try {
    const exit = await dispatch(argv, 'provision', () => '0')
    return { exit, stdout: said[0]!, stderr: said[1]! }
  } finally {
    for (const undo of restore) undo()
    setEnvironment(before.environment)
    process.chdir(before.folder)
  }
}

/** The process's own, which Node's `homedir` reads too; another object in its place would not reach it. */
function setEnvironment(wanted: NodeJS.ProcessEnv): void {
  for (const name of Object.keys(process.env)) if (!(name in wanted)) delete process.env[name]
  Object.assign(process.env, wanted)
}

function keep(add: (text: string) => void): typeof process.stdout.write {
  return (chunk: string | Uint8Array, ...rest: readonly unknown[]) => {
    add(typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString())
    for (const done of rest) if (typeof done === 'function') done()
    return true
  }
}
