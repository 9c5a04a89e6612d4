/** Lets one at a time have the person's attention. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve()

  /** Does the work when all that came before is done. */
  take<T>(work: () => T | Promise<T>): Promise<T> {
    const turn = this.#last.then(work)
    this.#last = turn.catch(() => undefined)
    return turn
  }
}
