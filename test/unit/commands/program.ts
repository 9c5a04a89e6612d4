import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const MAIN = fileURLToPath(new URL('../../../src/main.ts', import.meta.url))
const TSX = import.meta.resolve('tsx')

export type Ended = { readonly code: number; readonly stdout: string; readonly stderr: string }

/** One call of the program in a folder that is its home too; what it printed and its exit code. */
export function provision(
  folder: string,
  args: readonly string[],
  { input = '', env = {} }: { input?: string; env?: { readonly [name: string]: string } } = {},
): Promise<Ended> {
  const clean = { PATH: process.env.PATH, HOME: folder, XDG_RUNTIME_DIR: folder, ...env }
  return new Promise((resolve) => {
    const options = { cwd: folder, env: clean }
    const child = execFile(process.execPath, ['--import', TSX, MAIN, ...args], options, (_, stdout, stderr) =>
      resolve({ code: child.exitCode ?? -1, stdout, stderr }),
    )
    child.stdin?.end(input)
  })
}
