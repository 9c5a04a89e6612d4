import { setImmediate as turn } from 'node:timers/promises'
import { type Become, NO_STATS, type Shell, type Step, type StepOutput } from '../kernel/shell.ts'
import { next, rescued, type Soon } from '../kernel/soon.ts'
import { type Ahead, type Chained, type Effects, type LookAhead, linksOf, type Plan, planOn } from './ahead.ts'
import { Chain, stepOf } from './chain.ts'
import type { HostWires } from './host-wires.ts'
import { keyOf } from './step-key.ts'

/** No message carries more probes ahead than this. */
const MOST_AHEAD = 400

/** So many answers are kept: the tasks of those that came first are through. */
const MOST_KEPT = 2 * MOST_AHEAD

type Moment = { readonly network: number; readonly host: number }
/** The answer, once it is there, and until then its promise. */
type Probed = { readonly moment: Moment; output: Soon<StepOutput> }

/** How a probe is asked: not from before, or with what may be applied at once (worked out when it is needed). */
type Asking = { readonly fresh?: boolean; readonly plan?: () => Plan | null }

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
  /** Settles when the connection is on its way: Node sends for one at the end of a turn of its event loop. */
  #isCalled: Promise<void> = Promise.resolve()
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
      const stats = await this.stats()
      this.#shell = null
      await this.#wires.renew(this.#become, stats)
    }
    return this.#open()
  }

  #open(): Promise<Shell> {
    if (this.#shell !== null) return this.#shell
    const shell = this.#wires.shell(this.#become)
    this.#shell = shell
    this.#isCalled = turn()
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

  /**
   * The answer of a probe: from a message sent before if nothing was applied since, else (or if it must be `fresh`) from one sent now.
   * With a `plan`, and an answer that is void by now, the host also applies what followed from that answer, if it still gives it.
   */
  probe(step: Step, lookAhead: LookAhead, given: Asking = {}): Soon<StepOutput> {
    const known = given.fresh === true || this.#chain.isBegun ? null : this.#take(keyOf(step))
    return known ?? this.#ask(step, lookAhead, given)
  }

  async #ask(step: Step, lookAhead: LookAhead, { fresh = false, plan }: Asking): Promise<StepOutput> {
    if (fresh) this.#endChain()
    else {
      const linked = this.#chain.isBegun ? ((await this.#linked(step)) ?? this.#take(keyOf(step))) : null
      const known = linked ?? (await this.#planned(step, plan?.() ?? null))
      if (known !== null) return known
    }
    if (this.#taken > 0) this.#reach *= 2
    const shell = this.shell()
    // What follows is worked out while the host lets us in. Both are waited for at once: a connection may fail before it is on its way.
    const lookedAhead = this.#isCalled.then(() => lookAhead(Math.min(this.#reach, MOST_AHEAD)))
    const [ahead] = await Promise.all([lookedAhead, shell])
    return this.#send(step, ahead)
  }

  /**
   * The apply of a task that has been probed on this wire: made before its turn, if a chain did so, or now. Null when the chain did
   * something else than this: the task must be probed and planned again.
   */
  async applyPlanned(step: Step, effects: Effects, lookAhead: LookAhead | null): Promise<StepOutput | null> {
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
  async apply(step: Step, effects: Effects, lookAhead: LookAhead | null): Promise<StepOutput> {
    this.#endChain()
    const seenBy = await this.#begin(effects)
    const { chained, rest } = await this.#behind(seenBy, effects, lookAhead)
    const ends = [seenBy, ...(chained.links.length > 0 ? [chained.effects] : [])]
    try {
      const first = chained.links.length === 0 ? step : { link: { guard: null }, ...step }
      const [output, ...outputs] = await this.#transmit([first, ...chained.links.map(stepOf)], rest, this.#after(ends))
      if (chained.links.length > 0) this.#chain.begin(chained.links, outputs, chained.effects)
      return await output!
    } finally {
      this.#bump(seenBy)
    }
  }

  /** Asks, and lets the host apply what followed from its last answer if it gives it again. Null when there is nothing to apply. */
  async #planned(probe: Step, plan: Plan | null): Promise<StepOutput | null> {
    const answer = plan === null || probe.timeout !== undefined ? null : await this.lastAnswer(probe)
    const apply = answer === null ? null : planOn(plan!, answer)
    if (apply === null) return null
    const { effects, lookAhead } = plan!
    const seenBy = await this.#begin(effects)
    const { chained, rest } = await this.#behind(seenBy, effects, lookAhead)
    const links = [{ probe, answer: answer!, apply }, ...chained.links]
    const chain = seenBy === 'network' ? seenBy : chained.effects
    const outputs = await this.#transmit(links.map(stepOf), [probe, ...rest], this.#after([chain]))
    this.#chain.begin(links, outputs, chain)
    return (await this.#linked(probe)) ?? this.#take(keyOf(probe))
  }

  /** Whoever will see what is applied. Who that is depends on which machine this is, unless all do. */
  async #begin(effects: Effects): Promise<Effects> {
    const shell = await this.shell()
    if (effects === 'host' && !this.#wires.isKnown) await this.#wires.known(shell)
    return this.#wires.machine.isShared ? 'network' : effects
  }

  /** What goes behind an apply, which has begun when this returns: the tasks that are sure, and questions. */
  async #behind(
    seenBy: Effects,
    effects: Effects,
    lookAhead: LookAhead | null,
  ): Promise<{ chained: Chained; rest: Step[] }> {
    this.#reach = Math.max(1, 2 * this.#taken)
    const limit = Math.max(this.#reach, this.#chain.reach)
    const ahead = lookAhead === null ? [] : await lookAhead(Math.min(limit, MOST_AHEAD))
    this.#bump(seenBy)
    const chained = linksOf(this, ahead.slice(0, this.#chain.reach), effects)
    const rest = ahead.slice(chained.tasks, chained.tasks + this.#reach)
    return { chained, rest: byWire(rest).get(this) ?? [] }
  }

  /** The moment behind applies that are to be seen so. */
  #after(ends: readonly Effects[]): Moment {
    const { network, host } = this.#epoch()
    return { network: network + ends.filter((effects) => effects === 'network').length, host: host + ends.length }
  }

  /** What a chain under way says to a question; one that is not the next link's ends it. */
  async #linked(question: Step): Promise<StepOutput | null> {
    const answer = await this.#chain.answered(question)
    if (answer !== null) this.#taken += 1
    if (answer === null || this.#chain.isEmpty) this.#endChain()
    return answer
  }

  /** What was probed behind a chain holds from its end on. */
  #endChain(): void {
    if (!this.#chain.isBegun) return
    const left = this.#chain.end().map(keyOf)
    this.#bump(this.#chain.effects)
    for (const key of left)
      if (this.#probed.has(key) && !this.#holds(this.#probed.get(key)!.moment)) this.#probed.delete(key)
  }

  /** What the host said last to a question, whether or not that still holds; null when it was not asked, or could not tell. */
  lastAnswer(step: Step): Soon<StepOutput | null> {
    const probed = this.#probed.get(keyOf(step))
    if (probed === undefined) return null
    const told = (output: StepOutput) => (output.rc === 0 ? output : null)
    return rescued(
      () => next(probed.output, told),
      () => null,
    )
  }

  /** Keeps nothing of what was foreseen but the scripts: many hosts wait at the same time. */
  async #send(step: Step, ahead: readonly Ahead[]): Promise<StepOutput> {
    const wires = byWire(ahead)
    for (const [wire, steps] of wires) if (wire !== this) wire.#prefetch(steps, this)
    const [output] = await this.#transmit([reading(step)], wires.get(this) ?? [], this.#epoch())
    return output!
  }

  /**
   * Sends probes that another wire's look-ahead foresees for this one, at the same time as that wire's own message. They open the shell
   * of another user of the same host, and of the controller, but no connection.
   */
  #prefetch(steps: readonly Step[], sender: Wire): void {
    const fresh = this.#unknown(steps)
    if (fresh.length === 0 || this.#chain.isBegun) return
    if (this.#shell === null) {
      if (this.#wires !== sender.#wires && !this.#wires.machine.isController) return
      this.#aheadSince = this.#epoch()
    }
    const sent = this.#open().then((shell) => shell.run(fresh.map(reading)))
    const outputs = fresh.map(async (_, index) => (await sent)[index]!)
    this.#keep(fresh, outputs, this.#epoch())
  }

  #keep(steps: readonly Step[], outputs: readonly Promise<StepOutput>[], moment: Moment): void {
    for (const [index, step] of steps.entries()) {
      const probed: Probed = { moment, output: outputs[index]! }
      const settle = (output: StepOutput) => {
        probed.output = output
      }
      outputs[index]!.then(settle, () => {})
      const key = keyOf(step)
      this.#probed.delete(key)
      this.#probed.set(key, probed)
    }
    for (const oldest of this.#probed.keys()) {
      if (this.#probed.size <= MOST_KEPT) break
      this.#probed.delete(oldest)
    }
  }

  #epoch(): Moment {
    return { network: this.#wires.network.value, host: this.#wires.machine.host.value }
  }

  /** Sends steps, and the probes that go with them; what those say holds in the epoch given. Gives the outputs of the steps. */
  async #transmit(steps: readonly Step[], ahead: readonly Step[], epoch: Moment): Promise<Promise<StepOutput>[]> {
    const shell = await this.shell()
    this.#taken = 0
    const own = this.#unknown(ahead)
    const outputs = shell.run([...steps, ...own.map(reading)])
    this.#keep(own, outputs.slice(steps.length), epoch)
    return outputs.slice(0, steps.length)
  }

  #take(key: string): Soon<StepOutput> | null {
    const probed = this.#probed.get(key)
    if (probed === undefined || !this.#holds(probed.moment)) return null
    this.#taken += 1
    return probed.output
  }

  /** The steps that no answer is there for, each question once. */
  #unknown(steps: readonly Step[]): Step[] {
    const asked = new Map<string, Step>()
    for (const step of steps) {
      const key = keyOf(step)
      const probed = this.#probed.get(key)
      if (probed === undefined || !this.#holds(probed.moment)) asked.set(key, step)
    }
    return [...asked.values()]
  }

  #holds({ network, host }: Moment): boolean {
    return network === this.#wires.network.value && host === this.#wires.machine.host.value
  }

  #bump(effects: Effects): void {
    this.#wires.applied(effects)
  }
}

/** A probe's step: it writes nothing. */
function reading(step: Step): Step {
  return { reads: true, ...step }
}

function byWire(ahead: readonly Ahead[]): Map<Wire, Step[]> {
  const groups = new Map<Wire, Step[]>()
  for (const { wire, step } of ahead) {
    if (step === null) continue
    const steps = groups.get(wire)
    if (steps === undefined) groups.set(wire, [step])
    else steps.push(step)
  }
  return groups
}
