import type { Blob } from '../kernel/blob.ts'
import type { Become, Connection, Shell, Step, StepOutput } from '../kernel/shell.ts'

/** Counts the applies that other hosts can see; whatever was probed before the last one is void. */
export type Epoch = { value: number }

/** A probe that may be needed soon. */
export type Ahead = { readonly wire: Wire; readonly step: Step }

/** Gives up to `limit` probes of the tasks that follow. */
export type LookAhead = (limit: number) => Promise<readonly Ahead[]>

/** No message carries more probes ahead than this. */
const MOST_AHEAD = 400

/** All wires to one host: an apply by any user voids what the others have probed. */
export class HostWires {
  readonly #connection: () => Promise<Connection>
  readonly #wires = new Map<string, Wire>()
  readonly network: Epoch
  readonly host: Epoch = { value: 0 }
  #opened: Promise<Connection> | null = null

  constructor(connect: () => Promise<Connection>, network: Epoch) {
    this.#connection = connect
    this.network = network
  }

  wire(become: Become | null): Wire {
    const key = become === null ? '' : `${become.method}\0${become.user}\0${become.flags ?? ''}`
    let wire = this.#wires.get(key)
    if (wire === undefined) {
      wire = new Wire(this, become)
      this.#wires.set(key, wire)
    }
    return wire
  }

  async shell(become: Become | null): Promise<Shell> {
    this.#opened ??= this.#connection()
    const opened = this.#opened
    opened.catch(() => {
      if (this.#opened === opened) this.#opened = null
    })
    return (await opened).shell(become)
  }

  async stats(): Promise<readonly Shell['stats'][]> {
    return Promise.all([...this.#wires.values()].map((wire) => wire.stats()))
  }

  async close(): Promise<void> {
    const opened = await this.#opened?.catch(() => null)
    await opened?.close()
    this.#opened = null
  }
}

type Moment = { readonly network: number; readonly host: number }
type Probed = Moment & { readonly output: Promise<StepOutput> }

/**
 * The way to one host as one user. Probes of coming tasks travel with the message at hand and are kept until they are asked for;
 * any apply voids them, because a probe has no side effects and a wrong guess costs nothing.
 *
 * Reach, how many tasks ahead: everything at first; after a change at position i of a message max(1, 2i); twice as much after a
 * message without a change.
 */
export class Wire {
  readonly #wires: HostWires
  readonly #become: Become | null
  readonly #probed = new Map<string, Probed>()
  #reach = Number.POSITIVE_INFINITY
  #taken = 0
  #shell: Shell | null = null

  constructor(wires: HostWires, become: Become | null) {
    this.#wires = wires
    this.#become = become
  }

  async shell(): Promise<Shell> {
    this.#shell ??= await this.#wires.shell(this.#become)
    return this.#shell
  }

  async stats(): Promise<Shell['stats']> {
    return this.#shell?.stats ?? { messages: 0, steps: 0, bytesSent: 0, bytesReceived: 0, waitMs: 0 }
  }

  /** The answer of a probe: from a message sent before if nothing was applied since, else (or if it must be `fresh`) from one sent now. */
  async probe(step: Step, lookAhead: LookAhead, fresh = false): Promise<StepOutput> {
    const key = keyOf(step)
    const known = fresh ? null : this.#take(key)
    if (known !== null) return known
    if (this.#taken > 0) this.#reach *= 2
    const ahead = await lookAhead(Math.min(this.#reach, MOST_AHEAD))
    return this.#send(step, ahead)
  }

  /**
   * Runs an apply. `effects` says who may see it, and so what it voids: at its start, and again at its end, because what others
   * probed meanwhile may have seen half of it.
   */
  async apply(step: Step, effects: 'host' | 'network', lookAhead: LookAhead | null): Promise<StepOutput> {
    this.#reach = Math.max(1, 2 * this.#taken)
    const ahead = lookAhead === null ? [] : await lookAhead(Math.min(this.#reach, MOST_AHEAD))
    this.#probed.clear()
    this.#bump(effects)
    const { network, host } = this.#wires
    const after = { network: network.value + (effects === 'network' ? 1 : 0), host: host.value + 1 }
    try {
      return await this.#transmit(step, ahead, after)
    } finally {
      this.#bump(effects)
    }
  }

  async #send(step: Step, ahead: readonly Ahead[]): Promise<StepOutput> {
    for (const [wire, steps] of byWire(ahead)) if (wire !== this) wire.#prefetch(steps)
    return this.#transmit(step, ahead, this.#epoch())
  }

  /** Sends probes that another wire's look-ahead foresees for this one, at the same time as that wire's own message. */
  #prefetch(steps: readonly Step[]): void {
    const fresh = steps.filter((step) => !this.#isKnown(keyOf(step)))
    if (this.#shell === null || fresh.length === 0) return
    this.#keep(fresh, this.#shell.run(fresh), this.#epoch())
  }

  #keep(steps: readonly Step[], outputs: readonly Promise<StepOutput>[], epoch: Moment): void {
    for (const [index, step] of steps.entries()) {
      const output = outputs[index]!
      output.catch(() => {})
      this.#probed.set(keyOf(step), { output, ...epoch })
    }
  }

  #epoch(): Moment {
    const { network, host } = this.#wires
    return { network: network.value, host: host.value }
  }

  /** Sends a step and the probes that go with it; what those say holds in the epoch given. */
  async #transmit(step: Step, ahead: readonly Ahead[], epoch: { network: number; host: number }): Promise<StepOutput> {
    const shell = await this.shell()
    this.#taken = 0
    const own = ahead
      .filter(({ wire, step: next }) => wire === this && !this.#isKnown(keyOf(next)))
      .map((next) => next.step)
    const [output, ...outputs] = shell.run([step, ...own])
    this.#keep(own, outputs, epoch)
    return output!
  }

  #take(key: string): Promise<StepOutput> | null {
    const probed = this.#probed.get(key)
    if (probed === undefined) return null
    if (!this.#isValid(probed)) return null
    this.#taken += 1
    return probed.output
  }

  #isKnown(key: string): boolean {
    const probed = this.#probed.get(key)
    return probed !== undefined && this.#isValid(probed)
  }

  #isValid(probed: Probed): boolean {
    return probed.network === this.#wires.network.value && probed.host === this.#wires.host.value
  }

  #bump(effects: 'host' | 'network'): void {
    this.#wires.host.value += 1
    if (effects === 'network') this.#wires.network.value += 1
  }
}

function byWire(ahead: readonly Ahead[]): Map<Wire, Step[]> {
  const groups = new Map<Wire, Step[]>()
  for (const { wire, step } of ahead) groups.set(wire, [...(groups.get(wire) ?? []), step])
  return groups
}

/** Two steps with the same key ask the same question. */
function keyOf(step: Step): string {
  const parts = step.script.parts.map((part) => (typeof part === 'string' ? part : blobKey(part)))
  for (const [name, value] of step.environment ?? []) parts.push(`\0${name}=${value}`)
  return parts.join('')
}

function blobKey(blob: Blob): string {
  return `\0${blob.sha1}\0`
}
