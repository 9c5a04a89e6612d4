import type { Task } from '../language/model.ts'

type Lane = { running: number; readonly waiting: (() => void)[] }

/** The keyword `throttle`: on how many hosts a task runs at the same time, also where each host goes its own way. */
export class Throttles {
  readonly #lanes = new WeakMap<Task, Lane>()

  /** Runs the work when its turn comes; at once with a limit of 0. */
  async within(task: Task, limit: number, work: () => Promise<void>): Promise<void> {
    if (limit <= 0) return work()
    const lane = this.#laneOf(task)
    while (lane.running >= limit) await new Promise<void>((resolve) => lane.waiting.push(resolve))
    lane.running += 1
    try {
      await work()
    } finally {
      lane.running -= 1
      lane.waiting.shift()?.()
    }
  }

  #laneOf(task: Task): Lane {
    let lane = this.#lanes.get(task)
    if (lane === undefined) {
      lane = { running: 0, waiting: [] }
      this.#lanes.set(task, lane)
    }
    return lane
  }
}
