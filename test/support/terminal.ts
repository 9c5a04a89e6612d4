import { execa } from 'execa'
import { quote } from '../../src/kernel/sh.ts'
import { programFile } from './program.ts'

/** The program at a terminal of its own, given by script(1): what is typed, each as soon as something was shown since the last. */
export async function atTerminal(
  args: readonly string[],
  steps: readonly (readonly [shown: RegExp, typed: string])[],
): Promise<{ readonly exit: number | undefined; readonly shown: string }> {
  const command = [process.execPath, await programFile(), ...args].map(quote).join(' ')
  const running = execa('script', ['-qefc', command, '/dev/null'], { reject: false, all: true, env: { NO_COLOR: '1' } })
  const left = [...steps]
  let shown = ''
  let seen = 0
  running.all.on('data', (chunk: Buffer) => {
    shown += chunk
    const [when, typed] = left[0] ?? []
    if (when?.test(shown.slice(seen)) !== true) return
    left.shift()
    seen = shown.length
    running.stdin.write(typed!)
  })
  const { exitCode } = await running
  return { exit: exitCode, shown }
}

export const CTRL_C = '\x03'
