import type { Blob } from '../kernel/blob.ts'
import { Question } from '../kernel/question.ts'
import { quote, type Sh } from '../kernel/sh.ts'
import { type Guard, HELD, type Step, TIMED_OUT } from '../kernel/shell.ts'
import { fold, questionsOf } from './fold.ts'
import { guardText } from './guard.ts'
import { answerText } from './plain-probes.ts'
import { renderBlob } from './render-blob.ts'
import { type Stream, streamOf } from './send-stream.ts'
import { endText } from './step-end.ts'

/** A step as bytes for a shell's standard input, and the streams that the host asks for by their index while it runs. */
export type Rendered = { readonly bytes: Buffer; readonly streams: readonly Stream[] }

/** What stands before the first of the linked steps of a message. */
export const NEW_CHAIN = Buffer.from('_chain=1\n')

/**
 * A step as a subshell, so that no variable, `exit` or `cd` outlives it, and the text that tells its end. The shell starts it only when all
 * of it has arrived.
 */
export async function renderStep(step: Step, mark: string, { answers, isLast }: Neighbourhood): Promise<Rendered> {
  const writer = new StepWriter(step, mark, answers)
  if (step.link === undefined) await writer.body()
  else await writer.linked(step.link.guard)
  // On the line that starts the step, so that a shell has read all of it by then: what follows may be a stream.
  writer.text(endText(mark, { isLast, hasStreams: writer.streams.length > 0 }))
  return { bytes: Buffer.concat(writer.parts), streams: writer.streams }
}

/** What a step shares with the others of its message. */
export type Neighbourhood = { readonly answers: Answers; readonly isLast: boolean }

/** What stands before the first step of a message. */
export const COUNT = Buffer.from('last_pid; _first=$_pid\n')

/** Variables of the shell that hold answers, by the questions' keys. */
export type Answers = ReadonlyMap<string, string>

class StepWriter {
  readonly parts: Buffer[] = []
  readonly streams: Stream[] = []
  readonly #step: Step
  readonly #mark: string
  readonly #environment: string
  readonly #answers: Answers

  constructor(step: Step, mark: string, answers: Answers) {
    this.#step = step
    this.#mark = mark
    this.#answers = answers
    this.#environment = [...(step.environment ?? [])]
      .map(([name, value]) => `export ${name}=${quote(value)}\n`)
      .join('')
  }

  text(text: string): void {
    this.parts.push(Buffer.from(text))
  }

  /** Leaves the exit code in `_code`. */
  async body(): Promise<void> {
    const { script, timeout } = this.#step
    if (script.isEmpty) return this.text('_code=0')
    if (timeout !== undefined) this.text(`sleep ${timeout} </dev/null >/dev/null 2>&1 & _nap=$!\n{ ( ${CLEAN_UP}\n`)
    this.text(`( ${timeout === undefined ? '' : `${CLEAN_UP}; `}set -e\n${this.#environment}`)
    await this.#script(script)
    const streams = this.streams.length > 0 ? '3<&0 4>&1 ' : ''
    this.text(timeout === undefined ? `\n) ${streams}</dev/null; _code=$?` : `\n) </dev/null${inTime(streams)}`)
  }

  /** Runs the body while the chain holds; what fails, or answers otherwise than before, breaks the chain. */
  async linked(guard: Guard | null): Promise<void> {
    if (guard !== null) await this.#guard(guard)
    this.text(`_code=${HELD}\nif [ "$_chain" = 1 ]; then\n`)
    await this.body()
    this.text('\n[ "$_code" = 0 ] || _chain=0\nfi')
  }

  async #guard(guard: Guard): Promise<void> {
    const own = fold(questionsOf(guard.script))
    const probe = new StepWriter(this.#step, this.#mark, own.variables)
    probe.text(`${this.#environment}${own.text}`)
    await probe.#script(guard.script)
    this.text('if [ "$_chain" = 1 ]; then\n')
    this.parts.push(guardText(guard, Buffer.concat(probe.parts)))
    this.text(' || _chain=0\nfi\n')
  }

  async #script(script: Sh): Promise<void> {
    for (const part of script.parts) {
      if (typeof part === 'string') this.text(part)
      else if (part instanceof Question) this.text(answerText(part, this.#answers))
      else if (part.stream === null) this.parts.push(await renderBlob(part))
      else await this.#stream(part)
    }
  }

  /** A command like `renderBlob`'s, whose bytes come when it asks for them. */
  async #stream(blob: Blob): Promise<void> {
    const stream = await streamOf(blob)
    const ask = `stream "${this.#mark} r${this.streams.push(stream) - 1};"`
    this.text(stream.packed ? `{ ${ask} | gzip -dc; }` : ask)
  }
}

/** A shell that a signal ends does not clean up, unless it is told to. */
const CLEAN_UP = "trap 'exit 1' TERM"

/**
 * Behind the script of a step with a timeout, which runs beside a sleep: whichever ends first ends the other, so nothing of them stays.
 * In the background only descriptors that are opened around it lead to the shell's own input.
 */
function inTime(streams: string): string {
  const done = `; _code=$?; kill -KILL "$_nap"; exit "$_code") & _step=$!; } ${streams}; if { wait "$_nap"; } 2>/dev/null; `
  const late = `then { end_tree "$_step" TERM; wait "$_step"; } 2>/dev/null; _code=${TIMED_OUT}; `
  return `${done}${late}else wait "$_step"; _code=$?; fi`
}
