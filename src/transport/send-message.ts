import { Blob } from '../kernel/blob.ts'
import { sh } from '../kernel/sh.ts'
import type { Step } from '../kernel/shell.ts'
import type { AskedStreams } from './asked-streams.ts'
import type { Channel } from './channel.ts'
import { fold, questionsOf } from './fold.ts'
import { newFilesAt, renderNewFiles } from './new-files.ts'
import { plainProbesAt, renderPlainProbes } from './plain-probes.ts'
import { type Answers, COUNT, NEW_CHAIN, type Neighbourhood, type Rendered, renderStep } from './render-step.ts'
import { sendStreams } from './send-stream.ts'

/** A step on its way, and the indexes of the streams it asks for while it runs: they end when it does. */
export type Outgoing = { readonly step: Step; readonly mark: string; readonly asked: AskedStreams }

/**
 * Writes the steps of one message; returns how many bytes went out. Behind a step with streams nothing is written before it has
 * ended, because the host's shell reads its commands from the same input.
 */
export async function sendMessage(channel: Channel, steps: readonly Outgoing[]): Promise<number> {
  let sent = 0
  const write = (text: readonly Buffer[]) => {
    const bytes = Buffer.concat(text)
    sent += bytes.length
    channel.stdin.write(bytes)
  }
  let text: Buffer[] = steps.some(({ step }) => step.link !== undefined) ? [COUNT, NEW_CHAIN] : [COUNT]
  const last = steps.at(-1)!.mark
  for (const { group, makesFiles } of groupsOf(steps)) {
    if (makesFiles) {
      text.push(await renderNewFiles(group, last))
      continue
    }
    const { before, after, answers, isGathered } = together(group)
    text.push(before)
    for (let at = 0; at < group.length; at++) {
      const plain = plainProbesAt(group, at)
      if (plain > 0) {
        text.push(renderPlainProbes(group.slice(at, at + plain), { answers, last, enclosed: isGathered }))
        at += plain - 1
        continue
      }
      const { step, mark, asked } = group[at]!
      const { bytes, streams } = await rendered(step, mark, { answers, isLast: mark === last })
      text.push(bytes)
      if (streams.length === 0) continue
      write(text)
      text = []
      sent += await sendStreams(channel, streams, asked, mark)
    }
    text.push(after)
  }
  write(text)
  return sent
}

/** Neighbours that only read make a group, and those that make new files; any other step stands alone. */
function* groupsOf(steps: readonly Outgoing[]): Generator<{ group: readonly Outgoing[]; makesFiles: boolean }> {
  for (let from = 0; from < steps.length; ) {
    const makers = newFilesAt(steps, from)
    const end = from + Math.max(1, makers, readersAt(steps, from))
    yield { group: steps.slice(from, end), makesFiles: makers > 0 }
    from = end
  }
}

function readersAt(steps: readonly Outgoing[], from: number): number {
  let end = from
  while (end < steps.length && sharesAll(steps[end]!)) end += 1
  return end - from
}

/** An environment of its own may give other answers, and a stream comes when its turn has come. */
function sharesAll({ step }: Outgoing): boolean {
  return (
    step.reads === true &&
    step.link === undefined &&
    step.timeout === undefined &&
    (step.environment?.size ?? 0) === 0 &&
    step.script.parts.every((part) => !(part instanceof Blob) || part.stream === null)
  )
}

/** So many steps are worth the processes that gather what they write. */
const GATHERED_FROM = 16

/** What stands around a group, and the answers that its steps find in variables. */
function together(group: readonly Outgoing[]): {
  before: Buffer
  after: Buffer
  answers: Answers
  isGathered: boolean
} {
  const folded = sharesAll(group[0]!) ? fold(group.flatMap(({ step }) => questionsOf(step.script))) : NO_QUESTIONS
  const isGathered = group.length >= GATHERED_FROM
  const [open, close] = isGathered ? GATHERED : ['', '']
  const names = [...folded.variables.values()]
  // Some answers are secrets, which are to be in no shell's memory for longer than they are used.
  const forget = names.length === 0 ? '' : `unset ${names.join(' ')}\n`
  return {
    before: Buffer.from(folded.text + open),
    after: Buffer.from(close + forget),
    answers: folded.variables,
    isGathered,
  }
}

const NO_QUESTIONS = fold([])

/**
 * Small writes become small packets, and each costs both ends more than the probe that made it: dd(1) writes what a group gives in large
 * blocks. What it writes on standard error is little, and a shell keeps it until the end. By exec, because an exit undoes redirections of a
 * group before busybox's trap runs.
 */
const GATHERED = [
  '{ { _err=$( exec 2>&1 >&3 3>&- 4>&-\n',
  '); emit "$_err" >&2; } 3>&1 | dd ibs=65536 obs=65536 >&4 2>/dev/null 4>&-; } 4>&1\n',
] as const

/** A step whose content can't be read (its file is gone) fails on the host like any other. */
async function rendered(step: Step, mark: string, neighbourhood: Neighbourhood): Promise<Rendered> {
  try {
    return await renderStep(step, mark, neighbourhood)
  } catch (error) {
    const script = sh`emit ${error instanceof Error ? error.message : String(error)} >&2; exit 1`
    return renderStep({ ...step, script }, mark, neighbourhood)
  }
}
