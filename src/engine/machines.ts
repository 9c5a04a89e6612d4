/** Counts applies; whatever was probed before the last one is void. */
export type Epoch = { value: number }

/** The address of the controller itself. */
export const LOCAL = 'local'

/** A way to a machine, on which a user's shells can be closed. */
type Way = { leave(user: string): Promise<void> }

/** One machine, however many names and ways it is reached by. */
export class Machine {
  /** Counts what was applied on it. */
  readonly host: Epoch = { value: 0 }
  /** The ways that lead to it. */
  readonly names = new Set<Way>()
  isController: boolean

  constructor(isController: boolean) {
    this.isController = isController
  }

  /** Several names of the inventory are this machine: what is applied for one is seen by the others. */
  get isShared(): boolean {
    return this.names.size > 1
  }
}

/** Tells which hosts are the same machine: by their address, and once they are reached by what they say themselves. */
export class Machines {
  /** Counts applies that any host can see. */
  readonly network: Epoch = { value: 0 }
  readonly #machines = new Map<string, Machine>()
  readonly #own: string
  /** Counts, among others, applies on the controller's machine. */
  readonly #disk: Epoch

  /** `own` is what the controller's machine says of itself. */
  constructor(own: string, disk: Epoch) {
    this.#own = own
    this.#disk = disk
  }

  /** Something is applied on a machine, and seen by all or by it alone. */
  applied({ host, isController }: Machine, seenBy: 'host' | 'network'): void {
    host.value += 1
    if (seenBy === 'network') this.network.value += 1
    if (isController) this.#disk.value += 1
  }

  /** The machine at an address, which `user` is a way to. */
  at(address: string, user: Way): Machine {
    const key = addressKey(address)
    let machine = this.#machines.get(key)
    if (machine === undefined) {
      machine = new Machine(address === LOCAL)
      this.#machines.set(key, machine)
    }
    machine.names.add(user)
    return machine
  }

  /** The machine that says it is `identity`, believed until now to be `machine`. */
  same(machine: Machine, identity: string, user: Way): Machine {
    if (identity === '') return machine
    machine.isController ||= identity === this.#own
    const known = this.#machines.get(identity)
    if (known === undefined) this.#machines.set(identity, machine)
    if (known === undefined || known === machine) return machine
    // What was probed under the name before is void now.
    known.host.value = Math.max(known.host.value, machine.host.value) + 1
    known.names.add(user)
    return known
  }
}

function addressKey(address: string): string {
  return `address ${address}`
}
