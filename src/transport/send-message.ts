import { sh } from '../kernel/sh.ts'
import type { Step } from '../kernel/shell.ts'
import type { Channel } from './channel.ts'
import { fold, questionsOf } from './fold.ts'
import { type Answers, COUNT, NEW_CHAIN, type Neighbourhood, type Rendered, renderStep } from './render-step.ts'
import { sendStream } from './send-stream.ts'

/** A step on its way, and the indexes of the streams it asks for while it runs: they end when it does. */
export type Outgoing = { readonly step: Step; readonly mark: string; readonly asked: AsyncIterable<number> }

/**
 * Writes the steps of one message; returns how many bytes went out. Behind a step with streams nothing is written before it has
 * ended, because the host's shell reads its commands from the same input.
 */
export async function sendMessage(channel: Channel, steps: readonly Outgoing[]): Promise<number> {
  let sent = 0
  let text: Buffer[] = steps.some(({ step }) => step.link !== undefined) ? [COUNT, NEW_CHAIN] : [COUNT]
  const flush = () => {
    const bytes = Buffer.concat(text)
    text = []
    sent += bytes.length
    channel.stdin.write(bytes)
  }
  let answers: Answers = new Map()
  for (const [index, { step, mark, asked }] of steps.entries()) {
    if (!shares(step)) answers = new Map()
    else if (index === 0 || !shares(steps[index - 1]!.step)) {
      const folded = fold(neighbours(steps, index).flatMap((next) => questionsOf(next.script)))
      text.push(Buffer.from(folded.text))
      answers = folded.variables
    }
    const { bytes, streams } = await rendered(step, mark, { answers, isLast: index === steps.length - 1 })
    text.push(bytes)
    if (streams.length === 0) continue
    flush()
    for await (const index of asked) sent += await sendStream(channel, streams[index]!)
  }
  flush()
  return sent
}

/** Its own environment may answer otherwise. */
function shares(step: Step): boolean {
  return step.reads === true && step.link === undefined && (step.environment?.size ?? 0) === 0
}

/** The steps from `start` on that share their answers. */
function neighbours(steps: readonly Outgoing[], start: number): Step[] {
  const behind = steps.slice(start).map(({ step }) => step)
  const end = behind.findIndex((step) => !shares(step))
  return end === -1 ? behind : behind.slice(0, end)
}

/** A step whose content can't be read (its file is gone) fails on the host like any other. */
async function rendered(step: Step, mark: string, neighbourhood: Neighbourhood): Promise<Rendered> {
  try {
    return await renderStep(step, mark, neighbourhood)
  } catch (error) {
    const script = sh`emit ${error instanceof Error ? error.message : String(error)} >&2; exit 1`
    return renderStep({ ...step, script }, mark, neighbourhood)
  }
}
