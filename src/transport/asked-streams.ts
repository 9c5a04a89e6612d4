/** The streams a step asks for, in order, until it has ended. */
export class AskedStreams implements AsyncIterable<number> {
  readonly #asked: number[] = []
  #haveEnded = false
  #wake: () => void = () => {}

  get haveEnded(): boolean {
    return this.#haveEnded
  }

  add(index: number): void {
    this.#asked.push(index)
    this.#wake()
  }

  end(): void {
    this.#haveEnded = true
    this.#wake()
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<number> {
    for (;;) {
      for (let next = this.#asked.shift(); next !== undefined; next = this.#asked.shift()) yield next
      if (this.#haveEnded) return
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
  }
}
