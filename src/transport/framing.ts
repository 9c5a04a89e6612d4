import { randomBytes } from 'node:crypto'
import { Fields } from '../kernel/fields.ts'
import { PRELUDE } from '../kernel/prelude.ts'
import { Problem } from '../kernel/problem.ts'
import { type Identity, NO_STATS, type Shell, type Step, type StepOutput } from '../kernel/shell.ts'
import { AskedStreams } from './asked-streams.ts'
import type { Channel } from './channel.ts'
import { machineOf, PROBE_MACHINE } from './machine.ts'
import { MarkReader } from './mark-reader.ts'
import { sendMessage } from './send-message.ts'

type Pending = { resolve: (output: StepOutput) => void; reject: (error: Error) => void }

/** A shell, and its end: at once, or when it has done what it was sent. */
export type OpenShell = Shell & { close(): void; finish(): Promise<void> }

/**
 * A `Shell` over a channel on which a POSIX sh reads its standard input. Every message has a fresh random mark, so no output can
 * forge the end of a step; output passes as it is, byte for byte. Raises `host.unreachable` when the shell does not answer.
 */
export function openShell(
  channel: Channel,
  label: string,
  refused: (words: string) => Problem | null = () => null,
): OpenShell {
  const stdout = new MarkReader(true)
  const stderr = new MarkReader(false)
  const pending = new Set<Pending>()
  const stats = { ...NO_STATS }
  let lost: Problem | null = null
  let greeted = false
  let sending: Promise<void> = Promise.resolve()

  channel.stdout.on('data', (chunk: Buffer) => stdout.push(chunk))
  channel.stderr.on('data', (chunk: Buffer) => stderr.push(chunk))
  // Becoming another user leaves the streams paused, so that nothing is lost in between.
  channel.stdout.resume()
  channel.stderr.resume()
  channel.stdin.on('error', () => {})
  void channel.ended.then(({ code, problem }) => {
    // Before the greeting a login banner or a missing shell may speak on either stream; later, standard output is half an answer.
    const words = stderr.rest() || (greeted ? '' : stdout.rest())
    lost = problem ?? (greeted ? null : refused(words)) ?? lostProblem(label, code, words)
    for (const { reject } of pending) reject(lost)
    pending.clear()
  })

  const run = (steps: readonly Step[]): Promise<StepOutput>[] => {
    const mark = randomBytes(12).toString('hex')
    const started = performance.now()
    stats.messages += 1
    for (const { reads } of steps) stats[reads ? 'probes' : 'applies'] += 1
    const outgoing = steps.map((step, index) => ({ step, mark: `${mark}-${index}`, asked: new AskedStreams() }))
    const outputs = outgoing.map(({ step, mark: own, asked }) => expectOutput(own, asked, step.sink))
    sending = sending
      .then(async () => {
        stats.bytesSent += await sendMessage(channel, outgoing)
      })
      // Half a message can't be taken back.
      .catch(() => channel.kill())
    void Promise.allSettled(outputs).then(() => {
      stats.waitMs += performance.now() - started
      stats.bytesReceived = stdout.received + stderr.received
    })
    return outputs
  }

  function expectOutput(mark: string, asked = new AskedStreams(), sink: Step['sink'] = undefined): Promise<StepOutput> {
    return new Promise((resolve, reject) => {
      const entry = {
        resolve,
        reject: (error: Error) => {
          asked.end()
          reject(error)
        },
      }
      if (lost !== null) return entry.reject(lost)
      pending.add(entry)
      let out: { output: Buffer; code: number } | null = null
      let err: Buffer | null = null
      const settle = () => {
        if (out === null || err === null) return
        pending.delete(entry)
        resolve({ rc: out.code, stdout: out.output, stderr: err })
      }
      stdout.expect(
        mark,
        (output, code, processes) => {
          asked.end()
          // A number that has come round again tells nothing.
          stats.processes += Math.max(0, processes)
          out = { output, code }
          settle()
        },
        (stream) => asked.add(stream),
        sink ?? null,
      )
      stderr.expect(mark, (output) => {
        err = output
        settle()
      })
    })
  }

  const identity = greet(channel, expectOutput)
  identity.then(
    () => {
      greeted = true
    },
    () => {},
  )
  const finish = async () => {
    await sending
    channel.stdin.end()
    await channel.ended
  }
  return { run, stats, identity, close: () => channel.kill(), finish }
}

async function greet(channel: Channel, expectOutput: (mark: string) => Promise<StepOutput>): Promise<Identity> {
  const mark = randomBytes(12).toString('hex')
  const greeting = expectOutput(mark)
  channel.stdin.write(
    `${PRELUDE}field '' ''; field id "$(id)"; field home "$HOME"${PROBE_MACHINE}emit "${mark} 0;"; emit ${mark} >&2\n`,
  )
  const fields = new Fields((await greeting).stdout)
  const [, uid = '', user = uid] = /uid=(\d+)(?:\((.*?)\))?/.exec(fields.text('id')) ?? []
  return { uid: Number(uid), user, home: fields.text('home'), machine: machineOf(fields.all('machine')) }
}

function lostProblem(label: string, code: number | null, words: string): Problem {
  const said = words.trim().split('\n').slice(-3).join('\n')
  return new Problem({
    code: 'host.unreachable',
    summary: 'Host unreachable',
    detail: `the connection to ${label} ended${code === null ? '' : ` (exit code ${code})`}${said === '' ? '' : `: ${said}`}`,
  })
}
