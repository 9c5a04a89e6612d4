import { sh } from '../kernel/sh.ts'
import type { Step } from '../kernel/shell.ts'
import type { Channel } from './channel.ts'
import { NEW_CHAIN, type Rendered, renderStep } from './render-step.ts'
import { sendStream } from './send-stream.ts'

/** A step on its way, and the indexes of the streams it asks for while it runs: they end when it does. */
export type Outgoing = { readonly step: Step; readonly mark: string; readonly asked: AsyncIterable<number> }

/**
 * Writes the steps of one message; returns how many bytes went out. Behind a step with streams nothing is written before it has
 * ended, because the host's shell reads its commands from the same input.
 */
export async function sendMessage(channel: Channel, steps: readonly Outgoing[]): Promise<number> {
  let sent = 0
  let text: Buffer[] = steps.some(({ step }) => step.link !== undefined) ? [NEW_CHAIN] : []
  const flush = () => {
    const bytes = Buffer.concat(text)
    text = []
    sent += bytes.length
    channel.stdin.write(bytes)
  }
  for (const { step, mark, asked } of steps) {
    const { bytes, streams } = await rendered(step, mark)
    text.push(bytes)
    if (streams.length === 0) continue
    flush()
    for await (const index of asked) sent += await sendStream(channel, streams[index]!)
  }
  flush()
  return sent
}

/** A step whose content can't be read (its file is gone) fails on the host like any other. */
async function rendered(step: Step, mark: string): Promise<Rendered> {
  try {
    return await renderStep(step, mark)
  } catch (error) {
    const script = sh`emit ${error instanceof Error ? error.message : String(error)} >&2; exit 1`
    return renderStep({ ...step, script }, mark)
  }
}
