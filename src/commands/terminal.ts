import { createInterface } from 'node:readline'
import { Writable } from 'node:stream'

/** Asks the person at the terminal; null when input is no terminal. A secret answer is not shown. */
export async function askTerminal(question: string, secret: boolean): Promise<string | null> {
  if (!process.stdin.isTTY) return null
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() })
  process.stderr.write(question)
  const lines = createInterface({ input: process.stdin, output: secret ? silent : process.stderr, terminal: true })
  try {
    return await new Promise<string | null>((resolve) => {
      lines.once('line', resolve)
      lines.once('close', () => resolve(null))
    })
  } finally {
    lines.close()
    if (secret) process.stderr.write('\n')
  }
}
