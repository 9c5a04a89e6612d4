import { type Become, NO_STATS, type Shell, type Step, type StepOutput } from '../kernel/shell.ts'
import { Chain, type Link, stepOf } from './chain.ts'
import type { HostWires } from './host-wires.ts'
import { keyOf } from './step-key.ts'

/** A task that may come soon: its probe, and what will be applied if the host answers as it did. */
export type Ahead = {
  readonly wire: Wire
  readonly step: Step
  /**
   * The apply that follows from an answer, null when that is no change. Throws when nothing can be said. Null for a task that must
   * not be applied before its turn.
   */
  readonly applyOn: ((answer: StepOutput) => Step | null) | null
}

/** Gives up to `limit` of the tasks that follow, in order. */
export type LookAhead = (limit: number) => Promise<readonly Ahead[]>

/** No message carries more probes ahead than this. */
const MOST_AHEAD = 400

type Moment = { readonly network: number; readonly host: number }
type Probed = Moment & { readonly output: Promise<StepOutput> }

/**
 * The way to one host as one user. Probes of coming tasks travel with the message at hand and are kept until they are asked for; any
 * apply voids them, because a probe has no side effects and a wrong guess costs nothing. What they said still tells what the tasks
 * behind an apply will probably do: those whose turn is sure to come are sent with it as a chain.
 *
 * Reach, how many tasks ahead: everything at first; after a change at position i of a message max(1, 2i); twice as much after a
 * message without a change.
 */
export class Wire {
  readonly #wires: HostWires
  readonly #become: Become | null
  readonly #probed = new Map<string, Probed>()
  readonly #chain = new Chain()
  #reach = Number.POSITIVE_INFINITY
  #taken = 0
  #shell: Promise<Shell> | null = null
  /** When the shell was opened for what looking ahead has seen; null once it is in use. */
  #aheadSince: Moment | null = null

  constructor(wires: HostWires, become: Become | null) {
    this.#wires = wires
    this.#become = become
  }

  /** There is a shell, or will be soon. */
  get isOpen(): boolean {
    return this.#shell !== null
  }

  /** The shell of this user. One opened ahead is opened anew if something was applied since: its groups may be old. */
  async shell(): Promise<Shell> {
    const since = this.#aheadSince
    this.#aheadSince = null
    if (since !== null && !this.#holds(since)) {
      this.#shell = null
      await this.#wires.forget(this.#become)
    }
    return this.#open()
  }

  #open(): Promise<Shell> {
    if (this.#shell !== null) return this.#shell
    const shell = this.#wires.shell(this.#become)
    this.#shell = shell
    shell.catch(() => {
      if (this.#shell === shell) this.#shell = null
    })
    return shell
  }

  async stats(): Promise<Shell['stats']> {
    const shell = await this.#shell?.catch(() => null)
    return shell?.stats ?? NO_STATS
  }

  /** Closes the shells of a user on this wire's machine, and waits for their end; the next step of theirs opens new ones. */
  async leave(user: string): Promise<void> {
    await Promise.all([...this.#wires.machine.names].map((wires) => wires.leave(user)))
  }

  /** Forgets the shell, for it will be closed, if it is that user's by `become`; what it has carried. */
  async forget(user: string): Promise<Shell['stats'] | null> {
    if (this.#become?.user !== user || this.#shell === null) return null
    this.#endChain()
    const stats = await this.stats()
    this.#shell = null
    return stats
  }

  isAppliedAhead(): Promise<boolean> {
    return this.#chain.isUnderWay()
  }

  /** The answer of a probe: from a message sent before if nothing was applied since, else (or if it must be `fresh`) from one sent now. */
  async probe(step: Step, lookAhead: LookAhead, fresh = false): Promise<StepOutput> {
    const known = (await this.#linked(fresh ? null : step)) ?? (fresh ? null : this.#take(keyOf(step)))
    if (known !== null) return known
    if (this.#taken > 0) this.#reach *= 2
    const shell = this.shell()
    // What follows is worked out while the host lets us in.
    const [ahead] = await Promise.all([lookAhead(Math.min(this.#reach, MOST_AHEAD)), shell])
    return this.#send(step, ahead)
  }

  /**
   * The apply of a task that has been probed on this wire: made before its turn, if a chain did so, or now. Null when the chain did
   * something else than this: the task must be probed and planned again.
   */
  async applyPlanned(step: Step, effects: 'host' | 'network', lookAhead: LookAhead | null): Promise<StepOutput | null> {
    const done = await this.#chain.applied(step)
    if (done === null) return this.apply(step, effects, lookAhead)
    if (done === 'other' || this.#chain.isEmpty) this.#endChain()
    if (done === 'other') return null
    this.#taken += 1
    return done
  }

  /**
   * Runs an apply now. `effects` says who may see it, and so what it voids: at its start, and again at its end, because what others
   * probed meanwhile may have seen half of it.
   */
  async apply(step: Step, effects: 'host' | 'network', lookAhead: LookAhead | null): Promise<StepOutput> {
    this.#endChain()
    const shell = await this.shell()
    // Who sees what is applied depends on which machine this is, unless all do.
    if (effects === 'host' && !this.#wires.isKnown) await this.#wires.known(shell)
    const seenBy = this.#wires.machine.isShared ? 'network' : effects
    this.#reach = Math.max(1, 2 * this.#taken)
    const limit = Math.max(this.#reach, this.#chain.reach)
    const ahead = lookAhead === null ? [] : await lookAhead(Math.min(limit, MOST_AHEAD))
    this.#bump(seenBy)
    const links = seenBy === 'host' ? await this.#links(ahead) : []
    const { network } = this.#wires
    const host = this.#wires.machine.host.value + 1 + (links.length > 0 ? 1 : 0)
    const after = { network: network.value + (seenBy === 'network' ? 1 : 0), host }
    try {
      const rest = ahead.slice(links.length, links.length + this.#reach)
      return await this.#transmit(step, links, byWire(rest).get(this) ?? [], after)
    } finally {
      this.#bump(seenBy)
    }
  }

  /** What a chain under way says to a question; one that is not the next link's ends it. */
  async #linked(question: Step | null): Promise<StepOutput | null> {
    const answer = question === null ? null : await this.#chain.answered(question)
    if (answer !== null) this.#taken += 1
    if (answer === null || this.#chain.isEmpty) this.#endChain()
    return answer
  }

  /** What was probed behind a chain holds from its end on. */
  #endChain(): void {
    if (!this.#chain.isBegun) return
    this.#chain.end()
    this.#bump('host')
  }

  /** The tasks that follow, as far as they may be applied ahead and what the host said before tells how. */
  async #links(ahead: readonly Ahead[]): Promise<Link[]> {
    const links: Link[] = []
    for (const { wire, step, applyOn } of ahead.slice(0, this.#chain.reach)) {
      const answer = wire === this && applyOn !== null ? await this.#lastAnswer(step) : null
      if (answer === null) break
      try {
        links.push({ probe: step, answer, apply: applyOn!(answer) })
      } catch {
        break
      }
    }
    // Probes behind the last apply need no guard.
    return links.slice(0, links.findLastIndex(({ apply }) => apply !== null) + 1)
  }

  async #lastAnswer(step: Step): Promise<StepOutput | null> {
    const answer = await this.#probed.get(keyOf(step))?.output.catch(() => null)
    return answer?.rc === 0 ? answer : null
  }

  /** Keeps nothing of what was foreseen but the scripts: many hosts wait at the same time. */
  #send(step: Step, ahead: readonly Ahead[]): Promise<StepOutput> {
    const wires = byWire(ahead)
    for (const [wire, steps] of wires) if (wire !== this) wire.#prefetch(steps, this)
    return this.#transmit(reading(step), [], wires.get(this) ?? [], this.#epoch())
  }

  /**
   * Sends probes that another wire's look-ahead foresees for this one, at the same time as that wire's own message. They open the shell
   * of another user of the same host, but no connection.
   */
  #prefetch(steps: readonly Step[], sender: Wire): void {
    const fresh = this.#unknown(steps)
    if (fresh.length === 0 || this.#chain.isBegun) return
    if (this.#shell === null) {
      if (this.#wires !== sender.#wires) return
      this.#aheadSince = this.#epoch()
    }
    const sent = this.#open().then((shell) => shell.run(fresh.map(reading)))
    const outputs = fresh.map(async (_, index) => (await sent)[index]!)
    this.#keep(fresh, outputs, this.#epoch())
  }

  #keep(steps: readonly Step[], outputs: readonly Promise<StepOutput>[], epoch: Moment): void {
    for (const [index, step] of steps.entries()) {
      const output = outputs[index]!
      output.catch(() => {})
      this.#probed.set(keyOf(step), { output, ...epoch })
    }
  }

  #epoch(): Moment {
    return { network: this.#wires.network.value, host: this.#wires.machine.host.value }
  }

  /** Sends a step with its chain and the probes that go with it; what those say holds in the epoch given. */
  async #transmit(
    step: Step,
    links: readonly Link[],
    ahead: readonly Step[],
    epoch: { network: number; host: number },
  ): Promise<StepOutput> {
    const shell = await this.shell()
    this.#taken = 0
    const first = links.length === 0 ? step : { ...step, link: { guard: null } }
    const own = this.#unknown(ahead)
    const [output, ...outputs] = shell.run([first, ...links.map(stepOf), ...own.map(reading)])
    if (links.length > 0) this.#chain.begin(links, outputs.slice(0, links.length))
    this.#keep(own, outputs.slice(links.length), epoch)
    return output!
  }

  #take(key: string): Promise<StepOutput> | null {
    const probed = this.#probed.get(key)
    if (probed === undefined || !this.#holds(probed)) return null
    this.#taken += 1
    return probed.output
  }

  /** The steps that no answer is there for, each question once. */
  #unknown(steps: readonly Step[]): Step[] {
    const asked = new Map<string, Step>()
    for (const step of steps) {
      const key = keyOf(step)
      const probed = this.#probed.get(key)
      if (probed === undefined || !this.#holds(probed)) asked.set(key, step)
    }
    return [...asked.values()]
  }

  #holds({ network, host }: Moment): boolean {
    const now = this.#epoch()
    return network === now.network && host === now.host
  }

  #bump(effects: 'host' | 'network'): void {
    this.#wires.applied(effects)
  }
}

/** A probe's step: it writes nothing. */
function reading(step: Step): Step {
  return { ...step, reads: true }
}

function byWire(ahead: readonly Ahead[]): Map<Wire, Step[]> {
  const groups = new Map<Wire, Step[]>()
  for (const { wire, step } of ahead) {
    const steps = groups.get(wire)
    if (steps === undefined) groups.set(wire, [step])
    else steps.push(step)
  }
  return groups
}
