import type { Become, WireStats } from '../kernel/shell.ts'
import type { Engine, Target } from './engine.ts'
import { HostWires } from './host-wires.ts'
import { type Epoch, LOCAL, Machines } from './machines.ts'
import type { Wire } from './wire.ts'

/** The connections of a run: one for each way of reaching a host, opened when first needed and kept until the end. */
export class Connections {
  readonly #connect: Engine['connect']
  readonly #wires = new Map<string, { name: string; wires: HostWires }>()
  /** The same by the host's name. */
  readonly #ofHost = new Map<string, HostWires[]>()
  readonly #machines: Machines
  /** Counts the times that connections were closed, so that wires kept elsewhere are known to be void. */
  resets = 0

  constructor({ connect, machine }: Pick<Engine, 'connect' | 'machine'>, disk: Epoch) {
    this.#connect = connect
    this.#machines = new Machines(machine, disk)
  }

  wire(target: Target, become: Become | null): Wire {
    const key = JSON.stringify(target)
    let entry = this.#wires.get(key)
    if (entry === undefined) {
      const address = target.connection === 'local' ? LOCAL : `${target.address}:${target.port ?? ''}`
      entry = {
        name: target.name,
        wires: new HostWires(() => this.#connect(target), this.#machines, address, target.retries),
      }
      this.#wires.set(key, entry)
      this.#ofHost.set(target.name, [...(this.#ofHost.get(target.name) ?? []), entry.wires])
    }
    return entry.wires.wire(become)
  }

  /** Time has passed: whatever was probed before may no longer be so. */
  forget(): void {
    this.#machines.network.value += 1
  }

  /** True once the host has been reached, so that it is known which machine it is. */
  isKnown(name: string): boolean {
    return this.#ofHost.get(name)?.some((wires) => wires.isKnown) === true
  }

  /** True when another name of the inventory, or another way, leads to the host's machine. */
  isShared(name: string): boolean {
    return this.#ofHost.get(name)?.some((wires) => wires.machine.isShared) === true
  }

  /** True when the host is the controller's own machine, whose files a task may read. */
  isController(name: string): boolean {
    return this.#ofHost.get(name)?.some((wires) => wires.machine.isController) === true
  }

  /** True when the host has done more than it has been told about. */
  async isAppliedAhead(name: string): Promise<boolean> {
    for (const wires of this.#ofHost.get(name) ?? []) if (await wires.isAppliedAhead()) return true
    return false
  }

  /** Closes the connections to a host, so that the next task opens new ones (`meta: reset_connection`). */
  async reset(name: string): Promise<void> {
    this.resets += 1
    const gone = [...this.#wires].filter(([, entry]) => entry.name === name)
    for (const [key] of gone) this.#wires.delete(key)
    this.#ofHost.delete(name)
    await Promise.all(gone.map(([, entry]) => entry.wires.close()))
  }

  /** What each host's wires have carried, summed by inventory name. */
  async stats(): Promise<{ [host: string]: WireStats }> {
    const sums: { [host: string]: WireStats } = {}
    for (const { name, wires } of this.#wires.values()) {
      for (const stats of await wires.stats()) sums[name] = sum(sums[name], stats)
    }
    return sums
  }

  async close(): Promise<void> {
    await Promise.allSettled([...this.#wires.values()].map(({ wires }) => wires.close()))
  }
}

function sum(a: WireStats | undefined, b: WireStats): WireStats {
  return {
    messages: (a?.messages ?? 0) + b.messages,
    probes: (a?.probes ?? 0) + b.probes,
    applies: (a?.applies ?? 0) + b.applies,
    processes: (a?.processes ?? 0) + b.processes,
    bytesSent: (a?.bytesSent ?? 0) + b.bytesSent,
    bytesReceived: (a?.bytesReceived ?? 0) + b.bytesReceived,
    waitMs: (a?.waitMs ?? 0) + b.waitMs,
  }
}
