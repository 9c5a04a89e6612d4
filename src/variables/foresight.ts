import type { Dict } from '../kernel/value.ts'

/** What is known, and met, while tasks are evaluated before their turn. */
export class Foresight {
  /** Variables that the tasks in between will set, as far as that can be told; the rest is pending. */
  readonly guessed: Dict = new Map()
  /** Something was read that may be different when the turn comes. */
  isDoubtful = false
  /** Files of the controller were read. */
  readsController = false
}
