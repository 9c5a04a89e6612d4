import { createInterface, type Interface } from 'node:readline'
import { Writable } from 'node:stream'
import { EXIT } from '../engine/exit-codes.ts'
import { Quit } from '../engine/quit.ts'

/** Asks the person at the terminal; null when input is no terminal, or has ended. A secret answer is not shown. Ctrl-C raises `Quit`. */
export async function askTerminal(question: string, secret: boolean): Promise<string | null> {
  if (!process.stdin.isTTY) return null
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() })
  const lines = createInterface({ input: process.stdin, output: secret ? silent : process.stderr, terminal: true })
  // Only now, for whoever sees the question may answer at once.
  process.stderr.write(question)
  try {
    return await new Promise<string | null>((resolve, reject) => {
      lines.once('line', resolve)
      lines.once('SIGINT', () => {
        if (!secret) process.stderr.write('\n')
        reject(new Quit(EXIT.interrupted))
      })
      lines.once('close', () => resolve(null))
    })
  } finally {
    lines.close()
    if (secret) process.stderr.write('\n')
  }
}

/** Reads standard input line by line, be it a terminal or not; null at its end. In between, it keeps no process alive. */
export function lineReader(): (question: string) => Promise<string | null> {
  const lines: string[] = []
  let input: Interface | null = null
  let ended = false
  let wake = () => {}
  const open = () => {
    const opened = createInterface({ input: process.stdin })
    opened.on('line', (line) => {
      lines.push(line)
      wake()
    })
    opened.on('close', () => {
      ended = true
      wake()
    })
    return opened
  }
  return async (question) => {
    if (process.stdin.isTTY) return askTerminal(question, false)
    process.stderr.write(question)
    input ??= open()
    input.resume()
    while (lines.length === 0 && !ended) {
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    }
    if (!ended) input.pause()
    return lines.shift() ?? null
  }
}
