/** The streams a step asks for, in order, until it has ended. */
export class AskedStreams implements AsyncIterable<number> {
  readonly #asked: number[] = []
  #ended = false
  #wake: () => void = () => {}

  add(index: number): void {
    this.#asked.push(index)
    this.#wake()
  }

  end(): void {
    this.#ended = true
    this.#wake()
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<number> {
    for (;;) {
      for (let next = this.#asked.shift(); next !== undefined; next = this.#asked.shift()) yield next
      if (this.#ended) return
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
  }
}
