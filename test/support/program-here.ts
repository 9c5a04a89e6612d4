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
  const before = {
    folder: process.cwd(),
    environment: process.env,
    out: process.stdout.write,
    err: process.stderr.write,
  }
  const said = { stdout: '', stderr: '' }
  process.chdir(folder)
  process.env = { PATH: process.env.PATH, HOME: folder, XDG_RUNTIME_DIR: folder, TZ: 'UTC', ...environment }
  process.stdout.write = keep((text) => {
    said.stdout += text
  })
  process.stderr.write = keep((text) => {
    said.stderr += text
  })
  try {
    const exit = await dispatch(argv, 'provision', () => '0')
    return { exit, ...said }
  } finally {
    process.stdout.write = before.out
    process.stderr.write = before.err
    process.env = before.environment
    process.chdir(before.folder)
  }
}

function keep(add: (text: string) => void): typeof process.stdout.write {
  return (chunk: string | Uint8Array, ...rest: readonly unknown[]) => {
    add(typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString())
    for (const done of rest) if (typeof done === 'function') done()
    return true
  }
}
