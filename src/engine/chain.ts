import { sh } from '../kernel/sh.ts'
import { HELD, type Step, type StepOutput } from '../kernel/shell.ts'
import { keyOf } from './step-key.ts'

/**
 * One task of a chain: the question, the answer it was planned on, and the apply that follows from it (null: it is converged). Without a
 * question it is applied in any case.
 */
export type Link =
  | { readonly probe: Step; readonly answer: StepOutput; readonly apply: Step | null }
  | { readonly probe: null; readonly apply: Step }

type Sent = Link & { readonly output: Promise<StepOutput> }

/** Tasks in the first chain, and in any. */
const FIRST = 16
const MOST = 256

/**
 * Tasks that go to the host behind an apply, each to be done only if all before it went well and the host still answers as it did
 * when the task was planned. The engine then comes to them one after another and takes what they gave.
 */
export class Chain {
  /** How many tasks the next chain may have: four times as many after one that held, as many as held after one that broke. */
  reach = FIRST
  #links: readonly Sent[] = []
  #next = 0
  /** Who sees what it does. */
  effects: 'host' | 'network' = 'host'
  /** The next link's answer has been taken: its apply is due. */
  #due = false

  /** From its begin to its end. */
  get isBegun(): boolean {
    return this.#links.length > 0
  }

  get isEmpty(): boolean {
    return this.#next >= this.#links.length
  }

  begin(links: readonly Link[], outputs: readonly Promise<StepOutput>[], effects: 'host' | 'network'): void {
    this.effects = effects
    this.#links = links.map((link, index) => ({ output: outputs[index]!, ...link }))
    for (const { output } of this.#links) output.catch(() => {})
    this.#next = 0
    this.#due = false
  }

  /** What the host said to the question, if that is the next link's and it was confirmed; else null. */
  async answered(question: Step): Promise<StepOutput | null> {
    const link = this.#links[this.#next]
    if (link === undefined || this.#due || link.probe === null || keyOf(link.probe) !== keyOf(question)) return null
    if ((await link.output).rc === HELD) return null
    if (link.apply === null) this.#next += 1
    else this.#due = true
    return link.answer
  }

  /** What the apply gave that is due; `other` when something else is wanted than what was done, null when none is due. */
  async applied(step: Step): Promise<StepOutput | 'other' | null> {
    const link = this.#links[this.#next]
    if (link === undefined || !(this.#due || link.probe === null)) return null
    const isOther = keyOf(link.apply!) !== keyOf(step)
    if (link.probe === null && (isOther || (await link.output).rc === HELD)) return null
    if (isOther) return 'other'
    this.#next += 1
    this.#due = false
    return link.output
  }

  /** True when something has been done whose turn has not come. */
  async isUnderWay(): Promise<boolean> {
    const link = this.#links[this.#next]
    if (link === undefined) return false
    return link.output.then(({ rc }) => rc !== HELD).catch(() => false)
  }

  /** Ends it. Gives the questions that were not confirmed: what the host said to them before is hardly so any more. */
  end(): Step[] {
    const left = this.#links.slice(this.#next).flatMap(({ probe }) => probe ?? [])
    this.reach = this.isEmpty ? Math.min(MOST, 4 * this.reach) : Math.max(2, this.#next)
    this.#links = []
    this.#next = 0
    this.#due = false
    return left
  }
}

/** The step that does a link's work. */
export function stepOf(link: Link): Step {
  if (link.probe === null) return { link: { guard: null }, ...link.apply }
  const { probe, answer, apply } = link
  return { link: { guard: { script: probe.script, answer: answer.stdout } }, ...probe, script: apply?.script ?? sh`` }
}
