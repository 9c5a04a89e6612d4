import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { bundle } from '../../scripts/bundle.mjs'

export type Ended = { readonly code: number; readonly stdout: string; readonly stderr: string }

/** One call of the program in a folder that is its home too; what it printed and its exit code. */
export async function provision(
  folder: string,
  args: readonly string[],
  { input = '', env = {} }: { input?: string; env?: { readonly [name: string]: string } } = {},
): Promise<Ended> {
  const main = await PROGRAM.main()
  const clean = { PATH: process.env.PATH, HOME: folder, XDG_RUNTIME_DIR: folder, ...env }
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [main, ...args], { cwd: folder, env: clean }, (_, stdout, stderr) =>
      resolve({ code: child.exitCode ?? -1, stdout, stderr }),
    )
    child.stdin?.end(input)
  })
}

/** The file that Node runs. */
export function programFile(): Promise<string> {
  return PROGRAM.main()
}

/** The program as it stands in `src`, bundled when a test first calls it: so it starts in a fifth of the time. */
class Program {
  #main: Promise<string> | null = null

  main(): Promise<string> {
    this.#main ??= this.#bundle()
    return this.#main
  }

  async #bundle(): Promise<string> {
    const folder = mkdtempSync(resolve('.program-'))
    process.on('exit', () => rmSync(folder, { recursive: true }))
    await bundle(['src/main.ts', 'src/commands/import-file.ts', 'src/commands/fetch-program.ts'], folder)
    return join(folder, 'main.cjs')
  }
}

const PROGRAM = new Program()
