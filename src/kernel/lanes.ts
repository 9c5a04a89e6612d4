type Lane = { running: number; readonly waiting: (() => void)[] }

/** Lets only so many works of a kind run at the same time. */
export class Lanes<Kind> {
  readonly #lanes = new Map<Kind, Lane>()

  /** Does the work when its turn comes; at once with a limit of 0. */
  async within<T>(kind: Kind, limit: number, work: () => Promise<T>): Promise<T> {
    if (limit <= 0) return work()
    const lane = this.#laneOf(kind)
    while (lane.running >= limit) await new Promise<void>((resolve) => lane.waiting.push(resolve))
    lane.running += 1
    try {
      return await work()
    } finally {
      lane.running -= 1
      if (lane.running === 0 && lane.waiting.length === 0) this.#lanes.delete(kind)
      lane.waiting.shift()?.()
    }
  }

  #laneOf(kind: Kind): Lane {
    let lane = this.#lanes.get(kind)
    if (lane === undefined) {
      lane = { running: 0, waiting: [] }
      this.#lanes.set(kind, lane)
    }
    return lane
  }
}
