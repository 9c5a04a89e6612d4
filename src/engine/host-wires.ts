import { setTimeout as sleep } from 'node:timers/promises'
import { problemsOf } from '../kernel/problem.ts'
import type { Become, Connection, Shell } from '../kernel/shell.ts'
import type { Epoch, Machine, Machines } from './machines.ts'
import { Wire } from './wire.ts'

/** Seconds between two tries, at most, as in Ansible's ssh plugin. */
const LONGEST_WAIT = 30

/** All wires to one host: an apply by any user voids what the others have probed. */
export class HostWires {
  readonly #connection: () => Promise<Connection>
  readonly #machines: Machines
  readonly #retries: number
  readonly #wires = new Map<string, Wire>()
  machine: Machine
  #opened: Promise<Connection> | null = null
  #isKnown = false
  /** What shells carried that are closed. */
  readonly #left: Shell['stats'][] = []

  /** `address` stands for the machine until it has said itself which one it is; `retries` is how often a connection is tried again. */
  constructor(connect: () => Promise<Connection>, machines: Machines, address: string, retries: number) {
    this.#connection = connect
    this.#retries = retries
    this.#machines = machines
    this.machine = machines.at(address, this)
  }

  get isKnown(): boolean {
    return this.#isKnown
  }

  get network(): Epoch {
    return this.#machines.network
  }

  /** Something is applied here: what was probed before is void. */
  applied(seenBy: 'host' | 'network'): void {
    this.#machines.applied(this.machine, seenBy)
  }

  wire(become: Become | null): Wire {
    const key = become === null ? '' : `${become.method}\0${become.user}\0${become.flags ?? ''}\0${become.exe ?? ''}`
    let wire = this.#wires.get(key)
    if (wire === undefined) {
      wire = new Wire(this, become)
      this.#wires.set(key, wire)
    }
    return wire
  }

  /** A user's shell. What can't be reached is tried again as often as asked for: at once, then after longer and longer waits. */
  async shell(become: Become | null): Promise<Shell> {
    for (let attempt = 0; ; attempt++) {
      this.#opened ??= this.#connection()
      const opened = this.#opened
      opened.catch(() => this.#drop(opened))
      try {
        const shell = await (await opened).shell(become)
        // A shell may be there before the host has let us in, and what has been sent to it is not sent again.
        if (attempt < this.#retries) await shell.identity
        this.known(shell).catch(() => {})
        return shell
      } catch (error) {
        if (attempt >= this.#retries || problemsOf(error)?.[0]?.code !== 'host.unreachable') throw error
        this.#drop(opened)
      }
      await sleep(Math.min(LONGEST_WAIT, 2 ** attempt - 1) * 1000)
    }
  }

  #drop(opened: Promise<Connection>): void {
    if (this.#opened === opened) this.#opened = null
  }

  /** Ends a user's shell, so that the next one is new; `stats` is what it carried. */
  async renew(become: Become | null, stats: Shell['stats']): Promise<void> {
    this.#left.push(stats)
    await (await this.#opened)?.forget(become)
  }

  /** Waits until it is known which machine this is. */
  async known({ identity }: Shell): Promise<void> {
    this.machine = this.#machines.same(this.machine, (await identity).machine, this)
    this.#isKnown = true
  }

  /** Closes the shells that became this user. */
  async leave(user: string): Promise<void> {
    for (const wire of this.#wires.values()) {
      const stats = await wire.forget(user)
      if (stats !== null) this.#left.push(stats)
    }
    const opened = await this.#opened?.catch(() => null)
    await opened?.leave(user)
  }

  async stats(): Promise<readonly Shell['stats'][]> {
    return [...this.#left, ...(await Promise.all([...this.#wires.values()].map((wire) => wire.stats())))]
  }

  /** True when something has been applied whose turn has not come. */
  async isAppliedAhead(): Promise<boolean> {
    for (const wire of this.#wires.values()) if (await wire.isAppliedAhead()) return true
    return false
  }

  async close(): Promise<void> {
    this.machine.names.delete(this)
    const opened = await this.#opened?.catch(() => null)
    await opened?.close()
    this.#opened = null
  }
}
